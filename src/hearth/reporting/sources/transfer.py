"""Rows between the report engine and PostgreSQL, through a pipe: neither disk nor Python objects between.

The engine writes or reads CSV on one thread, PostgreSQL's COPY takes or gives it on another, and this
process only moves bytes. About a million rows a second leave the engine; PostgreSQL's indexes are what
takes the time.
"""

import fcntl
import os
import threading
from collections.abc import Callable
from contextlib import suppress

import psycopg

from hearth.reporting.runtime.engine import Connection, EngineError, text

_CHUNK = 1 << 20
_F_SETPIPE_SZ = 1031  # Linux; a larger pipe spares changes between the two processes


def engine_to_postgres(
    connection: Connection,
    select: str,
    cursor: psycopg.Cursor,
    table: str,
    columns: list[str],
    heard: Callable[[int], None],
) -> None:
    """Append the rows of `select` to the PostgreSQL table. `heard` is told of lines passed, and may raise."""
    reading, writing = _pipe()

    def produce() -> None:
        try:
            connection.execute(
                f"COPY ({select}) TO {text(f'/dev/fd/{writing}')}"
                " (FORMAT csv, HEADER false, USE_TMP_FILE false, NULLSTR '')"
            )
        finally:
            os.close(writing)

    producer = _Thread(produce)
    quoted = ", ".join(f'"{column}"' for column in columns)
    try:
        with cursor.copy(f'COPY "{table}" ({quoted}) FROM STDIN (FORMAT csv)') as copy:
            while chunk := os.read(reading, _CHUNK):
                copy.write(chunk)
                heard(chunk.count(b"\n"))
            producer.finish()  # raises inside, so that COPY is called off where the engine failed
    finally:
        os.close(reading)
        producer.wait(connection)


def postgres_to_engine(
    cursor: psycopg.Cursor,
    query: str,
    parameters: list[object],
    connection: Connection,
    table: str,
    columns: dict[str, str],
    heard: Callable[[int], None],
) -> None:
    """Make the engine's table `table` (column → type) from the rows of a PostgreSQL query."""
    reading, writing = _pipe()
    kinds = ", ".join(f"{text(column)}: {text(kind)}" for column, kind in columns.items())

    def consume() -> None:
        try:
            connection.execute(
                f"CREATE OR REPLACE TABLE {table} AS SELECT * FROM read_csv({text(f'/dev/fd/{reading}')},"
                " auto_detect = false, header = false, delim = ',', quote = '\"', escape = '\"',"
                f" nullstr = '', columns = {{{kinds}}})"
            )
        finally:
            os.close(reading)

    consumer = _Thread(consume)
    try:
        with cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv)", parameters) as copy:
            for block in copy:
                _write_all(writing, block)
                heard(bytes(block).count(b"\n"))
    except BrokenPipeError:
        consumer.finish()  # its error is the reason
        raise
    finally:
        os.close(writing)
        consumer.wait(connection)
    consumer.finish()


def _pipe() -> tuple[int, int]:
    ends = os.pipe()
    with suppress(OSError):  # another system, or a limit: the usual size works too
        fcntl.fcntl(ends[1], _F_SETPIPE_SZ, _CHUNK)
    return ends


def _write_all(descriptor: int, block: bytes | bytearray | memoryview) -> None:
    view = memoryview(block)
    while view:
        view = view[os.write(descriptor, view) :]


class _Thread:
    """A thread whose failure is raised where it is waited for."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(work,), name="hearth-transfer", daemon=True)
        self._thread.start()

    def _run(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            self._failure = error

    def finish(self) -> None:
        """Wait, and raise what went wrong."""
        self._thread.join()
        if self._failure is not None:
            raise self._failure

    def wait(self, connection: Connection) -> None:
        """Wait, whatever happened; a statement that still runs after its other side is gone is stopped."""
        self._thread.join(5)
        while self._thread.is_alive():
            connection.interrupt()
            self._thread.join(1)
        if isinstance(self._failure, EngineError):
            self._failure.__traceback__ = None
