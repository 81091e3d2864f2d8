"""One invented export, staged by our own reader, for all tests that only look."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hearth.reporting import engine
from hearth.reporting.sources import Staged, open_source, stage
from hearth.reporting.synthetic.generate import Generated, generate
from hearth.reporting.synthetic.world_settings import WorldSettings
from hearth.standards import load
from tests.sizes import size

REGISTRY = load(2026)


@dataclass
class Export:
    """An export that was made from a world_settings, staged."""

    world_settings: WorldSettings
    path: Path
    made: Generated
    staged: Staged

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return engine.rows(self.staged.connection, sql)

    def scalar(self, sql: str) -> Any:
        return engine.scalar(self.staged.connection, sql)

    def findings(self) -> list[tuple[Any, ...]]:
        """File, key, check and column of every finding, sorted."""
        assert self.staged.findings_path is not None
        return self.rows(
            'SELECT file, "key", "check", "column" FROM '
            f"{engine.text(self.staged.findings_path)} ORDER BY ALL"
        )


@contextmanager
def invented(world_settings: WorldSettings, folder: Path) -> Iterator[Export]:
    """Make, read and check the export of a world_settings."""
    path = folder / "export.zip"
    made = generate(world_settings, REGISTRY, path, version="0.1")
    with (
        open_source(path) as source,
        engine.connected(source.work / "staged.duckdb") as connection,
    ):
        yield Export(world_settings, path, made, stage(source, connection, REGISTRY))


@pytest.fixture(scope="session")
def minnesota(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Export]:
    """5,000 people in all ten CoCs, without a planted error; many more in `make test-long`."""
    with invented(WorldSettings(clients=size(5_000, 50_000)), tmp_path_factory.mktemp("minnesota")) as export:
        yield export
