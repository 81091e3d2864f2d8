"""Dates in other forms than HUD's, which may need their whole column to be understood.

A date that can mean one day only is read, any other stays NULL:

- `3/25/2026`, `25.12.2026`, `3-3-2026`, `2026/3/1`, `20260301`, `5-JAN-26`, `January 5, 2026`: one meaning.
- `3/4/2026` has two. It is March 4 where another value of the same column of the same file can only be
  month/day/year and none can only be day/month/year; otherwise nobody can know.
- A year of two digits is the latest that is not after the year of Export.ExportDate; a birth date is not
  after that day. Only dates that are made known beforehand (`AHEAD`: when beds close, a grant ends) have a
  second meaning: where their year could lie within the next twenty years as well, nobody can know. Without
  an ExportDate nobody can either. `26-01-05`, which may begin with the year, is taken as any day it can be.
- A time of day may stand behind, in 24 or 12 hours, and a zone behind that, which is passed over.

Only columns with such dates are looked at, and of those the different texts only, so that an export to the
letter costs nothing. The rules once more, slow and obvious, are in `tests/reporting/sources/dates_twin.py`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from hearth.reporting import engine
from hearth.reporting.engine import Connection, name, text
from hearth.standards.load import Registry
from hearth.standards.model import Column

#: Dates that may lie after the export by their meaning. All others tell of what was when it was exported.
AHEAD = frozenset(
    {
        "Project.OperatingStartDate",
        "Project.OperatingEndDate",
        "Funder.StartDate",
        "Funder.EndDate",
        "Inventory.InventoryStartDate",
        "Inventory.InventoryEndDate",
        "HMISParticipation.HMISParticipationStatusStartDate",
        "HMISParticipation.HMISParticipationStatusEndDate",
        "CEParticipation.CEParticipationStatusStartDate",
        "CEParticipation.CEParticipationStatusEndDate",
        "HealthAndDV.DueDate",
        "Services.FAStartDate",
        "Services.FAEndDate",
    }
)
AHEAD_YEARS = 20
#: Stands for a DateDeleted that is filled with something that is no time: the record is deleted all the same.
DELETED_AT_SOME_TIME = "1900-01-01 00:00:00"
DELETED = "DateDeleted"
_PAST, _AHEAD, _BIRTH = "past", "ahead", "birth"

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_FULL = ("UARY", "RUARY", "CH", "IL", "", "E", "Y", "UST", "TEMBER|T", "OBER", "EMBER", "EMBER")
_MONTH = "|".join(f"{m}(?:{rest})?" if rest else m for m, rest in zip(_MONTHS, _FULL, strict=True))
_YEAR = "(?:1[89]|20)[0-9]{2}"
_TIME = (
    r"(?:[ T]+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]*)?)? ?([AP]M)?"
    r" ?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_TIME_PARTS = ("h", "mi", "s", "half")
# In capitals and without white space around. The names are the parts that the groups give.
_FORMS: dict[str, tuple[str, tuple[str, ...]]] = {
    "numeric": (r"([0-9]{1,4})([-/.])([0-9]{1,2})([-/.])([0-9]{1,4})", ("a", "sep", "b", "sep2", "c")),
    "compact": (rf"({_YEAR})([0-9]{{2}})([0-9]{{2}})", ("y", "m", "d")),
    "day_first": (rf"([0-9]{{1,2}})[-/ .]*({_MONTH})[-/ .,]*([0-9]{{4}}|[0-9]{{2}})", ("d", "mon", "y")),
    "month_first": (rf"({_MONTH})[- .]*([0-9]{{1,2}}),?[- ]+([0-9]{{4}}|[0-9]{{2}})", ("mon", "d", "y")),
    "year_first": (rf"({_YEAR})[-/ .]*({_MONTH})[-/ .]*([0-9]{{1,2}})", ("y", "mon", "d")),
}
#: A text that is meant as a day, though nobody may know which.
LOOKS_LIKE_A_DATE = r"^\s*[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}([ T].*)?$"


@dataclass(frozen=True, slots=True)
class ExportDay:
    """When the export was made: the year, and the day where it is known (else the year's last)."""

    last: date

    @property
    def year(self) -> int:
        return self.last.year


def export_day(path: Path | None, registry: Registry) -> ExportDay | None:
    """Export.ExportDate of the first row that has one in a form that tells the year."""
    if path is None:
        return None
    with path.open(encoding="utf-8", newline="") as lines:
        try:
            for row, _ in zip(csv.DictReader(lines), range(100), strict=False):
                for column, cell in row.items():
                    if isinstance(column, str) and column.strip().casefold() == "exportdate" and cell:
                        return _day(cell, registry)
        except csv.Error:  # a quote that is never closed; staging says where
            return None
    return None


def _day(cell: str, registry: Registry) -> ExportDay | None:
    iso = re.match(r"\s*((?:19|20)\d\d)-(\d{1,2})-(\d{1,2})(?!\d)", cell)
    if iso:
        try:
            return ExportDay(date(*map(int, iso.groups())))
        except ValueError:
            return None
    day = _day_in_another_form(cell, registry)
    if day is not None:
        return ExportDay(day)
    year = re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", cell)
    if year:
        return ExportDay(date(int(year[0]), 12, 31))
    short = re.match(r"\s*\d{1,2}/\d{1,2}/(\d{2})(?!\d)", cell)
    return ExportDay(date(2000 + int(short[1]), 12, 31)) if short else None


def _day_in_another_form(cell: str, registry: Registry) -> date | None:
    """The day of an ExportDate that has one meaning. No export was made before 2000."""
    column = registry.file("Export").column("ExportDate")
    with engine.connected(threads=1) as connection:
        engine.run(connection, f"CREATE TEMP TABLE _other_forms AS SELECT {text(cell)} AS came")
        for _, moment in engine.rows(connection, _values(column, ExportDay(date(2099, 12, 31)))):
            if isinstance(moment, datetime):
                return moment.date()
    return None


def read_other_forms(
    connection: Connection, table: str, columns: Iterable[Column], exported: ExportDay | None
) -> list[str]:
    """Fill what can be read of the dates and times in other forms, from `_raw`, into `columns` of the table.

    A DateDeleted that cannot be read becomes `DELETED_AT_SOME_TIME`. Returns the names of the columns in
    which such cells stood, read or not. `table` is a name ready for SQL; it has `_raw`.
    """
    dated = [column for column in columns if column.type in "DT"]
    if not dated:
        return []
    counted = ", ".join(f"count_if({_is_open(column)})" for column in dated)
    counts = engine.row(connection, f"SELECT {counted} FROM {table} WHERE _raw IS NOT NULL")
    found = [column for column, count in zip(dated, counts, strict=True) if count]
    for column in found:
        _read(connection, table, column, exported)
    return [column.name for column in found]


def came(column: str) -> str:
    """SQL of the text that a cell not to the letter came as; NULL for any other."""
    return f"json_extract_string(_raw, {text('$.' + name(column))})"


def _is_open(column: Column) -> str:
    return f"{name(column.name)} IS NULL AND json_exists(_raw, {text('$.' + name(column.name))})"


def _read(connection: Connection, table: str, column: Column, exported: ExportDay | None) -> None:
    cell = name(column.name)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE _other_forms AS SELECT DISTINCT {came(column.name)} AS came"
        f" FROM {table} WHERE _raw IS NOT NULL AND {_is_open(column)}"
    )
    connection.execute(
        f"UPDATE {table} SET {cell} = form.value FROM ({_values(column, exported)}) AS form"
        f" WHERE {table}._raw IS NOT NULL AND {table}.{cell} IS NULL AND form.value IS NOT NULL"
        f" AND {came(column.name)} = form.came"
    )
    if column.name == DELETED:
        connection.execute(
            f"UPDATE {table} SET {cell} = TIMESTAMP '{DELETED_AT_SOME_TIME}'"
            f" WHERE _raw IS NOT NULL AND {_is_open(column)}"
        )
    connection.execute("DROP TABLE _other_forms")


