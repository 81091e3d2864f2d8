"""Stage an opened export: one typed table per HUD file of one year, and everything that is wrong.

    with open_source(path) as source, engine.connected(source.work / "staged.duckdb") as connection:
        staged = stage(source, connection, load(2026), on_progress=show)
        if not staged.stops: …

The year is the caller's: that of the application's tables, or of a report. Tables are named as HUD's files
("Enrollment") with HUD's columns of that year, typed, in HUD's order, and after them

| column | type | |
|---|---|---|
| `_line` | BIGINT | physical line in the original file, the header being 1; NULL for rows an upgrade made |
| `_hash` | BIGINT | the same for the same content, see `cell_types`; for finding what changed |
| `_raw` | VARCHAR | JSON object {column: text} of cells not written to the letter; nearly always NULL |
| `_faulty` | BOOLEAN | the row contradicts what the database holds to be always true, see `findings` |

A file without rows, or one that is missing, gives an empty table. An export of an older year is read as
text into the schema `as_exported` and brought to that year by `standards/upgrades` first; there is no way
back from a newer one, which is refused.

A report needs only some columns of some files: with `wanted`, the tables are those files with those columns
and nothing after them, which takes a third of the time; what of them could not be read is in `unread`.

Give a database file rather than ':memory:' for exports of millions of rows: then memory stays bounded.

Source: HMIS CSV Format Specifications FY2026 v1.0.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from hearth.reporting import engine
from hearth.reporting.engine import Connection, name
from hearth.standards.load import Registry, load
from hearth.standards.model import Column, File

from . import cell_types, contradictions, csv_reading, dates, unread
from .findings_table import Summary
from .open import Source, SourceFile
from .problems import Problem, SourceFault, disk_full, stopping
from .progress import Progress, silent
from .unread import Unread
from .upgrade import AS_EXPORTED, as_text, drop_text_tables, rows_from, upgraded, wanted_of

#: Of a report: up to so many bytes, its files are read side by side (measured).
_FEW_BYTES = 200_000_000


@dataclass(slots=True)
class Staged:
    """Typed tables on `connection`, and what was found. `year` is the export's, `registry` the tables'.

    `problems` are the faults of the export as a whole (those of the source and broken lines); findings of
    rows are in the Parquet file `findings_path`, which holds the problems too, and are counted in `summary`.
    `filled`: for an import, the columns of each file with any value. `unread`: for a report, the cells that
    could not be read, by the names of the export's own year.
    """

    connection: Connection
    year: int
    registry: Registry
    row_counts: dict[str, int] = field(default_factory=dict)
    filled: dict[str, frozenset[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    summary: list[Summary] = field(default_factory=list)
    findings_path: Path | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    wanted: Mapping[str, Collection[str]] | None = None
    unread: list[Unread] = field(default_factory=list)

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables, in HUD's order."""
        return tuple(file for file in self.registry.files if self.wanted is None or file in self.wanted)

    @property
    def rows(self) -> int:
        return sum(self.row_counts.values())

    @property
    def stops(self) -> bool:
        """Whether this must not be imported or reported."""
        return any(p.stops for p in self.problems) or any(s.stops for s in self.summary)


def stage(
    source: Source,
    connection: Connection,
    registry: Registry,
    *,
    on_progress: Progress = silent,
    check: bool = True,
    findings_path: Path | None = None,
    wanted: Mapping[str, Collection[str]] | None = None,
    on_ready: Callable[[Staged, str], None] = lambda staged, file: None,
) -> Staged:
    """Read all files of `source` into typed tables of the registry's year and, with `check`, find everything
    that is wrong.

    Files with structure faults are read as far as they can be, so that all faults are known at once; the
    caller must look at `stops` before using the tables. Findings go to `findings_path` (default: in the
    source's work folder). `wanted`: file → columns of that year, for a report; it goes without
    `check`, and the structure of all files counts all the same. Raises `SourceFault` for an export of a newer
    year and when the disk or the memory limit is exhausted, and ValueError for a source whose year is not
    known. `on_progress` may raise to cancel.

    `on_ready` is told of every file whose table is complete and will not be changed any more, in HUD's order
    and as early as possible, so that another thread (with a cursor of its own) can use it while later files
    are read; of an older year's export only at the end. It may raise to cancel.
    """
    assert wanted is None or not check, "checks read whole rows"
    if source.year is None:
        raise ValueError("The year of this export is not known; see source.problems.")
    if source.year > registry.year:
        raise SourceFault(_newer(source.year, registry.year))
    staged = Staged(connection, source.year, registry, problems=list(source.problems), wanted=wanted)
    try:
        _Staging(source, staged, on_progress, on_ready).run()
        if check:
            from .findings import find  # loads a parser, which reports need not wait for

            started = time.monotonic()
            staged.findings_path = findings_path or source.work / "findings.parquet"
            staged.summary = find(
                connection,
                staged.registry,
                staged.problems,
                staged.findings_path,
                exported_year=source.year,
                filled=staged.filled,
                absent=set(load(source.year, registry.folder).files) - set(source.files),
                on_progress=_checking(on_progress, staged),
            )
            staged.seconds["check"] = time.monotonic() - started
    except (engine.EngineError, OSError) as error:
        if engine.is_disk_full(error):
            raise SourceFault(disk_full(source.work.parent)) from error
        if isinstance(error, engine.OutOfMemory):
            raise cell_types.out_of_memory() from error
        raise
    return staged


