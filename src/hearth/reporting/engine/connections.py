"""Connections to the engine: bounded, offline, some of them shared."""

from __future__ import annotations

import importlib
import itertools
import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb
from duckdb.func import FunctionNullHandling

from hearth import scratch

from .errors import OutOfMemory
from .quoting import text

Connection = duckdb.DuckDBPyConnection
VERSION: str = duckdb.__version__
DEFAULT_MEMORY_LIMIT = "600MB"
#: A report reads what it needs and no more; half a million people fit, and what does not goes to disk.
REPORT_MEMORY = "2GB"
#: All that read finished results at the same time share it.
READING_MEMORY = "1GB"
_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([KMGT]i?B)", re.IGNORECASE)
_LEAST_BYTES = 64_000_000


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


def _memory_limit(connection: Connection) -> str:
    found = connection.execute("SELECT current_setting('memory_limit')").fetchone()
    assert found is not None
    return str(found[0])


#: What the engine wants of its memory limit for each column of a table before it fills it on several
#: threads (measured with 1.5, on two threads). It takes that much only when the rows do.
_ROOM_OF_A_COLUMN = 18_000_000


@contextmanager
def filled_on_all_threads(connection: Connection, columns: int, size: int) -> Iterator[None]:
    """While it lasts, a table of so many columns may be filled on all threads although the memory limit is
    too low for that in the engine's eyes, where its rows are known to be few: `size` bytes of them and of
    all before them as CSV, which are two to three times as many in memory."""
    before = _memory_limit(connection)
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


def threads_of(connection: Connection) -> int:
    """How many threads statements run on."""
    found = connection.execute("SELECT current_setting('threads')").fetchone()
    assert found is not None
    return int(found[0])


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
