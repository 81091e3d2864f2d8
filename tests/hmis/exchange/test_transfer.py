"""Rows from the engine into PostgreSQL: in the binary format and as CSV they are the same rows."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from hearth.reporting import engine
from hearth.reporting.sources import transfer
from hearth.server import database

pytestmark = pytest.mark.django_db

TABLE = """
    CREATE TEMPORARY TABLE arriving (number bigint, small integer, said text, on_day date, moment timestamp,
        amount numeric(14,2), is_so boolean, kept jsonb, sealed bytea)
"""
SELECT = r"""
    SELECT * FROM (VALUES
        (1, -7, 'Ann, "Annie" O''Hara', DATE '0001-01-01', TIMESTAMP '1999-12-31 23:59:59.5', -0.05, TRUE,
            '{"DOB": "31. Mai", "Note": "ü \" \\"}', '\x00ff0a22'),
        (9223372036854775807, 2147483647, E'two\nlines\tü €', DATE '9999-12-31',
            TIMESTAMP '0001-01-01 00:00:00', 9999999999.99, FALSE, '{}', '\x'),
        (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
        (4, 0, 'x', DATE '2024-02-29', TIMESTAMP '2024-02-29 00:00:00', 0.00, NULL, NULL, NULL)
    ) AS row (number, small, said, on_day, moment, amount, is_so, kept, sealed)
"""
COLUMNS = ["number", "small", "said", "on_day", "moment", "amount", "is_so", "kept", "sealed"]
EXPECTED: list[tuple[Any, ...]] = [
    (1, -7, 'Ann, "Annie" O\'Hara', date.min, datetime(1999, 12, 31, 23, 59, 59, 500000), Decimal("-0.05"),
     True, {"DOB": "31. Mai", "Note": 'ü " \\'}, b"\x00\xff\n\""),
    (9223372036854775807, 2147483647, "two\nlines\tü €", date.max, datetime.min, Decimal("9999999999.99"),
     False, {}, b""),
    (None,) * 9,
    (4, 0, "x", date(2024, 2, 29), datetime(2024, 2, 29), Decimal("0.00"), None, None, None),
]  # fmt: skip


def transferred(select: str, columns: list[str], table: str = TABLE) -> tuple[list[tuple[Any, ...]], int]:
    """What PostgreSQL has of the rows of a SELECT, in their order, and how many rows it told of."""
    told: list[int] = []
    with psycopg.connect(database.url("loader")) as loader, engine.connected() as connection:
        loader.execute(table)
        transfer.engine_to_postgres(connection, select, loader.cursor(), "arriving", columns, told.append)
        rows = loader.execute("SELECT * FROM arriving").fetchall()
        loader.rollback()
    return rows, sum(told)


@pytest.mark.parametrize("binary", [True, False])
def test_every_type_arrives_as_it_was(binary: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not binary:
        monkeypatch.setattr(transfer, "can_scan_postgres", lambda connection: False)
    assert transferred(SELECT, COLUMNS) == (EXPECTED, 4)


def test_the_binary_format_is_what_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "_row_bytes", lambda chunk: (_ for _ in ()).throw(AssertionError))
    with pytest.raises(AssertionError):
        transferred(SELECT, COLUMNS)


def test_values_of_another_type_of_the_engine_are_converted() -> None:
    """A literal is of the smallest type that holds it."""
    rows, _ = transferred("SELECT 5, 5::TINYINT, 7", ["number", "small", "amount"])
    assert rows == [(5, 5, None, None, None, Decimal("7.00"), None, None, None)]


def test_a_type_that_is_not_known_goes_as_text() -> None:
    table = "CREATE TEMPORARY TABLE arriving (number bigint, span int4range)"
    rows, told = transferred("SELECT 1, '[2,5)'", ["number", "span"], table)
    assert [(number, str(span)) for number, span in rows] == [(1, "[2, 5)")]
    assert told == 1


@pytest.mark.parametrize("binary", [True, False])
def test_no_rows(binary: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not binary:
        monkeypatch.setattr(transfer, "can_scan_postgres", lambda connection: False)
    assert transferred(f"{SELECT} WHERE FALSE", COLUMNS) == ([], 0)


@pytest.mark.parametrize("binary", [True, False])
def test_of_many_rows_all_are_told_of(binary: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not binary:
        monkeypatch.setattr(transfer, "can_scan_postgres", lambda connection: False)
    select = "SELECT n AS number, repeat('x', (n % 50)::INTEGER) AS said FROM range(200000) AS many(n)"
    rows, told = transferred(select, ["number", "said"])
    assert [row[0] for row in rows] == list(range(200_000))
    assert told == 200_000


def test_a_slow_engine_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine the engine may need long for the last rows; nothing is called off."""
    stopped: list[bool] = []
    monkeypatch.setattr(transfer._Thread, "stop", lambda self, connection: stopped.append(True))
    with psycopg.connect(database.url("loader")) as loader, engine.connected() as tables:
        transfer.postgres_to_engine(
            loader.cursor(), "SELECT i::text FROM generate_series(1, 3) AS r(i)", [], tables, '"t"',
            {"i": "VARCHAR"}, lambda rows: None,
        )  # fmt: skip
        assert engine.scalar(tables, "SELECT count(*) FROM t") == 3
    assert not stopped


def test_few_rows_need_no_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading what writes the binary format takes longer than a few rows."""
    monkeypatch.setattr(
        transfer, "can_scan_postgres", lambda connection: (_ for _ in ()).throw(AssertionError)
    )
    with psycopg.connect(database.url("loader")) as loader, engine.connected() as connection:
        loader.execute(TABLE)
        cursor, few = loader.cursor(), transfer.BINARY_FROM - 1
        transfer.engine_to_postgres(
            connection, SELECT, cursor, "arriving", COLUMNS, lambda rows: None, rows=few
        )
        assert loader.execute("SELECT * FROM arriving").fetchall() == EXPECTED
        loader.rollback()