def _values(column: Column, exported: ExportDay | None) -> str:
    """SELECT of `came` and the `value` of the column's type, NULL where nobody can know."""
    kind = _BIRTH if column.privacy == "dob" else _AHEAD if column.id in AHEAD else _PAST
    structs = ", ".join(
        f"regexp_extract(said, {text(f'^{pattern}{_TIME}$')}, {_names(parts)}) AS {form}"
        for form, (pattern, parts) in _FORMS.items()
    )
    places = " ".join(f"WHEN starts_with(mon, '{m}') THEN {n}" for n, m in enumerate(_MONTHS, 1))
    simple = " UNION ALL ".join(
        f"SELECT came, {form}.y AS y, {_month(form, places)} AS m, {form}.d AS d, {_times(form)}"
        f" FROM matched WHERE {form}.d <> ''"
        for form in _FORMS
        if form != "numeric"
    )
    a, b, c = "numeric.a", "numeric.b", "numeric.c"
    years_first = f"(length({a}) = 4 OR numeric.sep <> '/')"
    numeric = (
        f"SELECT came, {a} AS a, {_date(c, a, b, kind, exported)} AS mdy,"
        f" {_date(c, b, a, kind, exported)} AS dmy,"
        f" CASE WHEN {years_first} AND length({c}) <= 2 AND length({a}) IN (2, 4)"
        f" AND (length({a}) = 4 OR length({c}) = 2) THEN {_date(a, b, c, kind, exported)} END AS ymd,"
        f" {_times('numeric')} FROM matched WHERE {a} <> '' AND numeric.sep = numeric.sep2"
    )
    known = (
        "SELECT *, list_distinct(list_filter([mdy, dmy, ymd], one -> one IS NOT NULL)) AS meanings"
        f" FROM ({numeric})"
    )
    # What can only be read with the month first speaks for all; what can only be read otherwise, against.
    evidence = (
        "SELECT coalesce(bool_or(mdy IS NOT NULL AND len(meanings) = 1 AND dmy IS NULL), FALSE)"
        " AND NOT coalesce(bool_or(mdy IS NULL AND"
        " (dmy IS NOT NULL OR (length(a) <= 2 AND ymd IS NOT NULL))), FALSE) AS is_us FROM known"
    )
    whole = (
        "SELECT came, CASE WHEN len(meanings) = 1 THEN meanings[1] WHEN is_us THEN mdy END AS day,"
        " h, mi, s, half FROM known, evidence"
        f" UNION ALL SELECT came, {_date('y', 'm', 'd', kind, exported)}, h, mi, s, half FROM simple"
    )
    hour = (
        "CASE WHEN h = '' THEN 0 WHEN half = '' AND h::INTEGER <= 23 THEN h::INTEGER"
        " WHEN half <> '' AND h::INTEGER BETWEEN 1 AND 12"
        " THEN h::INTEGER % 12 + CASE half WHEN 'PM' THEN 12 ELSE 0 END END"
    )
    moment = (
        f"TRY_CAST(day::VARCHAR || ' ' || ({hour})::VARCHAR || ':' || CASE WHEN mi = '' THEN '00' ELSE mi END"
        " || ':' || CASE WHEN s = '' THEN '00' ELSE s END AS TIMESTAMP)"
    )
    type_ = "DATE" if column.type == "D" else "TIMESTAMP"
    return (
        "WITH said AS MATERIALIZED (SELECT came, upper(trim(came, E' \\t\\r\\n')) AS said FROM _other_forms),"
        f" matched AS MATERIALIZED (SELECT came, {structs} FROM said),"
        f" known AS MATERIALIZED ({known}), evidence AS ({evidence}), simple AS ({simple}),"
        f" whole AS ({whole})"
        # Two forms that both fit and differ would be two meanings.
        f" SELECT came, CASE WHEN count(DISTINCT value) = 1 THEN min(value) END AS value FROM"
        f" (SELECT came, ({moment})::{type_} AS value FROM whole) GROUP BY came"
    )


