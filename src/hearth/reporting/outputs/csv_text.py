"""How a value is written in an HMIS CSV file, as SQL expressions of the engine.

HMIS CSV Format Specifications FY2026 v1.0: "Data Types" (what D, T, I, M and S look like), "Characters
Permitted in String Fields" (quotes doubled, six characters stripped) and "General Rules", Export, rules 5
to 7 (null is nothing between the commas). Lines end in CR LF, as RFC 4180 has it; the specification does
not say. Values are never shortened: one that is too long is a finding for the checks, not for the writer.

A column that arrives as text although HUD declares a date, a number or an amount goes out as it came,
without quotes unless it needs them. That is how a row that could not be understood on import, or that
was planted as faulty, survives the round trip.
"""

from __future__ import annotations

from hearth.reporting.engine import name as quoted_name
from hearth.reporting.engine import text as literal
from hearth.reporting.outputs import hashing
from hearth.standards import Column, File

LINE_END = "\r\n"
FORBIDDEN = "<>[]{}"  # stripped from strings, since 2025-10-01 the only characters that may not appear

_TEXT = frozenset({"VARCHAR"})


def header(file: File) -> str:
    """The first line of a file: HUD's column names in HUD's order and spelling, without quotes."""
    return ",".join(column.name for column in file.columns) + LINE_END


def line(file: File, types: dict[str, str], *, export_id: str, hashed: bool) -> str:
    """SQL for one line of a file, without its line end.

    `types` gives the engine type of each column of the source. ExportID is not taken from the source:
    every row carries the one of this export.
    """
    cells = [
        literal(string_value(export_id))
        if column.name == "ExportID"
        else cell(column, types[column.name], hashed=hashed)
        for column in file.columns
    ]
    return "concat(" + ", ',', ".join(cells) + ")"


def cell(column: Column, engine_type: str, *, hashed: bool = False) -> str:
    """SQL for one cell: the text of a value, or NULL for nothing between the commas."""
    value = quoted_name(column.name)
    if column.type == "S":
        return _string(column, f"CAST({value} AS VARCHAR)", hashed=hashed)
    if engine_type in _TEXT:
        return _as_it_came(value)
    match column.type:
        case "D":
            return f"CAST(CAST({value} AS DATE) AS VARCHAR)"
        case "T":
            return f"CAST(date_trunc('second', CAST({value} AS TIMESTAMP)) AS VARCHAR)"
        case "M":
            return f"CAST(CAST({value} AS DECIMAL(18, 2)) AS VARCHAR)"
        case "I":
            return f"CAST(CAST({value} AS BIGINT) AS VARCHAR)"
    raise ValueError(f"{column.id}: the type {column.type} is not one of HUD's")


def string_value(value: str) -> str:
    """The Python twin of a string cell: string_value('a "b" <c>') == '"a ""b"" c"'; '' for a blank."""
    kept = value.replace("\0", "").translate({ord(character): None for character in FORBIDDEN})
    return '"' + kept.replace('"', '""') + '"' if kept.strip() else ""


def _string(column: Column, value: str, *, hashed: bool) -> str:
    if hashed and column.privacy == "ssn":
        value = hashing.sql_ssn(value)
    elif hashed and column.hashed:
        value = hashing.sql_name(value)
    kept = f"translate(replace({value}, chr(0), ''), {literal(FORBIDDEN)}, '')"
    return f"CASE WHEN trim({kept}) <> '' THEN '\"' || replace({kept}, '\"', '\"\"') || '\"' END"


def _as_it_came(value: str) -> str:
    return (
        f"CASE WHEN trim({value}) = '' THEN NULL "
        f"WHEN regexp_matches({value}, '[\",\\r\\n]') THEN '\"' || replace({value}, '\"', '\"\"') || '\"' "
        f"ELSE {value} END"
    )
