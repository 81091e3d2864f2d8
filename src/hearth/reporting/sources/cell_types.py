"""The SQL that turns text cells into HUD's types, and says which cells were not written to the letter.

Defined once, here:
- Blank is NULL: an absent cell, a quoted empty cell (`""`), and white space alone. White space around an
  identifier or a CoC code is no part of it.
- A cell is *to the letter* when it is written as HUD says for its type: `2024-01-31`, `2024-01-31 23:59:59`,
  whole numbers without sign or leading zeros, money with exactly two decimals. Dates and times have years
  from 1800 to 2099: another year is a slip of the hand, and would let a stay last for ever.
- A cell that is not to the letter but can only mean one thing by itself (` 7`, `1.0`, `1,200`, `2024-1-31`,
  `2024-01-31 08:15` for a date, `$100`) is read here. Dates in other forms, which may need their whole column
  to be understood, are read by `dates` afterwards. Any other becomes NULL. All keep their text in `_raw`,
  a JSON object {column: text}.
- `_hash` is the lower eight bytes of the MD5 of the cells in HUD's order, separated by the unit separator,
  without its lowest bit, as a BIGINT that is never negative. It does not change with the order of columns
  in the file, the encoding, quoting, or ExportID, which is new for every export of the same data. When HUD
  adds or removes a column of a file, the hashes of that file change once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from hearth.reporting.engine import name, text
from hearth.standards.model import Column, File

from .problems import SourceFault, stopping

SQL_TYPES = {"S": "VARCHAR", "I": "INTEGER", "D": "DATE", "T": "TIMESTAMP", "M": "DECIMAL(12,2)"}
# Beside HUD's columns, every staged table has these; see the package's docstring.
EXTRA_COLUMNS = {"_line": "BIGINT", "_hash": "BIGINT", "_raw": "VARCHAR", "_faulty": "BOOLEAN"}
_LENGTHS = {"D": 10, "T": 19}
_YEAR = "(?:1[89]|20)[0-9]{2}"
_CLOCK = r"(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]*)?)?"
_ZONE = r"(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
_WHOLE = "(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)"
# What is read although it is not to the letter: the group is what is taken. A zone is passed over, because
# HUD's times are those of the clock on the wall.
_LENIENT = {
    "I": rf"\s*([+-]?{_WHOLE}(?:\.0*)?)\s*",
    "M": rf"\s*([+-]?\$?{_WHOLE}(?:\.[0-9]*)?)\s*",
    "D": rf"\s*({_YEAR}-[0-9]{{1,2}}-[0-9]{{1,2}})(?:[ T]{_CLOCK} ?{_ZONE})?\s*",
    "T": rf"\s*({_YEAR}-[0-9]{{1,2}}-[0-9]{{1,2}}(?:[ T]{_CLOCK})?) ?{_ZONE}\s*",
}
_UNIT = "\x1f"
_EXPORT_ID = "ExportID"
#: Codes that the registry does not know by a key, a list of codes or a pattern.
_CODES = ("HouseholdID", "EnrollmentCoC", "CoCCode")
_WHITE = text(" \t\r\n")


def unblank(column: str) -> str:
    """A text cell with blank as NULL. The comparison spares the costly `trim` nearly always."""
    cell = name(column)
    return f"CASE WHEN {cell} < '!' AND trim({cell}, {_WHITE}) = '' THEN NULL ELSE {cell} END"


def is_identifier(column: Column) -> bool:
    """Whether a text names a record or a place by a code, so that white space around it means nothing."""
    is_code = column.among is not None or column.pattern is not None or column.name in _CODES
    return column.type == "S" and (column.is_key or column.references is not None or is_code)


def _identifier(column: str) -> str:
    """As `unblank`, without white space around."""
    cell = name(column)
    ends = f"suffix({cell}, ' ') OR suffix({cell}, {text(chr(9))})"
    return f"CASE WHEN {cell} < '!' OR {ends} THEN nullif(trim({cell}, {_WHITE}), '') ELSE {cell} END"


def typed(column: Column) -> str:
    """The typed value of a text cell, NULL where it cannot be read by itself."""
    cell, kind = name(column.name), SQL_TYPES[column.type]
    if column.type == "S":
        return _identifier(column.name) if is_identifier(column) else unblank(column.name)
    taken = f"regexp_extract({cell}, {text(f'^{_LENIENT[column.type]}$')}, 1)"
    if column.type in "IM":
        taken = f"translate({taken}, '$,', '')"
    return (
        f"CASE WHEN {to_the_letter(column)} THEN TRY_CAST({cell} AS {kind})"
        f" ELSE TRY_CAST(nullif({taken}, '') AS {kind}) END"
    )


def to_the_letter(column: Column) -> str:
    """A condition: the cell is written as its type demands. NULL for a blank cell; TRUE for any text."""
    if column.type == "S":
        return "TRUE"
    cell = name(column.name)
    condition = f"TRY_CAST({cell} AS {SQL_TYPES[column.type]})::VARCHAR = {cell}"
    if column.type in _LENGTHS:  # 'infinity' and dates before Christ cast to themselves
        sensible = f"{cell} >= '1800' AND {cell} < '2100'"
        condition = f"(length({cell}) = {_LENGTHS[column.type]} AND {sensible} AND {condition})"
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


def row_hash(file: File, archive: str | None = None, blank: Collection[str] = ()) -> str:
    """`_hash`: see the module. `archive` is a column of text that counts as content, too; `blank` columns
    have nothing in any cell."""
    parts, between = [], ""
    for column in file.columns:
        if column.name == _EXPORT_ID and not column.is_key:
            continue
        if column.name not in blank:
            parts += [text(between), name(column.name)]
            between = ""
        between += _UNIT
    parts += [text(between), archive] if archive is not None else [text(between[1:])]
    return f"(md5_number_lower(concat({', '.join(parts)})) >> 1)::BIGINT"


def create_typed(
    file: File, table: str, relation: str, *, archive: str | None = None, blank: Collection[str] = ()
) -> str:
    """CREATE TABLE of the typed `file` from a SELECT of text columns that has all of the file's columns.

    `table` is a name ready for SQL. With `archive` (a column of the relation) the relation has `_line` too.
    `blank`: columns in which no cell of the relation has anything, of which nothing needs to be made.
    """
    columns = ",\n  ".join(_cell(column, blank) for column in file.columns)
    line = "NULL::BIGINT" if archive is None else "_line"
    return (
        f"CREATE TABLE {table} AS SELECT\n  {columns},\n  {line} AS _line,\n"
        f"  {row_hash(file, archive, blank)} AS _hash,\n"
        f"  {raw(_without(file.columns, blank), archive)} AS _raw,\n  FALSE AS _faulty\nFROM ({relation})"
    )


def create_narrow(
    file: File, table: str, relation: str, wanted: Collection[str], *, blank: Collection[str] = ()
) -> str:
    """CREATE TABLE of the `wanted` columns alone, typed, with `_line` (NULL) and `_raw` as in `create_typed`;
    those that the file does not have are left out."""
    taken = [column for column in file.columns if column.name in wanted]
    columns = "".join(f"{_cell(column, blank)},\n  " for column in taken)
    return (
        f"CREATE TABLE {table} AS SELECT\n  {columns}NULL::BIGINT AS _line,\n"
        f"  {raw(_without(taken, blank))} AS _raw\nFROM ({relation})"
    )


def _cell(column: Column, blank: Collection[str]) -> str:
    value = f"NULL::{SQL_TYPES[column.type]}" if column.name in blank else typed(column)
    return f"{value} AS {name(column.name)}"


def _without(columns: Iterable[Column], blank: Collection[str]) -> list[Column]:
    return [column for column in columns if column.name not in blank]


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