def _newer(year: int, target: int) -> Problem:
    return stopping(
        "export_year_newer",
        f"This is an export of FY{year}, and what is made of it goes by the standards of FY{target}."
        " What the newer year records otherwise cannot be told in the terms of the older one.",
        f"Choose the format of FY{target} or an earlier one in your software's HMIS CSV export.",
        file="Export",
        column="CSVVersion",
        origin="S-023",
    )


def _checking(on_progress: Progress, staged: Staged) -> Callable[[str, float], None]:
    def tell(file: str, share: float) -> None:
        on_progress("check", file, round(share * staged.rows), staged.rows, 0, 0)

    return tell


class _Staging:
    """One run of `stage`: keeps count for the progress."""

    def __init__(
        self, source: Source, staged: Staged, on_progress: Progress, on_ready: Callable[[Staged, str], None]
    ) -> None:
        self.source, self.staged, self.on_progress, self.on_ready = source, staged, on_progress, on_ready
        self.connection = staged.connection
        self.rows_before = self.bytes_before = 0
        export = source.files.get("Export")
        self.exported = dates.export_day(export.path if export else None, staged.registry)
        self.incomplete: list[str] = []  # tables that are read and wait for those they may contradict
        self.with_rows: set[str] = set()  # files of an older year
        self.is_alone = True  # no other file is read at the same time

    def run(self) -> None:
        started = time.monotonic()
        if self.staged.year == self.staged.registry.year:
            threads = engine.threads_of(self.connection)
            if self.staged.wanted is not None and threads > 1 and self.source.bytes <= _FEW_BYTES:
                self._read_at_once(threads)
            else:
                for table in self.staged.tables:
                    self._read_typed(self.staged.registry.file(table))
                    self._complete(table)
            self._tell_all_read()
            self.staged.seconds["read"] = time.monotonic() - started
        else:
            self._read_as_exported()
            self._tell_all_read()
            self.staged.seconds["read"] = time.monotonic() - started
            started = time.monotonic()
            self._upgrade()
            self.staged.seconds["upgrade"] = time.monotonic() - started
            for table in self.staged.tables:
                self._complete(table)

    def _read_at_once(self, threads: int) -> None:
        """Read the files of a report side by side, each on one thread: most are smaller than what a thread
        takes at once, and the others only take time looking for work."""

        def read(table: str, connection: Connection) -> Staged:
            one = copy.copy(self)
            one.connection = connection
            one.staged = replace(
                self.staged, connection=connection, row_counts={}, filled={}, problems=[], unread=[]
            )
            one.incomplete, one.is_alone = [], False
            one._read_typed(self.staged.registry.file(table))
            one._complete(table)
            return one.staged

        sizes = {file.name: file.bytes for file in self.source.files.values()}
        largest_first = sorted(self.staged.tables, key=lambda table: -sizes.get(table, 0))
        engine.use_threads(self.connection, 1)
        try:
            read_all = engine.at_once(self.connection, [partial(read, one) for one in largest_first], threads)
        finally:
            engine.use_threads(self.connection, threads)
        by_table = dict(zip(largest_first, read_all, strict=True))
        for table in self.staged.tables:
            self.staged.row_counts |= by_table[table].row_counts
            self.staged.filled |= by_table[table].filled
            self.staged.problems += by_table[table].problems
            self.staged.unread += by_table[table].unread

    def _complete(self, table: str) -> None:
        """The rows of one more table are there: mark contradictions when all of theirs are."""
        # Asked now, while the rows are still in memory: writing would wait for them to come back.
        columns = [column.name for column in self.staged.registry.file(table).columns]
        columns = columns if self.staged.wanted is None else []
        counts = ", ".join(["count(*)", *(f"count({name(column)})" for column in columns)])
        rows, *values = engine.row(self.connection, f"SELECT {counts} FROM {name(table)}")
        self.staged.row_counts[table] = rows
        self.staged.filled[table] = frozenset(c for c, count in zip(columns, values, strict=True) if count)
        self.incomplete.append(table)
        contradicting = contradictions.FILES if self.staged.wanted is None else ()
        waiting = [one for one in contradicting if one not in self.staged.row_counts]
        if waiting and len(waiting) < len(contradicting):
            return
        if table in contradicting:
            contradictions.mark(self.connection)
        for one in self.incomplete:
            self.on_ready(self.staged, one)
        self.incomplete.clear()

    def _read_typed(self, file: File) -> None:
        table, wanted = name(file.name), None
        if self.staged.wanted is not None:
            wanted = [c for c in file.columns if c.name in self.staged.wanted[file.name]]

        def create(relation: str, blank: frozenset[str]) -> str:
            return self._create(file, table, relation, blank=blank)

        if not self._read(file, table, create, wanted or list(file.columns)):
            self.connection.execute(cell_types.create_empty(file, table))
        elif wanted is not None:
            self._narrow_down(table)

    def _narrow_down(self, table: str) -> None:
        """Leave a report's table its columns alone."""
        for extra in ("_line", "_raw"):
            self.connection.execute(f"ALTER TABLE {table} DROP COLUMN {extra}")

    def _create(
        self,
        file: File,
        table: str,
        relation: str,
        archive: str | None = None,
        blank: frozenset[str] = frozenset(),
    ) -> str:
        if self.staged.wanted is None:
            return cell_types.create_typed(file, table, relation, archive=archive, blank=blank)
        return cell_types.create_narrow(file, table, relation, self.staged.wanted[file.name], blank=blank)

    def _read_as_exported(self) -> None:
        self.connection.execute(f"CREATE SCHEMA {AS_EXPORTED}")
        for file in load(self.staged.year, self.staged.registry.folder).files.values():
            self._read_text(file)

    def _read_text(self, file: File) -> None:
        """Read a file of an older year: typed, so that its values are understood by the rules of all, and
        from there as text to the letter."""
        table = f"{AS_EXPORTED}.{name(f'{file.name} typed')}"

        def create(relation: str, blank: frozenset[str]) -> str:
            return cell_types.create_typed(file, table, relation, blank=blank)

        if self._read(file, table, create, list(file.columns)):
            self.with_rows.add(file.name)
        else:
            self.connection.execute(cell_types.create_empty(file, table))
        self.connection.execute(as_text(self.connection, self.staged.year, self.staged.registry, file, table))

    def _read(
        self, file: File, table: str, create: Callable[[str, frozenset[str]], str], columns: list[Column]
    ) -> bool:
        """Read one file into a table with `columns`, `_line` and `_raw`, made by `create` from the file's
        columns as text and the names of those that are blank throughout.
        Whether the table was made: a file with a header only is not worth a look."""
        given = self.source.files.get(file.name)
        if given is None or given.lines <= 1:
            return False
        rows_expected = max(0, given.lines - 1)
        told = 0.0

        def tell(share: float) -> None:
            nonlocal told
            told = max(told, share)
            self.on_progress(
                "read",
                given.name,
                self.rows_before + round(told * rows_expected),
                self.source.lines,
                self.bytes_before + round(told * given.bytes),
                self.source.bytes,
            )

        def relation(path: Path) -> str:
            return csv_reading.relation(path, given.columns, [column.name for column in file.columns])

        lacking = {column.name for column in file.columns} - set(given.columns)
        blank = csv_reading.blank_columns(given) | lacking
        columns_made = len(given.columns) + len(cell_types.EXTRA_COLUMNS)
        with (
            engine.filled_on_all_threads(self.connection, columns_made, self.bytes_before + given.bytes)
            if self.is_alone
            else nullcontext()
        ):
            read = csv_reading.read(
                self.connection,
                given,
                table,
                lambda path: create(relation(path), blank),
                self.source.work,
                lambda sql: engine.run(self.connection, sql, on_progress=tell),
            )
        self.staged.problems.extend(read.problems)
        if read.made:
            self._understand(file, given, table, columns, read, relation(read.path or given.path))
        tell(1.0)
        self.rows_before += rows_expected
        self.bytes_before += given.bytes
        return read.made

    def _understand(
        self,
        file: File,
        given: SourceFile,
        table: str,
        columns: list[Column],
        read: csv_reading.Read,
        relation: str,
    ) -> None:
        """Drop rows of nothing, read what needs its whole column, and say what cannot be read."""
        for_report = self.staged.wanted is not None
        any_raw, any_fault = unread.suspected(self.connection, table, file, columns if for_report else [])
        if not for_report or any_raw or any_fault:
            csv_reading.number_lines(self.connection, given, table, read)
        csv_reading.drop_blank_rows(self.connection, file, table, columns, relation)
        if any_raw:
            others = dates.read_other_forms(self.connection, table, columns, self.exported)
            if others and not for_report:
                dates.rehash(self.connection, table, others)
        if for_report and (any_raw or any_fault):
            told = wanted_of(self.staged.year, self.staged.registry, file, self.staged.wanted or {})
            self.staged.unread += unread.find(
                self.connection, table, file, [column for column in columns if column.name in told]
            )

    def _tell_all_read(self) -> None:
        rows, size = self.source.lines, self.source.bytes
        self.on_progress("read", "", rows, rows, size, size)

    def _upgrade(self) -> None:
        total = self.source.lines
        for file, relation in upgraded(self.connection, self.staged.year, self.staged.registry):
            if file.name not in self.staged.tables:
                continue
            self.on_progress("upgrade", file.name, 0, total, 0, self.source.bytes)
            if rows_from(self.staged.year, self.staged.registry, file.name) not in self.with_rows:
                self.connection.execute(cell_types.create_empty(file, name(file.name)))
                continue
            self.connection.execute(self._create(file, name(file.name), relation, archive="_archive"))
            if self.staged.wanted is not None:
                self._narrow_down(name(file.name))
        drop_text_tables(self.connection, self.staged.year, self.staged.registry)