def _names(parts: Iterable[str]) -> str:
    return "[" + ", ".join(text(part) for part in (*parts, *_TIME_PARTS)) + "]"


def _times(form: str) -> str:
    return ", ".join(f"{form}.{part} AS {part}" for part in _TIME_PARTS)


def _month(form: str, places: str) -> str:
    if form == "compact":
        return f"{form}.m"
    return f"(CASE {places.replace('mon,', f'{form}.mon,')} END)::VARCHAR"


def _date(year: str, month: str, day: str, kind: str, exported: ExportDay | None) -> str:
    """SQL of the day of three texts, NULL where there is none in a sensible year."""
    whole = f"CASE WHEN length({year}) = 4 AND {year} >= '1800' AND {year} < '2100' THEN {year}::INTEGER END"
    if exported is not None:
        first = exported.year // 100 * 100
        early = f"({first} + {year}::INTEGER)"
        two = f"{early} - CASE WHEN {early} > {exported.year} THEN 100 ELSE 0 END"
        if kind == _BIRTH:
            made = f"TRY_CAST(({two})::VARCHAR || '-' || {month} || '-' || {day} AS DATE)"
            late = f"{made} > DATE '{exported.last.isoformat()}'"
            two = f"{two} - CASE WHEN {late} THEN 100 ELSE 0 END"
        elif kind == _AHEAD:
            two = f"CASE WHEN {two} + 100 > {exported.year + AHEAD_YEARS} THEN {two} END"
        whole = f"CASE WHEN length({year}) = 2 THEN {two} ELSE {whole} END"
    fits = f"length({month}) <= 2 AND length({day}) <= 2 AND length({year}) IN (2, 4)"
    return f"CASE WHEN {fits} THEN TRY_CAST(({whole})::VARCHAR || '-' || {month} || '-' || {day} AS DATE) END"


def deletes_without_doubt() -> str:
    """SQL condition on `_raw`: what stands in DateDeleted is meant as a day, whichever."""
    return f"regexp_matches({came(DELETED)}, {text(LOOKS_LIKE_A_DATE)})"


def rehash(connection: Connection, table: str, columns: Collection[str]) -> None:
    """Make `_hash` change with what other rows made of the row's dates in other forms."""
    values = ", '|', ".join(f"{name(column)}::VARCHAR" for column in columns)
    has = " OR ".join(f"json_exists(_raw, {text('$.' + name(column))})" for column in columns)
    connection.execute(
        f"UPDATE {table} SET _hash = (md5_number_lower(concat(_hash, '|', {values})) >> 1)::BIGINT"
        f" WHERE _raw IS NOT NULL AND ({has})"
    )
