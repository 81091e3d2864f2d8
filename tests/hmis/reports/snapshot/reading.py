"""What a snapshot holds, and a snapshot taken from nothing to compare with."""

import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from hearth.hmis.hud import ssn
from hearth.hmis.reports import snapshot
from hearth.reporting import engine
from hearth.reporting.engine import name
from hearth.reporting.sources.snapshot import opened, refresh
from hearth.server import database
from hearth.standards.load import MODEL_YEAR, load


def unseal(sealed: Any) -> list[str]:
    return [ssn.decrypt(one) for one in sealed]


def anew(folder: Path | None = None, **more: Any) -> Path:
    """A snapshot that is copied whole."""
    home = folder or Path(tempfile.mkdtemp(dir=snapshot.folder().parent))
    return refresh(database.url("report"), snapshot.relations(), home, unseal=unseal, **more)


def content(folder: Path) -> dict[str, Counter[tuple[Any, ...]]]:
    """Every row of every table of a state."""
    with engine.connected(threads=1) as connection, opened(folder, connection, load(MODEL_YEAR)) as given:
        return {
            table: Counter(engine.rows(connection, f"SELECT * FROM {name(table)}")) for table in given.tables
        }


def rows(folder: Path, query: str) -> list[tuple[Any, ...]]:
    with engine.connected(threads=1) as connection, opened(folder, connection, load(MODEL_YEAR)):
        return engine.rows(connection, query)


def mark(folder: Path) -> str:
    with engine.connected(threads=1) as connection, opened(folder, connection, load(MODEL_YEAR)) as given:
        return given.sha256
