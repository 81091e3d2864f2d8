"""Which data source an export belongs to.

HUD's keys mean something within one database only, so that every import is of one data source: the one the
person names, else the one whose exports say the same ImplementationID, else of the same SourceName or
SourceID in Export.csv, else a new one. Records entered here are never overwritten by an import.
"""

from dataclasses import dataclass

import psycopg

from hearth.hmis.jobs.outcome import Refused
from hearth.reporting.engine import Connection, rows

UNNAMED = "Unnamed data source"


@dataclass(frozen=True)
class FoundSource:
    """A data source: `id` is None until a new one is written."""

    id: int | None
    name: str
    implementation_id: str


def find_data_source(connection: Connection, cursor: psycopg.Cursor, named: str) -> FoundSource:
    """The data source of the staged export, or of the person's choice `named` ('' for none).

    Raises `Refused` where `named` is the data source of records entered here."""
    said = rows(
        connection,
        'SELECT ImplementationID, SourceName, SourceID FROM "Export"'
        " ORDER BY ImplementationID IS NULL, SourceName IS NULL, SourceID IS NULL, _line LIMIT 1",
    )
    implementation, source_name, source_id = (value or "" for value in (said[0] if said else ("", "", "")))
    if not named and implementation:
        found = _one(cursor, "implementation_id = %s AND NOT is_hearth", implementation)
        if found:
            return found
    name = named or source_name or source_id or implementation or UNNAMED
    found = _one(cursor, "lower(name) = lower(%s)", name)
    if found is None:
        return FoundSource(None, name, implementation)
    if _is_hearth(cursor, found):
        if not named:
            return _apart(cursor, name, implementation)
        raise Refused(
            f"“{name}” is the data source of records entered here; an import never overwrites those.",
            "Choose another name for the data source of this export.",
        )
    if named or not implementation or found.implementation_id in ("", implementation):
        return found
    return _apart(cursor, name, implementation)


def write_data_source(cursor: psycopg.Cursor, source: FoundSource) -> int:
    """The id of the data source, which is added when it is new."""
    if source.id is not None:
        return source.id
    cursor.execute(
        "INSERT INTO organizations_datasource (name, is_hearth, implementation_id)"
        " VALUES (%s, false, %s) RETURNING id",
        [source.name, source.implementation_id],
    )
    found = cursor.fetchone()
    assert found is not None
    return int(found[0])


def _apart(cursor: psycopg.Cursor, name: str, implementation: str) -> FoundSource:
    """A data source for an export whose name belongs to another one."""
    distinct = f"{name} ({implementation or 'imported'})"
    return _one(cursor, "lower(name) = lower(%s)", distinct) or FoundSource(None, distinct, implementation)


def _one(cursor: psycopg.Cursor, condition: str, value: str) -> FoundSource | None:
    cursor.execute(
        "SELECT id, name, implementation_id FROM organizations_datasource"
        f" WHERE {condition} ORDER BY id LIMIT 1",
        [value],
    )
    found = cursor.fetchone()
    return FoundSource(*found) if found else None


def _is_hearth(cursor: psycopg.Cursor, source: FoundSource) -> bool:
    cursor.execute("SELECT is_hearth FROM organizations_datasource WHERE id = %s", [source.id])
    found = cursor.fetchone()
    return bool(found and found[0])
