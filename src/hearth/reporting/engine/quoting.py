"""Names and texts as SQL writes them."""

from __future__ import annotations


def name(identifier: str) -> str:
    """An identifier quoted for SQL: HealthAndDV -> "HealthAndDV"."""
    return '"' + identifier.replace('"', '""') + '"'


def text(value: object) -> str:
    """A string literal quoted for SQL: it's -> 'it''s'."""
    return "'" + str(value).replace("'", "''") + "'"
