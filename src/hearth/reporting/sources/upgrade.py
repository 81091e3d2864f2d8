"""Bring an export of an older year, read as text, to the newest year by `standards/upgrades`.

Columns that have no place any more ("archive" in the upgrade) are not lost: their text goes into `_raw`
under the name they had, and so into what the database keeps as it came.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from hearth.reporting.runtime.engine import Connection, name
from hearth.standards.load import Registry
from hearth.standards.model import File
from hearth.standards.upgrades import FileUpgrade, load_upgrades

from .typing import json_member

AS_EXPORTED = "as_exported"
# Beside HUD's columns, tables of text carry the line number and, as members of a JSON object without its
# braces, what earlier steps archived.
CARRIED = {"_line": "BIGINT", "_archive": "VARCHAR"}


def upgraded(connection: Connection, year: int, registry: Registry) -> Iterator[tuple[File, str]]:
    """Each file of the newest year with the SELECT that gives its rows as text, `CARRIED` included.

    Reads the tables of the schema `as_exported`. Steps before the last are views: nothing is copied
    more often than once.
    """
    steps = load_upgrades(year, registry.year)
    schema = AS_EXPORTED
    for step in steps:
        table = _archiving(connection, schema, step.files.values())
        if step is steps[-1]:
            for upgrade in step.files.values():
                yield registry.file(upgrade.name), _select(upgrade, table)
            return
        schema = f"as_of_{step.to_year}"
        connection.execute(f"CREATE SCHEMA {schema}")
        for upgrade in step.files.values():
            connection.execute(f"CREATE VIEW {schema}.{name(upgrade.name)} AS {_select(upgrade, table)}")


def drop_text_tables(connection: Connection, year: int, registry: Registry) -> None:
    """Forget the export as it came, once it is typed."""
    for step in load_upgrades(year, registry.year)[:-1]:
        connection.execute(f"DROP SCHEMA as_of_{step.to_year} CASCADE")
    connection.execute(f"DROP SCHEMA {AS_EXPORTED} CASCADE")


def _select(upgrade: FileUpgrade, table: Callable[[str], str]) -> str:
    if upgrade.rows_from == upgrade.name:
        return upgrade.select(table, carry=tuple(CARRIED))
    # Rows made from another file, or none: they have no line and nothing archived.
    nothing = ", ".join(f"NULL::{kind} AS {column}" for column, kind in CARRIED.items())
    return f"SELECT *, {nothing} FROM ({upgrade.select(table)})"


def _archiving(connection: Connection, schema: str, upgrades: Iterable[FileUpgrade]) -> Callable[[str], str]:
    """Tables of a schema, those with columns to archive as views that add them to `_archive`."""
    archived: dict[str, str] = {}
    for upgrade in upgrades:
        if upgrade.archive and upgrade.rows_from == upgrade.name:
            members = ", ".join(
                json_member(column, f"{name(column)} IS NOT NULL") for column in upgrade.archive
            )
            view = f"{schema}.{name(upgrade.name + ' with archive')}"
            connection.execute(
                f"CREATE VIEW {view} AS SELECT * REPLACE"
                f" (nullif(concat_ws(',', _archive, {members}), '') AS _archive)"
                f" FROM {schema}.{name(upgrade.name)}"
            )
            archived[upgrade.name] = view
    return lambda file: archived.get(file, f"{schema}.{name(file)}")
