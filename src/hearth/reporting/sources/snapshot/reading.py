"""One consistent view of PostgreSQL, as relations that the engine can read.

A `Reading` is one read-only transaction (repeatable read). DuckDB's PostgreSQL scanner reads a whole table
over several connections at once, which share the transaction's snapshot. Where the scanner cannot be loaded
(a system that its wheel is not made for), PostgreSQL's COPY brings the rows as CSV, at a third of the speed.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg

from hearth.reporting import engine
from hearth.reporting.engine import Connection, name, text

from ..cell_types import SQL_TYPES
from ..transfer import postgres_to_engine
from .problems import SnapshotError

_SERVER = "_postgres"


class Reading(ABC):
    """Reads of one transaction. `connection` is the engine's."""

    connection: Connection

    @abstractmethod
    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query that is known to be small; every column has a name of its own."""

    @abstractmethod
    def relation(self, table: str, columns: Mapping[str, str], where: str = "") -> str:
        """An engine relation of a table's rows: column → HUD type, or 'key' for a number of a record.
        `where` is PostgreSQL's SQL. Good until the next call."""


class _Scanner(Reading):
    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return engine.rows(self.connection, f"SELECT * FROM {_asked(query)}")

    def relation(self, table: str, columns: Mapping[str, str], where: str = "") -> str:
        listed = ", ".join(name(column) for column in columns)
        if where:
            return _asked(f"SELECT {listed} FROM {name(table)} WHERE {where}")
        return f"(SELECT {listed} FROM {_SERVER}.public.{name(table)})"


class _Copier(Reading):
    def __init__(self, connection: Connection, cursor: psycopg.Cursor) -> None:
        self.connection, self.cursor = connection, cursor

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.cursor.execute(query.encode()).fetchall()

    def relation(self, table: str, columns: Mapping[str, str], where: str = "") -> str:
        listed = ", ".join(name(column) for column in columns)
        query = f"SELECT {listed} FROM {name(table)}" + (f" WHERE {where}" if where else "")
        kinds = {column: SQL_TYPES.get(kind, "BIGINT") for column, kind in columns.items()}
        postgres_to_engine(self.cursor, query, [], self.connection, "_copied", kinds, lambda lines: None)
        return "_copied"


@contextmanager
def reading(connection: Connection, url: str, *, scanner: bool = True) -> Iterator[Reading]:
    """One transaction of the database at `url` for the length of the block.

    `scanner=False` reads by COPY even where the scanner is there. Raises `SnapshotError` where the database
    does not answer or does not let this role in.
    """
    if scanner and engine.can_scan_postgres(connection):
        with _scanned(connection, url):
            yield _Scanner(connection)
        return
    try:
        server = psycopg.connect(url)
    except psycopg.Error as error:
        raise _unreachable() from error
    with server:
        server.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        server.read_only = True
        yield _Copier(connection, server.cursor())


@contextmanager
def _scanned(connection: Connection, url: str) -> Iterator[None]:
    try:
        connection.execute(f"ATTACH {text(url)} AS {_SERVER} (TYPE postgres, READ_ONLY, SCHEMA 'public')")
    except engine.EngineError:
        raise _unreachable() from None  # the engine's message holds the address with its password
    try:
        connection.execute("BEGIN")
        try:
            yield
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
    finally:
        connection.execute(f"DETACH {_SERVER}")


def _asked(query: str) -> str:
    return f"postgres_query({text(_SERVER)}, {text(query)})"


def _unreachable() -> SnapshotError:
    return SnapshotError(
        "The database does not answer to the role that reads for reports (hearth_report): start it with"
        " `hearth db start`, or on your own server run `hearth db setup` and `hearth db migrate` once more."
    )
