"""Lists as CSV and Excel: written to a file of their own, streamed, and gone with the answer.

A cell that a spreadsheet would take for a formula is disarmed: in CSV by an apostrophe before it, in Excel as
a text cell that stays text when it is edited. What a list is goes along with it, so that a part of it is
never taken for the whole: Excel has a sheet "About"; the CSV, whose rows programs read, stands in a zip
beside about.txt.
"""

import csv
import zipfile
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter
from django.http import FileResponse
from django.utils import timezone

from hearth import scratch
from hearth.formulas import disarmed, is_formula
from hearth.hmis.ui import formats
from hearth.hmis.ui.record_list import RecordList

#: What a sheet of Excel holds, less its heading.
EXCEL_ROWS = 1_048_575
#: By kind: how its file's name ends, and of which type it is.
_FILES = {
    "csv": ("zip", "application/zip"),
    "xlsx": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
#: By it Excel knows a CSV for UTF-8. Every CSV that people open begins with it.
MARK = "\ufeff"
_MOST_IN_CELL = 32_767
#: Days of Excel begin with 1900; earlier ones are text.
_FIRST_YEAR = 1900

Rows = Iterable[Sequence[Any]]
About = Sequence[tuple[str, str]]


def response(kind: str, name: str, headings: Sequence[str], rows: Rows, about: About) -> FileResponse:
    """The list with what it is, as a download of that kind (csv or xlsx), named `name` without its ending."""
    ending, content_type = _FILES[kind]
    # Unlinked at once: the open file is all that is needed, and it is gone with the response.
    with scratch.folder("lists") as folder:
        path = folder / f"list.{ending}"
        if kind == "csv":
            write_zip(path, name, headings, rows, about, folder)
        else:
            write_excel(path, headings, rows, about, folder)
        file = path.open("rb")
    return FileResponse(file, as_attachment=True, filename=f"{name}.{ending}", content_type=content_type)


def about_list(listed: RecordList, of: About, by: object) -> list[tuple[str, str]]:
    """What a list is: its title, what it is of, its filters, order, how many rows it has and hides, and who
    took it along when."""
    unshown = listed.asked.unshown
    labels = {column.key: column.label for column in listed.asked.columns}
    order = [f"{labels[key]}{', falling' if falls else ''}" for key, falls in listed.asked.order]
    return [
        ("List", listed.caption),
        *of,
        *((chip.label, chip.text) for chip in listed.chips),
        *([("Columns left out by choice", ", ".join(one.label for one in unshown))] if unshown else []),
        ("Order", ", then ".join(order) or listed.own_order),
        ("Rows", f"{listed.total:,} of {listed.of:,}"),
        ("Hidden from you", f"{listed.hidden:,}" + (f": {listed.hidden_why}" if listed.hidden else "")),
        taken_by(by),
    ]


def taken_by(user: object) -> tuple[str, str]:
    """Who takes it along, and when: now."""
    return ("Taken by", f"{user}, {formats.moment(timezone.now())}")


def write_zip(path: Path, name: str, headings: Sequence[str], rows: Rows, about: About, folder: Path) -> None:
    """The rows as `name`.csv and what they are as about.txt, one line a fact. `folder`: for scratch."""
    rows_of_it = folder / "rows.csv"
    write_csv(rows_of_it, headings, rows)
    said = "".join(f"{what}: {' '.join(value.split())}\r\n" for what, value in about)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.write(rows_of_it, f"{name}.csv")
        zipped.writestr("about.txt", MARK + said)


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
