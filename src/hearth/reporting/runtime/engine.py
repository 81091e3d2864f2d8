"""The columnar engine (DuckDB) behind staging, checks and reports. The only importer of `duckdb`.

Everything else receives a `Connection` as an argument and speaks SQL to it, so that the engine can be
replaced or configured in one place.

Memory. `memory_limit` bounds the buffer pool, not the process: allow about 250 MB on top for the CSV
reader and Python. With a database file or a `temp_directory` the engine spills to disk instead of failing.

Errors. Callers that need to tell faults apart use `EngineError` and its kin from this module;
`said_disk_full` recognizes an engine error that means "no space left".
"""

from __future__ import annotations

import errno
import importlib
import itertools
import os
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb
from duckdb.func import FunctionNullHandling

from hearth import scratch

from .supervised import supervised

Connection = duckdb.DuckDBPyConnection
EngineError = duckdb.Error
InvalidInput = duckdb.InvalidInputException
OutOfMemory = duckdb.OutOfMemoryException
Interrupted = duckdb.InterruptException

VERSION: str = duckdb.__version__
DEFAULT_MEMORY_LIMIT = "600MB"
#: A report reads what it needs and no more; half a million people fit, and what does not goes to disk.
REPORT_MEMORY = "2GB"
#: All that read finished results at the same time share it.
READING_MEMORY = "1GB"
_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([KMGT]i?B)", re.IGNORECASE)
_LEAST_BYTES = 64_000_000


class Cancelled(Exception):
    """The caller's `should_stop` said so; the statement was interrupted and had no effect."""


def connect(
    database: str | Path = ":memory:",
    *,
    memory_limit: str = DEFAULT_MEMORY_LIMIT,
    threads: int | None = None,
    temp_directory: str | Path | None = None,
    preserve_insertion_order: bool = True,
) -> Connection:
    """Open an engine connection with bounded memory and no access to the network.

    What does not fit into memory goes to `temp_directory`, to scratch where none is named, and nowhere where
    it is "". `database` is ':memory:' or a file; `threads` defaults to the cores this process may use.
    `preserve_insertion_order=False` saves memory where the order of rows does not matter; staging needs
    the order (line numbers), so it is on by default.
    """
    config: dict[str, Any] = {
        "memory_limit": memory_limit,
        "autoinstall_known_extensions": False,  # never fetch code from the network
        "autoload_known_extensions": False,
        "preserve_insertion_order": preserve_insertion_order,
    }
    if threads is not None:
        config["threads"] = threads
    # The engine's own default is a folder `.tmp` where the process stands.
    config["temp_directory"] = str(scratch.spill() if temp_directory is None else temp_directory)
    connection = duckdb.connect(str(database), config=config)
    # Progress is only tracked while the bar is enabled; it must never print, and a statement that
    # ends sooner than this is not worth reporting.
    connection.execute("SET enable_progress_bar = true")
    connection.execute("SET enable_progress_bar_print = false")
    connection.execute("SET progress_bar_time = 100")
    return connection


def memory_limit(said: str) -> str:
    """A size that a person gave, such as 600MB, 1.5 GB or 2GiB. Raises ValueError for anything else, and for
    less than 64 MB, with which nothing can be done."""
    found = _SIZE.fullmatch(said.strip())
    if found is None:
        raise ValueError(f"{said} is not a size of memory; one looks like 600MB or 2GB.")
    if _bytes(said) < _LEAST_BYTES:
        raise ValueError(f"{said} of memory is too little for anything; give 64MB or more.")
    return "".join(found.groups())


def _bytes(size: str) -> int:
    """Of a size as `memory_limit` takes it and as the engine tells it."""
    found = _SIZE.fullmatch(size.strip())
    assert found is not None
    number, unit = found.groups()
    base = 1024 if "i" in unit.lower() else 1000
    return int(float(number) * base ** (1 + "kmgt".index(unit[0].lower())))


