"""Names, texts and other values as SQL writes them."""

from __future__ import annotations

from datetime import date, datetime


def name(identifier: str) -> str:
    """An identifier quoted for SQL: HealthAndDV -> "HealthAndDV"."""
    return '"' + identifier.replace('"', '""') + '"'


def text(value: object) -> str:
    """A string literal quoted for SQL: it's -> 'it''s'."""
    return "'" + str(value).replace("'", "''") + "'"


def literal(value: str | int | date | None) -> str:
    """A value in SQL, of the type that it has as a parameter of a statement: TIMESTAMP '2026-11-30 08:15:00'.

    Handed over as a parameter, it costs half a second the first time: the engine looks whether it is one of
    pandas, and loads that where it is installed."""
    if value is None:
        return "NULL"
    if isinstance(value, int):  # TRUE and FALSE, too
        return str(value).upper()
    if isinstance(value, datetime):
        return f"TIMESTAMP {text(value.isoformat(' '))}"
    return f"DATE {text(value.isoformat())}" if isinstance(value, date) else text(value)
