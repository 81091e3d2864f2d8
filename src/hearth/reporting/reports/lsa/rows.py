"""The rows of a run's files, with words for their codes and a line that says what each counts.

See `members`, through which this is used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hearth.reporting.runtime import engine
from hearth.reporting.runtime.engine import Connection, name
from hearth.standards.load import LATEST, load

from .bundle import cells_of, open_bundle
from .columns import upload_files
from .words import words

FILES = ("LSAReport", "LSAPerson", "LSAHousehold", "LSAExit", "LSACalculated")
"""The files whose rows can be opened; the other seven are about projects and have no people."""

PROJECT_FILES = (
    "Organization", "Project", "Funder", "ProjectCoC", "Inventory", "HMISParticipation", "Affiliation",
)  # fmt: skip
"""The other seven, whose rows can be listed."""

OF_THE_RUN = ("ReportID",)
MEASURES = {"LSACalculated": "Value", "LSAReport": "Value"}
_NUMBER = "RowNumber"
_MOST = 1 << 62


class NoSuchRow(Exception):
    """The file, column or row is not one of this run; says which, never a value about a client."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a file. `number` counts from 1 in the order of the CSV; `values` are the CSV's cells, None
    where empty; `meanings` are the words for those that are codes; `title` says in one line what the row
    counts; `count` is RowTotal or Value."""

    number: int
    values: Mapping[str, str | None]
    meanings: Mapping[str, str]
    title: str
    count: int


@dataclass(frozen=True, slots=True)
class Rows:
    """A page of rows; `total` is how many there are altogether under the same condition, `count` what they
    count together (0 for files about projects)."""

    total: int
    rows: tuple[Row, ...]
    count: int = 0


def rows(
    folder: Path,
    file: str,
    where: Mapping[str, str | None] | None = None,
    *,
    order: Sequence[tuple[str, bool]] = (),
    limit: int = 50,
    offset: int = 0,
) -> Rows:
    """Rows of one of `FILES` or `PROJECT_FILES` whose columns equal the values of `where` (as text, None for
    empty), in the order of these columns (True: the greatest first), then of the file.

    For LSAReport each count is a row of its own: `values` has `Column` (such as NoCoC) and `Value`.
    Raises `BundleError`, or `NoSuchRow` for an unknown file or column.
    """
    with open_bundle(folder, tables=False) as bundle:
        relation = relation_of(folder, file)
        condition, parameters = equal(file, where or {})
        measure = "0" if file in PROJECT_FILES else name(measure_of(file))
        total, count = engine.row(
            bundle.connection,
            f"SELECT count(*), coalesce(sum(CAST({measure} AS BIGINT)), 0) FROM ({relation}) AS t"
            f" WHERE {condition}",
            parameters,
        )
        found = _rows(
            bundle.connection,
            file,
            f"SELECT * FROM ({relation}) AS t WHERE {condition}"
            f" ORDER BY {_order(file, order)}{_NUMBER} {window(limit, offset)}",
            parameters,
        )
    return Rows(int(total), found, int(count))


def row(folder: Path, file: str, number: int) -> Row:
    """The row of that number, from 1. Raises `NoSuchRow`."""
    with open_bundle(folder, tables=False) as bundle:
        if file not in FILES or not 0 < number < _MOST:
            raise NoSuchRow(f"{file} of this report has no row of that number.")
        relation = relation_of(folder, file)
        found = _rows(
            bundle.connection, file, f"SELECT * FROM ({relation}) AS t WHERE {_NUMBER} = ?", [number]
        )
    if not found:
        raise NoSuchRow(f"{file} of this report has no row {number}.")
    return found[0]


def choices(folder: Path, file: str, column: str) -> tuple[tuple[str, str], ...]:
    """The values that a column has in the file with their words, for a filter; in order of the value."""
    equal(file, {column: None})
    with open_bundle(folder, tables=False) as bundle:
        found = engine.rows(
            bundle.connection,
            f"SELECT DISTINCT {name(column)} AS v FROM ({relation_of(folder, file)}) AS t"
            " WHERE v IS NOT NULL ORDER BY TRY_CAST(v AS BIGINT), v",
        )
    return tuple((value, words().meaning(file, column, value) or value) for (value,) in found)


def _order(file: str, order: Sequence[tuple[str, bool]]) -> str:
    """Codes and numbers by their size, all else as text; empty cells come last."""
    known = columns_of(file)
    parts = []
    for column, falls in order:
        if column not in known:
            raise NoSuchRow(f"{file} has no column of that name.")
        way = "DESC" if falls else "ASC"
        quoted = name(column)
        parts.append(f"TRY_CAST({quoted} AS DOUBLE) {way} NULLS LAST, {quoted} {way} NULLS LAST, ")
    return "".join(parts)


def check_opens(file: str) -> None:
    """Raise `NoSuchRow` for a file that is none of `FILES`."""
    if file not in FILES:
        raise NoSuchRow(f"{file} is not a file whose rows can be opened; there are {', '.join(FILES)}.")


def columns_of(file: str) -> tuple[str, ...]:
    """The columns by which a row is known, and its count. Raises `NoSuchRow` for a file that is none."""
    if file not in PROJECT_FILES:
        check_opens(file)
    if file == "LSAReport":
        return ("Column", "Value")
    return next(one.columns for one in upload_files(load(LATEST)) if one.name == file)


def measure_of(file: str) -> str:
    """The column that counts: RowTotal or Value."""
    return MEASURES.get(file, "RowTotal")


def dimensions_of(file: str) -> tuple[str, ...]:
    """The columns by which a row is known."""
    return tuple(one for one in columns_of(file) if one not in (*OF_THE_RUN, measure_of(file)))


def relation_of(folder: Path, file: str) -> str:
    """A SELECT of the file's cells as text, empty ones NULL, with their number in the file."""
    columns = columns_of(file)
    cells = cells_of(folder, file)
    if file == "LSAReport":
        counts = ", ".join(name(column) for column in words().counts)
        return (
            f"SELECT {', '.join(name(one) for one in columns)}, row_number() OVER () AS {_NUMBER}"
            f" FROM (UNPIVOT {cells} ON {counts} INTO NAME {name('Column')} VALUE {name('Value')}) AS u"
        )
    chosen = ", ".join(name(column) for column in columns)
    return f"SELECT {chosen}, row_number() OVER () AS {_NUMBER} FROM {cells}"


