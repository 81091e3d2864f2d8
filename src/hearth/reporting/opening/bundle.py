"""The folder that a run leaves behind: what it keeps, and how it is opened again.

    with open_bundle(folder) as bundle:
        engine.rows(bundle.connection, "SELECT count(*) FROM lsa_person_detail")

A bundle holds `run.json`, the report's CSV files and their zip, `flags.json` and `flags.csv`. When the run
was asked to keep its tables (`make(..., keep=True)`), it also holds `tables/<name>.parquet`: the tables
that `members` and `compare` read, with the columns they need. There are no names and no SSN in them, but
birth dates and answers, and every row is about a person: the folder is closed to other users of the machine
(0700) and belongs under the same protection as the database.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from hearth.reporting import engine
from hearth.reporting.engine import Connection, name, text
from hearth.reporting.runtime import registry
from hearth.reporting.runtime.plan import mentioned
from hearth.reporting.runtime.report import Report
from hearth.reporting.runtime.run import RECORD, RunRecord, read_record

from .declarations import declared_of

TABLES = "tables"


class BundleError(Exception):
    """The folder cannot be opened as a run, or lacks what was asked for; one sentence and what to do."""


class NoSuchRow(Exception):
    """The file, column or row is not one of this run; says which, never a value about a client."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """An opened run: the report that made it, its record, and a connection on which its kept tables have
    their names."""

    report: Report
    folder: Path
    record: RunRecord
    connection: Connection
    _attached: set[str] = field(default_factory=set)

    def attach(self, tables: Iterable[str]) -> None:
        """Give these of the kept tables their names; the engine opens each file, so only those that are
        read. What the run did not keep is passed over."""
        kept = {table.casefold(): table for table in self.record.tables}
        wanted = {kept[table.casefold()] for table in tables if table.casefold() in kept} - self._attached
        attach(self.report, self.connection, self.folder, sorted(wanted))
        self._attached.update(wanted)


def kept_tables(report: Report) -> tuple[str, ...]:
    """The names of all tables that a run may keep; not every kind of run has all of them."""
    counting, declared = report.counting(), declared_of(report)
    inputs = {one for step, _ in counting.values() for one in step.inputs}
    own = {declared.recorded.table} if declared.recorded else set()
    return tuple(sorted(inputs | set(declared.kept) | set(counting) | own))


def keep(report: Report, connection: Connection, folder: Path) -> tuple[str, ...]:
    """Write the tables that this run has to `folder`/tables, and say which. Rows are sorted, so that the same
    run gives the same bytes."""
    target = folder / TABLES
    target.mkdir(mode=0o700)
    _keep_recorded(report, connection)
    there = {str(table).casefold() for (table,) in engine.rows(connection, _OWN_TABLES)}
    kept = [table for table in kept_tables(report) if table.casefold() in there]
    for table in kept:
        columns = ", ".join(name(column) for column in _columns(report, connection, table))
        path = text(target / f"{table}.parquet")
        engine.run(
            connection,
            f"COPY (SELECT {columns} FROM {name(table)} ORDER BY {columns})"
            f" TO {path} (FORMAT parquet, COMPRESSION zstd)",
        )
    return tuple(kept)


def _keep_recorded(report: Report, connection: Connection) -> None:
    """Make the table of what was recorded, as far as the run has read it."""
    recorded = declared_of(report).recorded
    if recorded is None:
        return
    there = {str(column) for column, *_ in engine.rows(connection, f"DESCRIBE {name(recorded.file)}")}
    said = ", ".join(
        f"{name(column) if column in there else 'NULL'} AS {name(known)}"
        for known, column in recorded.columns.items()
    )
    engine.run(
        connection,
        f"CREATE OR REPLACE TABLE {name(recorded.table)} AS SELECT {said} FROM {name(recorded.file)}",
    )


_OWN_TABLES = "SELECT table_name FROM information_schema.tables"


def _columns(report: Report, connection: Connection, table: str) -> Sequence[str]:
    columns = [str(column) for column, *_ in engine.rows(connection, f"DESCRIBE {name(table)}")]
    if table not in report.registry.files:
        return columns
    read = mentioned([step for step, _ in report.counting().values()], table)
    read |= {column.casefold() for column in declared_of(report).kept_columns.get(table, ())}
    return [column for column in columns if column.casefold() in read]


def record_of(folder: Path) -> RunRecord:
    """The record of the run in `folder`. Raises `BundleError` when it is none of a report that there is."""
    if folder.exists() and not folder.is_dir():
        raise BundleError(f"{folder} is a file. Name the folder that a report was written to.")
    try:
        record = read_record(folder / RECORD)
    except FileNotFoundError:
        raise BundleError(f"{folder} is not the folder of a report: there is no {RECORD} in it.") from None
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise BundleError(f"{folder / RECORD} cannot be read. Run the report again.") from error
    if registry.of_run(record.report, record.year) is None:
        raise BundleError(
            f"{folder} holds a report ({record.report}, FY{record.year}) that this version of Hearth does not"
            " make."
        )
    return record


def report_of(record: RunRecord) -> Report:
    """The report that made a run, of the year that the run was made by. Raises `BundleError`."""
    report = registry.of_run(record.report, record.year)
    if report is None:
        raise BundleError("This version of Hearth does not make such a report.")
    return report


def kept_record(folder: Path) -> RunRecord:
    """The record of a run that kept its tables. Raises `BundleError` when it did not, or when its tables were
    made by other steps than those of this version."""
    record = record_of(folder)
    if not record.tables:
        raise BundleError(
            f"The report in {folder} kept no tables, so its numbers cannot be opened."
            " Run it again and keep them (--keep)."
        )
    if record.steps_sha256 != report_of(record).steps_sha256:
        raise BundleError(
            f"The report in {folder} was made by another version of Hearth ({record.code_version})."
            " Run it again to open its numbers."
        )
    return record


@contextmanager
def scratch() -> Iterator[Connection]:
    """A connection whose tables are its own; what does not fit into memory goes to scratch."""
    with engine.reading() as connection:
        yield connection


@contextmanager
def damage_told(*folders: Path) -> Iterator[None]:
    """What cannot be read of a bundle, as `BundleError`: a file that was cut off, emptied or changed."""
    try:
        yield
    except (engine.OutOfMemory, engine.Interrupted):
        raise
    except (engine.EngineError, ValueError, OverflowError) as error:
        listed = " or ".join(map(str, folders))
        raise BundleError(f"A file in {listed} is damaged. Run the report again.") from error


@contextmanager
def open_bundle(folder: Path, *, tables: bool = True, at_once: bool = True) -> Iterator[Bundle]:
    """Open the run in `folder`. With `tables`, its kept tables too, each under its name: all `at_once`, or
    those that `Bundle.attach` is asked for.

    Raises `BundleError` when the folder is not a run, when it kept no tables, or when its tables were made
    by other steps than those of this version (they would not mean the same).
    """
    record = kept_record(folder) if tables else record_of(folder)
    if tables:
        _check_tables(report_of(record), folder, record.tables)
    with scratch() as connection, damage_told(folder):
        bundle = Bundle(report_of(record), folder, record, connection)
        if tables and at_once:
            bundle.attach(record.tables)
        yield bundle


def attach(
    report: Report, connection: Connection, folder: Path, tables: Iterable[str], schema: str = "main"
) -> None:
    """Give kept tables their names in a schema of the connection. Raises `BundleError` if one is gone."""
    tables = tuple(tables)
    _check_tables(report, folder, tables)
    engine.run(connection, f"CREATE SCHEMA IF NOT EXISTS {name(schema)}")
    for table in tables:
        engine.run(
            connection,
            f"CREATE VIEW {name(schema)}.{name(table)} AS"
            f" SELECT * FROM read_parquet({text(_path(folder, table))})",
        )


def _check_tables(report: Report, folder: Path, tables: Iterable[str]) -> None:
    known = set(kept_tables(report))
    for table in tables:
        if table not in known or not _path(folder, table).is_file():
            raise BundleError(f"{_path(folder, table)} is missing. Run the report again.")


def _path(folder: Path, table: str) -> Path:
    return folder / TABLES / f"{table}.parquet"


def cells_of(folder: Path, file: str) -> str:
    """A relation of SQL: the rows of one of a report's files in their order, every cell as text and an empty
    one NULL. Raises `BundleError` when the file is missing, has no head, or was cut off within a line."""
    path = folder / f"{file}.csv"
    if not path.is_file():
        raise BundleError(f"{path} is missing. Run the report again.")
    # The engine would find out for itself how the file is written, which takes longer than to read it.
    try:
        with path.open("rb") as stream:
            head = next(csv.reader([stream.readline().decode()]), [])
            stream.seek(-1, os.SEEK_END)
            is_whole = stream.read(1) == b"\n"
    except (OSError, ValueError, csv.Error):
        head, is_whole = [], False
    if not (head and all(head) and is_whole):
        raise BundleError(f"A file in {folder} is damaged. Run the report again.")
    columns = ", ".join(f"{text(column)}: 'VARCHAR'" for column in head)
    return (
        f"read_csv({text(path)}, header = true, auto_detect = false, columns = {{{columns}}}, delim = ',',"
        " quote = '\"', escape = '\"', nullstr = '', parallel = false)"
    )
