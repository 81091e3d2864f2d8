"""One file of the database as rows of a snapshot: HUD's columns, typed, keys written out.

Keys of other records come from tables of the engine, made as the files they belong to are read, in HUD's
order: `_key_Client` (id, key), `_key_Enrollment` (id, key, person), and so on.
"""

from __future__ import annotations

from hearth.reporting.engine import Connection, name, text

from ..cell_types import SQL_TYPES
from ..dates import DELETED, DELETED_AT_SOME_TIME, LOOKS_LIKE_A_DATE
from ..unread import as_a_day
from . import hud_keys
from .numbers import TABLE as NUMBERS
from .relations import Relation, withheld

#: Beside HUD's columns.
ID, HASH, GONE = "_id", "_hash", "_gone"
#: The columns whose text could not be read, with commas between; NULL for nearly every row.
UNREAD = "_unread"
SSN_COLUMNS = ("SSNForm", "SSNGroup")
_PERSON, _HOUSEHOLD = "PersonalID", "HouseholdID"
_TARGETS = ("Organization", "Project", "Client", "Enrollment", "Assessment")


def key_table(file: str) -> str:
    """The engine's table of the keys of a file that others refer to."""
    return f"_key_{file}"


def is_referred_to(file: str) -> bool:
    """Whether records of other files name records of this one."""
    return file in _TARGETS


def stored(relation: Relation) -> list[str]:
    """HUD's columns that a snapshot stores of a file, in HUD's order."""
    hidden = withheld(relation.file)
    return [column.name for column in relation.file.columns if column.name not in hidden]


def select(relation: Relation, source: str, first: int) -> str:
    """SELECT of `_id`, `_hash` and the stored columns (and SSN_COLUMNS of Client) from a relation of the
    database's columns. `first`: the number of the data source that keeps its keys as they are."""
    cells = {column: _cell(relation, column, first) for column in stored(relation)}
    joins = [
        f" LEFT JOIN {key_table(file)} AS k{number} ON k{number}.id = r.{name(column)}"
        for number, (column, file) in enumerate(relation.references.values())
    ]
    if relation.ssn is not None:
        joins.append(f" LEFT JOIN {NUMBERS} AS n ON n.id = r.id")
        cells["SSNForm"], cells["SSNGroup"] = "coalesce(n.SSNForm, 'missing')", "n.SSNGroup"
    cells[UNREAD] = _unread(relation)
    listed = ", ".join(f"{cell} AS {name(column)}" for column, cell in cells.items())
    inner = f"SELECT r.id AS {ID}, {listed} FROM {source} AS r{''.join(joins)}"
    columns = ", ".join(name(column) for column in cells)
    return f"SELECT {ID}, hash({columns}) AS {HASH}, {columns} FROM ({inner})"


def keep_keys(connection: Connection, relation: Relation, rows: str) -> None:
    """Make the file's key table from a relation of its snapshot rows."""
    person = f", {_PERSON} AS person" if relation.name == "Enrollment" else ""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {key_table(relation.name)} AS"
        f" SELECT {ID} AS id, {name(relation.key)} AS key{person} FROM {rows}"
    )


def _cell(relation: Relation, column: str, first: int) -> str:
    source = "r.data_source_id"
    if column == relation.key:
        return _own_key(relation, first)
    if column in relation.references:
        place = list(relation.references).index(column)
        return _or_as_it_came(relation, column, f"k{place}.key", first)
    if column == _PERSON and relation.person_through_enrollment:
        place = [file for _, file in relation.references.values()].index("Enrollment")
        return _or_as_it_came(relation, column, f"k{place}.person", first)
    cell = f"r.{name(relation.values[column])}"
    if column == _HOUSEHOLD:
        own = f"coalesce(r.{name(relation.household_data_source)}, {source})"
        return hud_keys.written(own, cell, first)
    kind = next(one.type for one in relation.file.columns if one.name == column)
    if column == DELETED and relation.keeps_text:  # any text in it deletes
        has = f"r.as_it_came IS NOT NULL AND json_exists(r.as_it_came, {text('$.' + name(column))})"
        return f"CASE WHEN {cell} IS NULL AND {has} THEN TIMESTAMP '{DELETED_AT_SOME_TIME}' ELSE {cell} END"
    return f"TRY_CAST({cell} AS {SQL_TYPES[kind]})" if kind == "M" else cell


def _unread(relation: Relation) -> str:
    """The stored columns that another system filled with a text that is no value of their type."""
    parts = []
    for column in relation.file.columns:
        if column.type == "S" or column.name not in stored(relation) or column.name not in relation.values:
            continue
        cell = f"r.{name(relation.values[column.name])}"
        has = f"json_exists(r.as_it_came, {text('$.' + name(column.name))})"
        said = text(column.name)
        lost = f"{cell} IS NULL"
        if column.name == DELETED:
            came = f"json_extract_string(r.as_it_came, {text('$.' + name(column.name))})"
            meant = f"regexp_matches({came}, {text(LOOKS_LIKE_A_DATE)})"
            said = f"CASE WHEN {meant} THEN {text(as_a_day(column.name))} ELSE {said} END"
            # A text that no rule reads was stored as nothing once.
            lost = f"{cell} IS NULL OR {cell} = TIMESTAMP '{DELETED_AT_SOME_TIME}'"
        parts.append(f"CASE WHEN {has} AND ({lost}) THEN {said} END")
    if not relation.keeps_text or not parts:
        return "NULL::VARCHAR"
    return f"CASE WHEN r.as_it_came IS NOT NULL THEN nullif(concat_ws(',', {', '.join(parts)}), '') END"


def _own_key(relation: Relation, first: int) -> str:
    if not relation.is_whole:
        return hud_keys.written("r.data_source_id", "r.hud_id", first)
    is_first = "row_number() OVER (PARTITION BY r.hud_id ORDER BY r.data_source_id) = 1"
    return f"CASE WHEN {is_first} THEN r.hud_id ELSE {hud_keys.numbered('r.data_source_id', 'r.hud_id')} END"


def _or_as_it_came(relation: Relation, column: str, key: str, first: int) -> str:
    """The other record's key, unless the row came with one that contradicts its parent or is unknown."""
    if not relation.keeps_text:
        return key
    return f"coalesce({hud_keys.written('r.data_source_id', hud_keys.as_came(column), first)}, {key})"
