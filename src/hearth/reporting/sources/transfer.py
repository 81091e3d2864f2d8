"""Rows between the report engine and PostgreSQL, through a pipe: neither disk nor Python objects between.

The engine writes or reads on one thread, PostgreSQL's COPY takes or gives it on another, and this process
only moves bytes. Into PostgreSQL rows go in COPY's binary format where the engine can write it (with the
package of its PostgreSQL scanner) and else as CSV, which costs the engine twice the time and PostgreSQL more.
Of a few rows nobody notices that, but loading the package takes a fifth of a second: they go as CSV.
"""

import fcntl
import os
import re
import struct
import threading
from collections.abc import Callable
from contextlib import suppress

import psycopg

from hearth.reporting.engine import Connection, EngineError, can_scan_postgres, text

#: From so many rows on the binary format is worth the loading of what writes it.
BINARY_FROM = 10_000
_CHUNK = 1 << 20
_F_SETPIPE_SZ = 1031  # Linux; a larger pipe spares changes between the two processes

#: By the type of a PostgreSQL column: the expression whose value the engine writes as that type's bytes.
_BINARY = {
    "bigint": "{}::BIGINT",
    "boolean": "{}::BOOLEAN",
    "bytea": "unhex(substr({}, 3))",  # it comes as PostgreSQL spells it, \x and hex digits
    "date": "{}::DATE",
    "integer": "{}::INTEGER",
    "jsonb": "chr(1) || {}",  # the number of the format stands before the text
    "text": "{}::VARCHAR",
    "timestamp without time zone": "{}::TIMESTAMP",
}
_NUMERIC = re.compile(r"numeric(\([0-9]+,[0-9]+\))")
_HEAD_BYTES = 19  # of the binary format: signature, flags, length of the extension
_LOOKED_AT = 1 << 16


def engine_to_postgres(
    connection: Connection,
    select: str,
    cursor: psycopg.Cursor,
    table: str,
    columns: list[str],
    on_rows: Callable[[int], None],
    *,
    rows: int = BINARY_FROM,
) -> None:
    """Append the rows of `select`, whose values are those of `columns` in their order, to the PostgreSQL
    table. `on_rows` is told of rows that passed (about; all of them in the end), and may raise. `rows`: about
    how many there are, where that is known."""
    quoted = [f'"{column}"' for column in columns]
    binary = _in_binary(connection, cursor, table, columns) if rows >= BINARY_FROM else None
    if binary is None:
        written, read = "FORMAT csv, HEADER false, USE_TMP_FILE false, NULLSTR ''", "FORMAT csv"
    else:
        written, read = "FORMAT postgres_binary", "FORMAT binary"
        select = f"SELECT {', '.join(binary)} FROM ({select}) AS row ({', '.join(quoted)})"
    reading, writing = _pipe()

    def produce() -> None:
        try:
            connection.execute(f"COPY ({select}) TO {text(f'/dev/fd/{writing}')} ({written})")
        finally:
            os.close(writing)

    producer = _Thread(produce)
    told, row_bytes = 0, 0.0
    try:
        with cursor.copy(f'COPY "{table}" ({", ".join(quoted)}) FROM STDIN ({read})') as copy:
            while chunk := os.read(reading, _CHUNK):
                copy.write(chunk)
                row_bytes = row_bytes or (_csv_row_bytes if binary is None else _row_bytes)(chunk)
                passed = round(len(chunk) / row_bytes)
                on_rows(passed)
                told += passed
            producer.finish()  # raises inside, so that COPY is called off where the engine failed
        on_rows(cursor.rowcount - told)
    finally:
        os.close(reading)
        producer.stop(connection)


def _in_binary(
    connection: Connection, cursor: psycopg.Cursor, table: str, columns: list[str]
) -> list[str] | None:
    """The expressions over `columns` that the engine can write as binary; None where it cannot."""
    if not can_scan_postgres(connection):
        return None
    cursor.execute(
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
        [f'"{table}"'],
    )
    kinds: dict[str, str] = dict(cursor.fetchall())
    expressions = []
    for column in columns:
        kind = kinds.get(column, "")
        numeric = _NUMERIC.fullmatch(kind)
        expression = f"{{}}::DECIMAL{numeric[1]}" if numeric else _BINARY.get(kind)
        if expression is None:
            return None
        expressions.append(expression.format(f'"{column}"'))
    return expressions


def _row_bytes(chunk: bytes) -> float:
    """The mean length of the first rows of a stream in the binary format, for telling how far it is."""
    at, rows = _HEAD_BYTES, 0
    with suppress(struct.error):  # the chunk ends within a row
        while at < _LOOKED_AT:
            (fields,) = struct.unpack_from("!h", chunk, at)
            if fields < 0:  # the end of the stream
                break
            end = at + 2
            for _ in range(fields):
                (length,) = struct.unpack_from("!i", chunk, end)
                end += 4 + max(0, length)
            at, rows = end, rows + 1
    return at / max(1, rows)


def _csv_row_bytes(chunk: bytes) -> float:
    return len(chunk) / max(1, chunk.count(b"\n"))


def postgres_to_engine(
    cursor: psycopg.Cursor,
    query: str,
    parameters: list[object],
    connection: Connection,
    table: str,
    columns: dict[str, str],
    on_rows: Callable[[int], None],
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
        try:
            with cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv)", parameters) as copy:
                for block in copy:
                    _write_all(writing, block)
                    on_rows(bytes(block).count(b"\n"))
        finally:
            os.close(writing)
    except BrokenPipeError:
        consumer.finish()  # its error is the reason
        raise
    except BaseException:
        consumer.stop(connection)
        raise
    consumer.finish()  # however long it takes with what it got


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

    def stop(self, connection: Connection) -> None:
        """Wait, whatever happened; a statement that still runs although its other side is gone is stopped."""
        self._thread.join(5)
        while self._thread.is_alive():
            connection.interrupt()
            self._thread.join(1)
        if isinstance(self._failure, EngineError):
            self._failure.__traceback__ = None
