"""The findings of an import: read page by page from their Parquet file, and handed out as CSV and Excel.

A finding names a check, a place and a class of value, never a value of a person (see
`hearth.reporting.sources.collected`). HUD's key of the row is among them, so that it can be found again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter

from hearth import scratch
from hearth.reporting.runtime import engine
from hearth.reporting.runtime.engine import Connection, name, text

COLUMNS = (
    "severity",
    "check",
    "file",
    "line",
    "column",
    "key",
    "value_class",
    "sentence",
    "remedy",
    "origin",
)
HEADINGS = (
    "Severity", "Check", "File", "Line", "Column", "Record", "Value", "What is wrong", "What to do", "Rule",
)  # fmt: skip
#: What a sheet of Excel holds, less its heading.
EXCEL_ROWS = 1_048_575
_FETCH = 10_000
_WIDTHS = (10, 30, 22, 10, 28, 20, 30, 70, 70, 16)


@dataclass(frozen=True)
class Filter:
    """Which findings; '' for all. `column` is a HUD column name."""

    severity: str = ""
    check: str = ""
    file: str = ""
    column: str = ""

    def where(self) -> tuple[str, list[str]]:
        """A condition with parameters."""
        wanted = {name: value for name, value in vars(self).items() if value}
        return " AND ".join(f'"{name}" = ?' for name in wanted) or "TRUE", list(wanted.values())


def count(path: Path, wanted: Filter) -> int:
    """How many findings are listed."""
    condition, values = wanted.where()
    with _reader() as reader:
        return int(engine.scalar(reader, f"SELECT count(*) FROM {_table(path)} WHERE {condition}", values))


def page(path: Path, wanted: Filter, offset: int, limit: int) -> list[dict[str, object]]:
    """Findings in their order: by severity, file, check and line."""
    condition, values = wanted.where()
    with _reader() as reader:
        found = engine.rows(
            reader,
            f"SELECT {_listed()} FROM {_table(path)} WHERE {condition}"
            f" LIMIT {int(limit)} OFFSET {int(offset)}",
            values,
        )
    return [dict(zip(COLUMNS, row, strict=True)) for row in found]


class Listed:
    """The findings that a filter leaves, as a sequence for a `Paginator`: only slices are read."""

    def __init__(self, path: Path, wanted: Filter) -> None:
        self._path, self._wanted = path, wanted

    def __len__(self) -> int:
        return count(self._path, self._wanted)

    def __getitem__(self, which: slice) -> list[dict[str, object]]:
        start = which.start or 0
        return page(self._path, self._wanted, start, which.stop - start)


def write_csv(path: Path, wanted: Filter, target: Path) -> None:
    """All findings as CSV, with headings; cells that a spreadsheet would take for formulas are disarmed."""
    condition, values = wanted.where()
    cells = ", ".join(
        f"{_disarmed(column)} AS {name(heading)}" for column, heading in zip(COLUMNS, HEADINGS, strict=True)
    )
    with _reader() as reader:
        engine.run(
            reader,
            f"COPY (SELECT {cells} FROM {_table(path)} WHERE {condition})"
            f" TO {text(target)} (FORMAT csv, HEADER)",
            values,
        )


def write_excel(path: Path, wanted: Filter, target: Path) -> int:
    """As many findings as a sheet holds, as Excel; returns how many were left out."""
    condition, values = wanted.where()
    total = count(path, wanted)
    with scratch.folder("excel") as folder:
        # Without `tmpdir` its rows would lie in the system's temporary folder while it is written.
        options = {"constant_memory": True, "strings_to_formulas": False, "tmpdir": str(folder)}
        _write_book(xlsxwriter.Workbook(str(target), options), path, condition, values, total)
    return max(0, total - EXCEL_ROWS)


def _write_book(book: xlsxwriter.Workbook, path: Path, condition: str, values: list[str], total: int) -> None:
    try:
        sheet = book.add_worksheet("Findings")
        bold = book.add_format({"bold": True})
        for number, (heading, width) in enumerate(zip(HEADINGS, _WIDTHS, strict=True)):
            sheet.set_column(number, number, width)
            sheet.write_string(0, number, heading, bold)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, min(total, EXCEL_ROWS), len(HEADINGS) - 1)
        with _reader() as reader:
            reader.execute(
                f"SELECT {_listed()} FROM {_table(path)} WHERE {condition} LIMIT {EXCEL_ROWS}", values
            )
            for line, row in enumerate(_rows(reader), start=1):
                for number, value in enumerate(row):
                    if isinstance(value, int):
                        sheet.write_number(line, number, value)
                    elif value is not None:
                        sheet.write_string(line, number, str(value))
    finally:
        book.close()


def _disarmed(column: str) -> str:
    """The cell, with an apostrophe before what a spreadsheet would take for a formula."""
    if column == "line":  # the only number
        return name(column)
    cell = name(column)
    return f"CASE WHEN regexp_matches({cell}, '^[=+@\\t\\r-]') THEN '''' || {cell} ELSE {cell} END"


def _rows(reader: Connection) -> Iterator[tuple[object, ...]]:
    while batch := reader.fetchmany(_FETCH):
        yield from batch


@contextmanager
def _reader() -> Iterator[Connection]:
    with engine.connected(memory_limit="150MB", threads=1) as connection:
        yield connection


def _table(path: Path) -> str:
    return f"read_parquet({text(path)})"


def _listed() -> str:
    return ", ".join(f'"{column}"' for column in COLUMNS)
