"""Statements on a connection: run, watched and stopped; asked for few rows; streamed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from .connections import Connection
from .errors import Cancelled
from .quoting import name, text
from .supervised import supervised


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


_BETWEEN = "\x1f"  # the unit separator of ASCII


def text_table(
    connection: Connection, table: str, column: str, values: Iterable[str], *, temporary: bool = True
) -> None:
    """Make (or make anew) a table of one column of text; a temporary one is this connection's alone. Handing
    over one long text is a hundred times faster than a list. A value with an ASCII unit separator, which no
    ID of HMIS has, is left out."""
    joined = _BETWEEN.join(value for value in values if _BETWEEN not in value)
    run(
        connection,
        f"CREATE OR REPLACE {'TEMP ' if temporary else ''}TABLE {name(table)} AS"
        f" SELECT DISTINCT one AS {name(column)}"
        f" FROM (SELECT unnest(string_split(?, {text(_BETWEEN)})) AS one) AS given WHERE one <> ''",
        [joined],
    )
