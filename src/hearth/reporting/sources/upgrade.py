"""Bring an export of an older year, read as text, to the year of a registry by `standards/upgrades`.

Columns that have no place any more ("archive" in the upgrade) are not lost: their text goes into `_raw`
under the name they had, and so into what the database keeps as it came.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from hearth.reporting import engine
from hearth.reporting.engine import Connection, name, text
from hearth.standards.load import Registry
from hearth.standards.model import File
from hearth.standards.upgrades import FileUpgrade, Upgrade, load_upgrades

from .cell_types import json_member

AS_EXPORTED = "as_exported"
# Beside HUD's columns, tables of text carry the line number and, as members of a JSON object without its
# braces, what earlier steps archived.
CARRIED = {"_line": "BIGINT", "_archive": "VARCHAR"}


def upgraded(connection: Connection, year: int, registry: Registry) -> Iterator[tuple[File, str]]:
    """Each file of the registry's year with the SELECT that gives its rows as text, `CARRIED` included.

    Reads the tables of the schema `as_exported`. Steps before the last are views: nothing is copied
    more often than once.
    """
    steps = _steps(year, registry)
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


def rows_from(year: int, registry: Registry, file: str) -> str | None:
    """The file of an export of the year that gives the registry's file its rows; None when none does."""
    for step in reversed(load_upgrades(year, registry.year)):
        given = step.files[file].rows_from
        if given is None:
            return None
        file = given
    return file


def as_text(connection: Connection, year: int, registry: Registry, file: File, typed: str) -> str:
    """CREATE VIEW of a file of an older year as text to the letter, `CARRIED` included, from its table as
    `cell_types` makes it. What came otherwise goes with the row, under the name that its column has today."""
    keys = f"SELECT DISTINCT unnest(json_keys(_raw)) FROM {typed} WHERE _raw IS NOT NULL"
    otherwise = {key for (key,) in engine.rows(connection, keys)}
    parts = []
    for column in file.columns:
        if column.name not in otherwise:
            continue
        has = f"json_exists(_raw, {text('$.' + name(column.name))})"
        today = name_today(year, registry, file.name, column.name)
        if today is None:  # what it is used for, or archived as, is its value; only one that is lost is kept
            has = f"{has} AND {name(column.name)} IS NULL"
        came = f"to_json(json_extract_string(_raw, {text('$.' + name(column.name))}))"
        member = text(f'"{today or column.name}":')
        parts.append(f"CASE WHEN _raw IS NOT NULL AND {has} THEN {member} || {came} END")
    cells = ", ".join(f"{name(c.name)}::VARCHAR AS {name(c.name)}" for c in file.columns)
    archive = f"nullif(concat_ws(',', {', '.join(parts)}), '')" if parts else "NULL::VARCHAR"
    return (
        f"CREATE VIEW {AS_EXPORTED}.{name(file.name)} AS"
        f" SELECT {cells}, _line, {archive} AS _archive FROM {typed}"
    )


def name_today(year: int, registry: Registry, file: str, column: str) -> str | None:
    """The registry's name of a column of a year whose values are carried on, copied or coded; None for any
    other."""
    names = _names_since(year, registry, file, column)
    return names[-1] if len(names) > len(_steps(year, registry)) else None


def _steps(year: int, registry: Registry) -> tuple[Upgrade, ...]:
    return load_upgrades(year, registry.year, registry.folder)


def _names_since(year: int, registry: Registry, file: str, column: str) -> list[str]:
    """The names of a column from the year on, for as many steps as its values are carried on."""
    names = [column]
    for step in _steps(year, registry):
        upgrade = step.files.get(file)
        if upgrade is None or upgrade.rows_from != file:
            break
        named = [one.name for one in upgrade.columns if one.source == names[-1]]
        if names[-1] in named:
            named = [names[-1]]
        if len(named) != 1:
            break
        names += named
    return names


def wanted_of(year: int, registry: Registry, file: File, wanted: Mapping[str, Collection[str]]) -> set[str]:
    """The columns of a file of the export's year that a report with the `wanted` columns of the registry's
    may look at; those of which nothing is left but what an upgrade makes of them are among them."""
    here = wanted.get(file.name, ())
    is_gone = file.name not in registry.files
    archived = {
        column
        for step in _steps(year, registry)
        if file.name in step.files
        for column in step.files[file.name].archive
    }
    found = set()
    for column in file.columns:
        today = name_today(year, registry, file.name, column.name)
        is_used = is_gone or archived.isdisjoint(_names_since(year, registry, file.name, column.name))
        if today in here or (today is None and is_used):
            found.add(column.name)
    return found


def drop_text_tables(connection: Connection, year: int, registry: Registry) -> None:
    """Forget the export as it came, once it is typed."""
    for step in _steps(year, registry)[:-1]:
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