@contextmanager
def connected(database: str | Path = ":memory:", **settings: Any) -> Iterator[Connection]:
    """`connect`, closed at the end whatever happens."""
    connection = connect(database, **settings)
    try:
        yield connection
    finally:
        connection.close()


_readers: dict[int, Connection] = {}  # by process: a fork must not use its parent's
_starting = threading.Lock()
_numbers = itertools.count(1)


@contextmanager
def reading() -> Iterator[Connection]:
    """A connection on the engine that all readers of finished results in this process share. Starting an
    engine takes ten times as long as most of their questions.

    What is made on it, tables and views, stands in a catalog of its own and is gone at the end. Settings are
    of the whole engine: do not change any.
    """
    with _starting:
        if os.getpid() not in _readers:
            _readers[os.getpid()] = connect(memory_limit=READING_MEMORY)
        connection = _readers[os.getpid()].cursor()
        own = f"reading_{next(_numbers)}"
    try:
        connection.execute(f"ATTACH ':memory:' AS {own}")
        connection.execute(f"USE {own}")
        yield connection
    finally:
        with suppress(duckdb.Error):  # mostly there is no transaction, which is an error, too
            connection.rollback()
        with suppress(duckdb.Error):
            connection.execute("USE memory")
            connection.execute(f"DETACH {own}")
        connection.close()