def equal(file: str, where: Mapping[str, str | None]) -> tuple[str, list[str]]:
    """A condition on the columns of a file as text, and its parameters."""
    columns = {one.casefold(): one for one in columns_of(file)}
    parts, parameters = ["TRUE"], []
    for given, value in where.items():
        if given.casefold() not in columns:
            raise NoSuchRow(f"{file} has no column of that name.")
        column = name(columns[given.casefold()])
        if value is None:
            parts.append(f"{column} IS NULL")
        else:
            parts.append(f"{column} = ?")
            parameters.append(_said(file, value))
    return " AND ".join(parts), parameters


def _said(file: str, value: str) -> str:
    """A value that can be compared; one that is no text (half a surrogate pair) is nowhere."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raise NoSuchRow(f"{file} of this report has no such row.") from None
    return value


def window(limit: int, offset: int) -> str:
    """LIMIT and OFFSET, within what the engine takes."""
    return f"LIMIT {min(max(0, limit), _MOST)} OFFSET {min(max(0, offset), _MOST)}"


def _rows(connection: Connection, file: str, sql: str, parameters: Sequence[object]) -> tuple[Row, ...]:
    found = engine.rows(connection, sql, parameters)
    columns = columns_of(file)
    return tuple(_row(file, dict(zip(columns, one[:-1], strict=True)), int(one[-1])) for one in found)


def _row(file: str, values: dict[str, str | None], number: int) -> Row:
    count = int(values.get(measure_of(file)) or 0)
    return Row(number, values, words().meanings(file, values), title(file, values), count)


def title(file: str, values: Mapping[str, str | None]) -> str:
    """What a row counts, in one line: what is said of everybody is left out."""
    said = words().meanings(file, values)
    if file in PROJECT_FILES:
        return ""
    if file == "LSAReport":
        return said["Column"]
    if file == "LSACalculated":
        parts = _calculated(values, said)
    elif file == "LSAPerson":
        parts = _person(values, said)
    elif file == "LSAHousehold":
        parts = [said.get("HHType", ""), said.get("Stat", ""), said.get("SystemPath", "")]
        parts += _populations(values, said)
    else:
        parts = [said.get("HHType", ""), f"from {said.get('ExitFrom', '?')} to {said.get('ExitTo', '?')}"]
        parts += [said.get("ReturnTime", ""), said.get("Cohort", ""), *_populations(values, said)]
    return _sentence(parts)


def _calculated(values: Mapping[str, str | None], said: Mapping[str, str]) -> list[str]:
    number = int(values.get("ReportRow") or 0)
    parts = [said.get("ReportRow", f"row {number}")]
    if number < 900 and values.get("Population") != "0":
        parts.append(words().population(values.get("Population") or ""))
    if values.get("HHType") != "0":
        parts.append(said.get("HHType", ""))
    if values.get("ProjectID") is not None:
        parts.append(f"project {values['ProjectID']}")
    elif values.get("Universe") != "-1":
        parts.append(said.get("Universe", ""))
    if values.get("SystemPath") != "-1":
        parts.append(said.get("SystemPath", ""))
    if values.get("Cohort") != "1":
        parts.append(said.get("Cohort", ""))
    return parts


def _person(values: Mapping[str, str | None], said: Mapping[str, str]) -> list[str]:
    parts = [said.get("RaceEthnicity", "")]
    if values.get("VetStatus") == "1":
        parts.append("veteran")
    if values.get("DisabilityStatus") == "1":
        parts.append("disabled")
    if values.get("DVStatus") in ("1", "2", "3"):
        parts.append(f"domestic violence: {said['DVStatus']}")
    for group, column in (("EST", "HHTypeEST"), ("RRH", "HHTypeRRH"), ("PSH", "HHTypePSH")):
        if values.get(column) not in (None, "-1"):
            age = said.get(f"{group}AgeMin", "")
            parts.append(f"{words().label('LSAPerson', column).split(':')[0]}: {said.get(column)}, {age}")
    return parts


def _populations(values: Mapping[str, str | None], said: Mapping[str, str]) -> list[str]:
    parts = []
    if values.get("HHVet") == "1":
        parts.append("veteran household")
    if values.get("HHChronic") == "1":
        parts.append(said["HHChronic"])
    if values.get("HHFleeingDV") in ("1", "2", "3"):
        parts.append(said.get("HHFleeingDV", ""))
    if values.get("HHDisability") == "1":
        parts.append("disabled adult or head")
    return parts


def _sentence(parts: Sequence[str]) -> str:
    said = "; ".join(part for part in parts if part)
    return said[:1].upper() + said[1:]
