"""What a report is made from: an HMIS CSV export (zip or folder), or a state of the database's snapshot.

    with (
        opened_input(path, registry) as given,
        engine.connected(temp_directory=given.work / "spill") as connection,
    ):
        given.put(connection, wanted)        # HUD's files as tables
        given.not_live                       # how many rows are not live

Both give the tables of `sources.staging` in the registry's year, with their live rows alone (see `live`); a
snapshot has some of the shared concepts, too (`given.tables`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from hearth import scratch
from hearth.reporting import engine
from hearth.reporting.engine import Connection, name, text
from hearth.reporting.sources import Source, Staged, Unread, open_source, stage
from hearth.reporting.sources.unread import find_stored
from hearth.standards.load import Registry

from .live import NotLive, needed_for, only_live
from .notes import InputRefused
from .run import sha256_of

#: Called once the tables of HUD's files are there, to leave out what must not be read.
Narrow = Callable[[Connection], None]


class Input(Protocol):
    """An input that is open. `work`: a folder for what does not fit into memory, gone with the input.
    `tables`: what it gives beside HUD's files. `not_live`: known once it was `put`."""

    @property
    def work(self) -> Path: ...

    @property
    def tables(self) -> tuple[str, ...]: ...

    @property
    def not_live(self) -> NotLive: ...

    @property
    def most_rows(self) -> int:
        """Of a table; after `put`."""

    def put(self, connection: Connection, wanted: Mapping[str, Collection[str]]) -> dict[str, float]:
        """Make the tables of the `wanted` columns (more may be there) with their live rows; returns the
        seconds of its parts. Called once. Raises `InputRefused` or `SourceFault`."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences on what was tolerated in reading; after `put`."""

    def unread(self, connection: Connection) -> tuple[Unread, ...]:
        """The cells of the wanted columns that cannot be read; after `put`, and after what must not be read
        was left out."""

    def sha256(self) -> str:
        """The same for the same input."""


@contextmanager
def opened_input(path: Path, registry: Registry) -> Iterator[Input]:
    """Open the export or the snapshot's state at `path`, for what goes by the year of `registry`. Raises
    `InputRefused` or `SourceFault`."""
    with ExitStack() as stack:
        if path.is_dir() and _is_state(path):
            work = stack.enter_context(scratch.folder("report"))
            yield _State(path, registry, work, stack)
        else:
            source = stack.enter_context(open_source(path, newest=registry.year))
            _refuse_broken(source)
            yield _Export(path, registry, source)


@dataclass(slots=True)
class _Export:
    path: Path
    registry: Registry
    source: Source
    tables: tuple[str, ...] = ()
    not_live: NotLive = field(default_factory=NotLive)
    found: tuple[Unread, ...] = ()
    warnings: tuple[str, ...] = ()
    most_rows: int = 0

    @property
    def work(self) -> Path:
        return self.source.work

    def put(self, connection: Connection, wanted: Mapping[str, Collection[str]]) -> dict[str, float]:
        needed = needed_for(wanted, self.registry)
        staged = stage(self.source, connection, self.registry, check=False, wanted=needed)
        _refuse_broken(staged)
        self.not_live = only_live(connection, self.registry)
        self.found = tuple(staged.unread)
        self.most_rows = max(staged.row_counts.values(), default=0)
        tolerated = [problem for problem in staged.problems if problem.severity in ("warning", "error")]
        self.warnings = tuple(f"{problem.sentence} {problem.remedy}" for problem in tolerated)
        return staged.seconds

    def unread(self, connection: Connection) -> tuple[Unread, ...]:
        return self.found

    def sha256(self) -> str:
        return sha256_of(self.path)


@dataclass(slots=True)
class _State:
    path: Path
    registry: Registry
    work: Path
    stack: ExitStack
    tables: tuple[str, ...] = ("client_ssn",)
    mark: str = ""
    not_live: NotLive = field(default_factory=NotLive)
    warnings: tuple[str, ...] = ()
    most_rows: int = 0
    wanted: Mapping[str, Collection[str]] = field(default_factory=dict)

    def put(self, connection: Connection, wanted: Mapping[str, Collection[str]]) -> dict[str, float]:
        from hearth.reporting.sources import snapshot

        began = time.monotonic()
        self.wanted = wanted
        try:
            given = self.stack.enter_context(snapshot.opened(self.path, connection, self.registry))
        except snapshot.SnapshotError as error:
            raise InputRefused(str(error)) from error
        self.mark = given.sha256
        self.most_rows = max((given.row_counts.get(file, 0) for file in wanted), default=0)
        self.not_live = only_live(connection, self.registry)
        return {"open": round(time.monotonic() - began, 4)}

    def unread(self, connection: Connection) -> tuple[Unread, ...]:
        found: list[Unread] = []
        for name_of, wanted in needed_for(self.wanted, self.registry).items():
            file = self.registry.file(name_of)
            found += find_stored(connection, file, [c for c in file.columns if c.name in wanted])
        return tuple(found)

    def sha256(self) -> str:
        return self.mark


def _is_state(folder: Path) -> bool:
    from hearth.reporting.sources import snapshot  # loads PostgreSQL's client, which no export needs

    return snapshot.is_state(folder)


def _refuse_broken(read: Source | Staged) -> None:
    for problem in read.problems:
        if problem.stops:
            raise InputRefused(f"{problem.sentence} {problem.remedy}")


def only_enrollments(connection: Connection, registry: Registry, kept: str) -> None:
    """Leave of every file of the registry with an EnrollmentID the rows of the enrollments that `kept` gives:
    a query of EnrollmentIDs. What is not about an enrollment stays."""
    files = ", ".join(text(file) for file in registry.files)
    engine.run(connection, f"CREATE TABLE _kept_enrollment AS SELECT DISTINCT EnrollmentID FROM ({kept})")
    for table, kind in engine.rows(
        connection,
        "SELECT t.table_name, t.table_type FROM information_schema.tables AS t"
        " JOIN information_schema.columns AS c USING (table_schema, table_name)"
        f" WHERE c.column_name = 'EnrollmentID' AND t.table_name IN ({files}) ORDER BY 1",
    ):
        what = "VIEW" if kind == "VIEW" else "TABLE"
        every = name(f"_every_{table}")
        engine.run(connection, f"ALTER {what} {name(table)} RENAME TO {every}")
        engine.run(
            connection,
            f"CREATE VIEW {name(table)} AS"
            f" SELECT * FROM {every} SEMI JOIN _kept_enrollment USING (EnrollmentID)",
        )


def without_values(connection: Connection, instead: Mapping[str, Mapping[str, str]]) -> None:
    """Give columns of files other values: file → column → an expression over its row, which is brought to the
    column's type. Columns that a file has not got are passed over: no step reads what was not read."""
    for table, columns in instead.items():
        there = engine.rows(
            connection,
            "SELECT t.table_type, c.column_name, c.data_type FROM information_schema.tables AS t"
            " JOIN information_schema.columns AS c USING (table_schema, table_name)"
            f" WHERE t.table_name = {text(table)}",
        )
        replaced = [
            f"CAST({columns[column]} AS {kind}) AS {name(column)}"
            for _, column, kind in there
            if column in columns
        ]
        if not replaced:
            continue
        what = "VIEW" if there[0][0] == "VIEW" else "TABLE"
        every = name(f"_whole_{table}")
        engine.run(connection, f"ALTER {what} {name(table)} RENAME TO {every}")
        engine.run(
            connection,
            f"CREATE VIEW {name(table)} AS SELECT * REPLACE ({', '.join(replaced)}) FROM {every}",
        )
