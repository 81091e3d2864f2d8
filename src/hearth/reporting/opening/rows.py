"""The rows of a run's files, with words for their codes and a line that says what each counts.

See `members`, through which this is used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hearth.reporting import engine
from hearth.reporting.engine import name
from hearth.reporting.runtime.labels import labels_of
from hearth.reporting.runtime.report import Report, ReportFile

from .bundle import Bundle, NoSuchRow, cells_of, open_bundle
from .own import own_of

_NUMBER = "RowNumber"
_MOST = 1 << 62


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
    count together (0 for files of records)."""

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
    """Rows of a file whose columns equal the values of `where` (as text, None for empty), in the order of
    these columns (True: the greatest first), then of the file.

    Of a file whose counts are opened each by itself, each count is a row: of LSAReport `values` has `Column`
    (such as NoCoC) and `Value`. Raises `BundleError`, or `NoSuchRow` for an unknown file or column.
    """
    with open_bundle(folder, tables=False) as bundle:
        known = listed_file(bundle.report, file)
        relation = relation_of(bundle.report, folder, known)
        condition, parameters = equal(known, where or {})
        measure = "0" if known.records else name(known.measure)
        total, count = engine.row(
            bundle.connection,
            f"SELECT count(*), coalesce(sum(CAST({measure} AS BIGINT)), 0) FROM ({relation}) AS t"
            f" WHERE {condition}",
            parameters,
        )
        found = _rows(
            bundle,
            known,
            f"SELECT * FROM ({relation}) AS t WHERE {condition}"
            f" ORDER BY {_order(known, order)}{_NUMBER} {window(limit, offset)}",
            parameters,
        )
    return Rows(int(total), found, int(count))


def row(folder: Path, file: str, number: int) -> Row:
    """The row of that number, from 1. Raises `NoSuchRow`."""
    with open_bundle(folder, tables=False) as bundle:
        if file not in bundle.report.opened_files or not 0 < number < _MOST:
            raise NoSuchRow(f"{file} of this report has no row of that number.")
        known = bundle.report.file(file)
        relation = relation_of(bundle.report, folder, known)
        found = _rows(bundle, known, f"SELECT * FROM ({relation}) AS t WHERE {_NUMBER} = ?", [number])
    if not found:
        raise NoSuchRow(f"{file} of this report has no row {number}.")
    return found[0]


def choices(folder: Path, file: str, column: str) -> tuple[tuple[str, str], ...]:
    """The values that a column has in the file with their words, for a filter; in order of the value."""
    with open_bundle(folder, tables=False) as bundle:
        known = listed_file(bundle.report, file)
        equal(known, {column: None})
        found = engine.rows(
            bundle.connection,
            f"SELECT DISTINCT {name(column)} AS v FROM ({relation_of(bundle.report, folder, known)}) AS t"
            " WHERE v IS NOT NULL ORDER BY TRY_CAST(v AS BIGINT), v",
        )
        labels = labels_of(bundle.report)
    return tuple((value, labels.meaning(file, column, value) or value) for (value,) in found)


def _order(file: ReportFile, order: Sequence[tuple[str, bool]]) -> str:
    """Codes and numbers by their size, all else as text; empty cells come last."""
    parts = []
    for column, falls in order:
        if column not in file.opened_columns:
            raise NoSuchRow(f"{file.name} has no column of that name.")
        way = "DESC" if falls else "ASC"
        quoted = name(column)
        parts.append(f"TRY_CAST({quoted} AS DOUBLE) {way} NULLS LAST, {quoted} {way} NULLS LAST, ")
    return "".join(parts)


def opened_file(report: Report, file: str) -> ReportFile:
    """The file behind whose rows people stand. Raises `NoSuchRow` for one that is none."""
    if file not in report.opened_files:
        listed = ", ".join(report.opened_files)
        raise NoSuchRow(f"{file} is not a file whose rows can be opened; there are {listed}.")
    return report.file(file)


def listed_file(report: Report, file: str) -> ReportFile:
    """The file whose rows can be listed: also one of records. Raises `NoSuchRow` for one that is none."""
    known = next((one for one in report.files if one.name == file and one.records), None)
    return known or opened_file(report, file)


def relation_of(report: Report, folder: Path, file: ReportFile) -> str:
    """A SELECT of the file's cells as text, empty ones NULL, with their number in the file."""
    cells = cells_of(folder, file.name)
    chosen = ", ".join(name(column) for column in file.opened_columns)
    if file.each:
        counts = ", ".join(name(column) for column in labels_of(report).counts)
        cells = f"(UNPIVOT {cells} ON {counts} INTO NAME {name(file.each)} VALUE {name(file.measure)}) AS u"
    return f"SELECT {chosen}, row_number() OVER () AS {_NUMBER} FROM {cells}"


def equal(file: ReportFile, where: Mapping[str, str | None]) -> tuple[str, list[str]]:
    """A condition on the columns of a file as text, and its parameters."""
    columns = {one.casefold(): one for one in file.opened_columns}
    parts, parameters = ["TRUE"], []
    for given, value in where.items():
        if given.casefold() not in columns:
            raise NoSuchRow(f"{file.name} has no column of that name.")
        column = name(columns[given.casefold()])
        if value is None:
            parts.append(f"{column} IS NULL")
        else:
            parts.append(f"{column} = ?")
            parameters.append(_text(file, value))
    return " AND ".join(parts), parameters


def _text(file: ReportFile, value: str) -> str:
    """A value that can be compared; one that is no text (half a surrogate pair) is nowhere."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raise NoSuchRow(f"{file.name} of this report has no such row.") from None
    return value


def window(limit: int, offset: int) -> str:
    """LIMIT and OFFSET, within what the engine takes."""
    return f"LIMIT {min(max(0, limit), _MOST)} OFFSET {min(max(0, offset), _MOST)}"


def _rows(bundle: Bundle, file: ReportFile, sql: str, parameters: Sequence[object]) -> tuple[Row, ...]:
    found = engine.rows(bundle.connection, sql, parameters)
    return tuple(
        _row(bundle.report, file, dict(zip(file.opened_columns, one[:-1], strict=True)), int(one[-1]))
        for one in found
    )


def _row(report: Report, file: ReportFile, values: dict[str, str | None], number: int) -> Row:
    count = 0 if file.records else int(values.get(file.measure) or 0)
    said = labels_of(report).meanings(file.name, values)
    return Row(number, values, said, title(report, file, values, said), count)


def title(
    report: Report,
    file: ReportFile,
    values: Mapping[str, str | None],
    said: Mapping[str, str] | None = None,
) -> str:
    """What a row counts, in one line: what is said of everybody is left out. '' for records."""
    if file.records:
        return ""
    known = labels_of(report).meanings(file.name, values) if said is None else said
    return known[file.each] if file.each else own_of(report).title(file.name, values, known)