def run(
    connection: Connection,
    sql: str,
    parameters: Sequence[object] | None = None,
    *,
    on_progress: Callable[[float], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> None:
    """Run one statement; while it runs, report its progress (0 to 1) and let it be cancelled.

    Without the two callbacks this is a plain `execute`. Raises `Cancelled` or an `EngineError`; an
    exception raised by `on_progress` interrupts the statement and is raised here.
    """
    if on_progress is None and should_stop is None:
        _execute(connection, sql, parameters)
        return

    def watch() -> None:
        if should_stop is not None and should_stop():
            raise Cancelled("stopped at the caller's request")
        if on_progress is not None:
            on_progress(max(0.0, min(1.0, connection.query_progress() / 100)))

    supervised(lambda: _execute(connection, sql, parameters), watch=watch, interrupt=connection.interrupt)


def _execute(connection: Connection, sql: str, parameters: Sequence[object] | None) -> None:
    try:
        if parameters is None:
            connection.execute(sql)
        else:
            connection.execute(sql, list(parameters))
    except RuntimeError as error:
        if "interrupted" in str(error).lower():  # how the engine says that Ctrl-C came within a statement
            raise KeyboardInterrupt from error
        raise


#: What the engine wants of its memory limit for each column of a table before it fills it on several
#: threads (measured with 1.5, on two threads). It takes that much only when the rows do.
_ROOM_OF_A_COLUMN = 18_000_000


@contextmanager
def filled_on_all_threads(connection: Connection, columns: int, size: int) -> Iterator[None]:
    """While it lasts, a table of so many columns may be filled on all threads although the memory limit is
    too low for that in the engine's eyes, where its rows are known to be few: `size` bytes of them and of
    all before them as CSV, which are two to three times as many in memory."""
    before = str(scalar(connection, "SELECT current_setting('memory_limit')"))
    limit, wanted = _bytes(before), _ROOM_OF_A_COLUMN * columns
    if limit >= wanted or size > limit // 4:
        yield
        return
    connection.execute(f"SET memory_limit = '{wanted}B'")
    try:
        yield
    finally:
        with suppress(OutOfMemory):  # other threads hold too much at the moment: then it stays as it is
            connection.execute(f"SET memory_limit = {text(before)}")


def use_threads(connection: Connection, threads: int) -> None:
    """How many threads statements run on from now on: the caller's own, and helpers, which are started by
    this call and take the priority of the thread that makes it."""
    connection.execute("SET threads = 1")
    connection.execute(f"SET threads = {threads:d}")


def can_scan_postgres(connection: Connection) -> bool:
    """Load the extension that reads PostgreSQL and writes the binary format of its COPY. It comes as a
    package of the engine's own version, signed by its makers. False where there is none for this system."""
    try:
        package = importlib.import_module("duckdb_extension_postgres_scanner")
        folder = Path(str(package.__file__)).parent / "extensions" / f"v{duckdb.__version__}"
        connection.execute(f"LOAD {text(folder / 'postgres_scanner.duckdb_extension')}")
    except (ImportError, duckdb.Error):
        return False
    return True


def give_function(connection: Connection, called: str, function: Callable[[str | None], str | None]) -> None:
    """Let SQL on this connection call a function of Python from text to text, once for every value. It is
    called on the engine's threads; what it raises is an `EngineError` of the statement."""
    connection.create_function(
        called,
        function,
        ["VARCHAR"],
        "VARCHAR",
        null_handling=FunctionNullHandling.SPECIAL,
        side_effects=True,
    )


def rows(
    connection: Connection, sql: str, parameters: Sequence[object] | None = None
) -> list[tuple[Any, ...]]:
    """All rows of a query that is known to be small."""
    _execute(connection, sql, parameters)
    return connection.fetchall()


def row(connection: Connection, sql: str, parameters: Sequence[object] | None = None) -> tuple[Any, ...]:
    """The first row of a query that always has one."""
    _execute(connection, sql, parameters)
    found = connection.fetchone()
    assert found is not None, "the query returned no row"
    return found


def scalar(connection: Connection, sql: str, parameters: Sequence[object] | None = None) -> Any:
    """The one value of a query that always has one."""
    return row(connection, sql, parameters)[0]


def tables(connection: Connection) -> set[str]:
    """Names of all tables and views."""
    return {table for (table,) in rows(connection, "SELECT table_name FROM information_schema.tables")}


def columns_of(connection: Connection, table: str) -> dict[str, str]:
    """Columns of a table or view in their order, with the engine's type of each."""
    return {column: str(kind) for column, kind, *_ in rows(connection, f"DESCRIBE {name(table)}")}


def batches(connection: Connection, sql: str, at_once: int) -> Any:
    """The rows of a query as a stream of Arrow record batches (pyarrow.RecordBatchReader). Read it to its end
    before the connection is used for anything else."""
    return connection.execute(sql).to_arrow_reader(at_once)


def append(connection: Connection, table: str, arriving: Any) -> None:
    """Insert Arrow record batches (pyarrow.RecordBatchReader) into a table, by the names of the columns. The
    table's own types stay."""
    connection.register("_arriving", arriving)
    try:
        connection.execute(f"INSERT INTO {name(table)} BY NAME SELECT * FROM _arriving")
    finally:
        connection.unregister("_arriving")


def name(identifier: str) -> str:
    """An identifier quoted for SQL: HealthAndDV -> "HealthAndDV"."""
    return '"' + identifier.replace('"', '""') + '"'


def text(value: object) -> str:
    """A string literal quoted for SQL: it's -> 'it''s'."""
    return "'" + str(value).replace("'", "''") + "'"


_BETWEEN = "\x1f"  # the unit separator of ASCII


def text_table(connection: Connection, table: str, column: str, values: Iterable[str]) -> None:
    """Make (or make anew) a temporary table of one column of text. Handing over one long text is a hundred
    times faster than a list. A value with an ASCII unit separator, which no ID of HMIS has, is left out."""
    joined = _BETWEEN.join(value for value in values if _BETWEEN not in value)
    run(
        connection,
        f"CREATE OR REPLACE TEMP TABLE {name(table)} AS"
        f" SELECT DISTINCT one AS {name(column)}"
        f" FROM (SELECT unnest(string_split(?, {text(_BETWEEN)})) AS one) AS given WHERE one <> ''",
        [joined],
    )


def said_disk_full(error: BaseException) -> bool:
    """Whether an engine or system error means that the disk has no space left."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return True
    if not isinstance(error, duckdb.Error):
        return False
    said = str(error).lower()
    return "no space left" in said or "disk quota" in said or "max_temp_directory_size" in said
