"""Lists as CSV and Excel: written to a file of their own, streamed, and gone with the answer.

A cell that a spreadsheet would take for a formula is disarmed: in CSV by an apostrophe before it, in Excel as
a text cell that stays text when it is edited. The sheet "About" of Excel says what the list is; CSV has the
rows alone.
"""

import csv
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter
from django.http import FileResponse

from hearth import scratch
from hearth.formulas import disarmed, is_formula

#: What a sheet of Excel holds, less its heading.
EXCEL_ROWS = 1_048_575
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
#: By it Excel knows a CSV for UTF-8. Every CSV that people open begins with it.
MARK = "\ufeff"
_MOST_IN_CELL = 32_767
#: Days of Excel begin with 1900; earlier ones are text.
_FIRST_YEAR = 1900

Rows = Iterable[Sequence[Any]]
About = Sequence[tuple[str, str]]


def response(kind: str, name: str, headings: Sequence[str], rows: Rows, about: About) -> FileResponse:
    """The list as a download of that kind (csv or xlsx), named `name` without its ending."""
    # Unlinked at once: the open file is all that is needed, and it is gone with the response.
    with scratch.folder("lists") as folder:
        path = folder / f"list.{kind}"
        if kind == "csv":
            write_csv(path, headings, rows)
        else:
            write_excel(path, headings, rows, about, folder)
        file = path.open("rb")
    return FileResponse(file, as_attachment=True, filename=f"{name}.{kind}", content_type=_TYPES[kind])


def write_csv(path: Path, headings: Sequence[str], rows: Rows) -> None:
    """UTF-8 with a mark by which Excel knows it."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write(MARK)
        writer = csv.writer(stream)
        writer.writerow(headings)
        writer.writerows([disarmed(value) for value in row] for row in rows)


def write_excel(path: Path, headings: Sequence[str], rows: Rows, about: About, folder: Path) -> int:
    """Two sheets: the list, and what it is. What a sheet cannot hold is left out, and said there; returns how
    many rows that are. `folder`: for what the writer puts aside."""
    # Without `tmpdir` its rows would lie in the system's temporary folder while it is written.
    options = {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
        "tmpdir": str(folder),
    }  # fmt: skip
    with closing(xlsxwriter.Workbook(str(path), options)) as book:
        formats = {
            "head": book.add_format({"bold": True, "text_wrap": True}),
            "day": book.add_format({"num_format": "mmm d, yyyy"}),
            "text": book.add_format({"quote_prefix": True}),
        }
        sheet = book.add_worksheet("List")
        for number, heading in enumerate(headings):
            sheet.set_column(number, number, min(max(len(heading) + 2, 14), 40))
            sheet.write_string(0, number, heading, formats["head"])
        sheet.freeze_panes(1, 1)
        last = left_out = 0
        for line, row in enumerate(rows, start=1):
            if line > EXCEL_ROWS:
                left_out += 1
                continue
            last = line
            for number, value in enumerate(row):
                _write(sheet, line, number, value, formats)
        sheet.autofilter(0, 0, last, len(headings) - 1)
        said = book.add_worksheet("About")
        said.set_column(0, 0, 24)
        said.set_column(1, 1, 100)
        more = [("Rows left out", f"{left_out:,}: a sheet holds no more")] if left_out else []
        for line, (what, value) in enumerate([*about, *more]):
            said.write_string(line, 0, what, formats["head"])
            _write(said, line, 1, value, formats)
    return left_out


def _write(sheet: Any, line: int, number: int, value: Any, formats: dict[str, Any]) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_string(line, number, "Yes" if value else "No")
    elif isinstance(value, int | float):
        sheet.write_number(line, number, value)
    elif isinstance(value, date) and value.year >= _FIRST_YEAR:
        sheet.write_datetime(line, number, value, formats["day"])
    else:
        text = str(value)[:_MOST_IN_CELL]
        sheet.write_string(line, number, text, formats["text"] if is_formula(text) else None)
