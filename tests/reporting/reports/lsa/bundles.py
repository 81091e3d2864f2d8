"""Bundles of small invented worlds (see `world`), made as `make` makes them."""

import hashlib
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hearth.reporting import engine
from hearth.reporting.making import leave, prepare
from hearth.reporting.reports.lsa.parameters import LsaParameters
from hearth.reporting.runtime import registry
from hearth.reporting.runtime.run import RunRecord, run_steps

from .world import Rows, filled, stage_rows, wish_of

LSA = registry.by_name("lsa")


def bundle_of(folder: Path, short: Mapping[str, Any], report: Mapping[str, Any] | None = None) -> Path:
    """The report of these short rows, with its tables kept, in `folder`."""
    wish = wish_of(report)
    return bundle_of_rows(folder, filled(short, wish.coc), wish)


def bundle_of_rows(folder: Path, rows: Rows, wish: LsaParameters) -> Path:
    """The report of these whole rows, with its tables kept, in `folder`: a copy that is the caller's own. It
    is made once in a process, for all tests that ask for the same."""
    asked = hashlib.sha256(repr((rows, wish)).encode()).hexdigest()
    if asked not in _made:
        _made[asked] = Path(_kept.name) / asked
        _make(_made[asked], rows, wish)
    shutil.copytree(_made[asked], folder, dirs_exist_ok=True)
    return folder


_kept = tempfile.TemporaryDirectory(prefix="bundles-")
_made: dict[str, Path] = {}


def _make(folder: Path, rows: Rows, wish: LsaParameters) -> None:
    with engine.connected(threads=1) as connection:
        stage_rows(connection, rows)
        prepare(LSA, connection, wish)
        run_steps(connection, LSA.steps_of(LSA.files_of(wish.kind)))
        record = RunRecord(
            report="hic" if wish.scope.name == "HIC" else "lsa",
            specification="test",
            year=2026,
            parameters={
                "coc": wish.coc,
                "start": str(wish.start),
                "end": str(wish.last_day),
                "scope": wish.scope.name.lower(),
                "projects": list(wish.projects),
            },
            code_version="test",
            input_sha256=hashlib.sha256(repr(rows).encode()).hexdigest(),
        )
        leave(LSA, connection, wish, record, folder, keep=True)
