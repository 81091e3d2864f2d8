"""The SQL that turns text cells into HUD's types, and says which cells were not written to the letter.

Defined once, here:
- Blank is NULL: an absent cell, a quoted empty cell (`""`), and white space alone.
- A cell is *to the letter* when it is written as HUD says for its type: `2024-01-31`, `2024-01-31 23:59:59`,
  whole numbers without sign or leading zeros, money with exactly two decimals.
- A cell that is not to the letter but can only mean one thing (` 7`, `1.0`, `2024-1-31`, `100`) is read;
  any other becomes NULL. Both keep their text in `_raw`, a JSON object {column: text}.
- `_hash` is the lower eight bytes of the MD5 of the cells in HUD's order, separated by the unit separator,
  without its lowest bit, as a BIGINT that is never negative. It does not change with the order of columns
  in the file, the encoding, quoting, or ExportID, which is new for every export of the same data. When HUD
  adds or removes a column of a file, the hashes of that file change once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from hearth.reporting.runtime.engine import name, text
from hearth.standards.model import Column, File

from .problems import SourceFault, stopping

SQL_TYPES = {"S": "VARCHAR", "I": "INTEGER", "D": "DATE", "T": "TIMESTAMP", "M": "DECIMAL(12,2)"}
# Beside HUD's columns, every staged table has these; see the package's docstring.
EXTRA_COLUMNS = {"_line": "BIGINT", "_hash": "BIGINT", "_raw": "VARCHAR", "_faulty": "BOOLEAN"}
_LENGTHS = {"D": 10, "T": 19}
# What may be read although it is not to the letter. Days and months with one digit, a time of midnight
# behind a date, a date without time, fractions of a second, 'T' and a zone 'Z' as in ISO 8601.
_LENIENT = {
    "I": r"\s*[+-]?[0-9]+(\.0*)?\s*",
    "M": r"\s*[+-]?[0-9]+(\.[0-9]*)?\s*",
    "D": r"\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([ T]0?0:00(:00(\.0*)?)?)?\s*",
    "T": r"\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]*)?)?Z?)?\s*",
}
_UNIT = "\x1f"
_EXPORT_ID = "ExportID"
_WHITE = text(" \t\r\n")


def unblank(column: str) -> str:
    """A text cell with blank as NULL. The comparison spares the costly `trim` nearly always."""
    cell = name(column)
    return f"CASE WHEN {cell} < '!' AND trim({cell}, {_WHITE}) = '' THEN NULL ELSE {cell} END"


def typed(column: Column) -> str:
    """The typed value of a text cell, NULL where it cannot be read."""
    cell, kind = name(column.name), SQL_TYPES[column.type]
    if column.type == "S":
        return unblank(column.name)
    cast = f"TRY_CAST({cell} AS {kind})"
    return (
        f"CASE WHEN {to_the_letter(column)} THEN {cast}"
        f" WHEN regexp_full_match({cell}, {text(_LENIENT[column.type])})"
        f" THEN TRY_CAST(trim({cell}) AS {kind}) END"
    )


def to_the_letter(column: Column) -> str:
    """A condition: the cell is written as its type demands. NULL for a blank cell; TRUE for any text."""
    if column.type == "S":
        return "TRUE"
    cell = name(column.name)
    condition = f"TRY_CAST({cell} AS {SQL_TYPES[column.type]})::VARCHAR = {cell}"
    if column.type in _LENGTHS:  # 'infinity' and dates before Christ cast to themselves
        condition = f"(length({cell}) = {_LENGTHS[column.type]} AND {condition})"
    return condition


def raw(columns: Iterable[Column], archive: str | None = None) -> str:
    """`_raw`: JSON text {column: cell} of the cells that are not to the letter; NULL for nearly every row.

    `archive` is a column with further members of the object, see `upgrade`.
    """
    wrong = {
        column.name: f"NOT coalesce({to_the_letter(column)}, {name(column.name)} IS NULL)"
        for column in columns
        if column.type != "S"
    }
    # White space alone is blank, not wrong; asked only of the few cells that are not to the letter.
    members = [
        json_member(column, f"{condition} AND trim({name(column)}, {_WHITE}) <> ''")
        for column, condition in wrong.items()
    ]
    present = list(wrong.values())
    if archive is not None:
        members.insert(0, archive)
        present.insert(0, f"{archive} IS NOT NULL")
    if not members:
        return "NULL::VARCHAR"
    object_text = f"'{{' || nullif(concat_ws(',', {', '.join(members)}), '') || '}}'"
    return f"CASE WHEN {' OR '.join(present)} THEN {object_text} END"


def json_member(column: str, condition: str) -> str:
    """One member of a JSON object as text, `"Column":"cell"`, where the condition holds; else NULL."""
    key = text(f'"{column}":')
    return f"CASE WHEN {condition} THEN {key} || to_json({name(column)}) END"


def row_hash(file: File, archive: str | None = None) -> str:
    """`_hash`: see the module. `archive` is a column of text that counts as content, too."""
    cells = [name(c.name) for c in file.columns if c.name != _EXPORT_ID or c.is_key]
    if archive is not None:
        cells.append(archive)
    content = f", {text(_UNIT)}, ".join(cells)
    return f"(md5_number_lower(concat({content})) >> 1)::BIGINT"


def create_typed(file: File, table: str, relation: str, *, archive: str | None = None) -> str:
    """CREATE TABLE of the typed `file` from a SELECT of text columns that has all of the file's columns.

    `table` is a name ready for SQL. With `archive` (a column of the relation) the relation has `_line` too.
    """
    columns = ",\n  ".join(f"{typed(column)} AS {name(column.name)}" for column in file.columns)
    line = "NULL::BIGINT" if archive is None else "_line"
    return (
        f"CREATE TABLE {table} AS SELECT\n  {columns},\n  {line} AS _line,\n"
        f"  {row_hash(file, archive)} AS _hash,\n"
        f"  {raw(file.columns, archive)} AS _raw,\n  FALSE AS _faulty\nFROM ({relation})"
    )


def create_narrow(file: File, table: str, relation: str, wanted: Collection[str]) -> str:
    """CREATE TABLE of the `wanted` columns alone, typed; those that the file does not have are left out."""
    columns = ",\n  ".join(
        f"{typed(column)} AS {name(column.name)}" for column in file.columns if column.name in wanted
    )
    return f"CREATE TABLE {table} AS SELECT\n  {columns}\nFROM ({relation})"


def create_empty(file: File, table: str) -> str:
    """CREATE TABLE of a file without rows."""
    columns = ", ".join(
        [f"{name(c.name)} {SQL_TYPES[c.type]}" for c in file.columns]
        + [f"{extra} {kind}" for extra, kind in EXTRA_COLUMNS.items()]
    )
    return f"CREATE TABLE {table} ({columns})"


def out_of_memory() -> SourceFault:
    """The engine's memory limit was too small, even with what it may put on disk."""
    return SourceFault(
        stopping(
            "out_of_memory",
            "The export needs more memory than it may use.",
            "Raise the memory limit (of reports: HEARTH_REPORT_MEMORY), or export a shorter period.",
        )
    )
