"""The lines of a spreadsheet that an administrator sends, CSV (UTF-8) or Excel (.xlsx), by their headings."""

import csv
import io
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from django.conf import settings

from hearth.formulas import is_formula
from hearth.hmis.ui import formats, workbooks

#: People at a time.
MOST_LINES = 1000
#: Characters of a cell.
LONGEST = 500


class Unreadable(ValueError):
    """The file cannot be taken at all: a sentence that says what to do."""


def text_of(data: bytes) -> str:
    """A file as CSV, which is what is kept until its check was looked at. Raises Unreadable for a workbook
    that cannot be read, and for another encoding."""
    if data.startswith(workbooks.BEGINS_OLD):
        raise Unreadable(
            "This is an Excel workbook with a password, or of an old kind (.xls). Save it as .xlsx without a"
            " password, or as “CSV UTF-8”."
        )
    if data.startswith(workbooks.BEGINS):
        try:
            return workbooks.csv_of(data)
        except workbooks.UnreadableWorkbook as error:
            raise Unreadable(str(error)) from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("The file is not UTF-8. In Excel, save it as “CSV UTF-8” or as .xlsx.") from error
    if "\x00" in text:
        raise Unreadable("The file is not text. Save it as “CSV UTF-8” or as .xlsx.")
    return text


def text_of_file(path: Path) -> str:
    """The same of a file of this machine, which is as large as one that a page takes. Raises Unreadable."""
    if path.stat().st_size > settings.MAX_FORM_BYTES:
        most = settings.MAX_FORM_BYTES // 1024 // 1024
        raise Unreadable(f"The file is larger than {most} MB. Copy the lines into a new one.")
    return text_of(path.read_bytes())


def read(
    text: str, *, columns: Mapping[str, str], also: Mapping[str, str], needed: Collection[str]
) -> list[tuple[int, dict[str, str]]]:
    """(line, what stands in it by the key of its column) of each line that is not empty, counted as a
    spreadsheet counts. `columns`, `also`: heading in small letters → key. Raises Unreadable, for a heading
    that is not known, too."""
    rows = _rows(text)
    at = _headings(rows[0][1] if rows else [], columns, also, needed)
    filled = [(number, row) for number, row in rows[1:] if any(cell.strip() for cell in row)]
    if not filled:
        raise Unreadable("The file has no people below its headings.")
    if len(filled) > MOST_LINES:
        said = formats.counted(len(filled), "person")
        raise Unreadable(f"The file has {said}. Send at most {formats.number(MOST_LINES)} at a time.")
    return [(number, {key: _cell(row, one) for key, one in at.items()}) for number, row in filled]


def mistakes(cells: Mapping[str, str]) -> list[str]:
    """What no cell may be, whatever its column."""
    found = []
    for key, text in cells.items():
        label = key.replace("_", " ").capitalize()
        if is_formula(text):
            found.append(f"{label}: a spreadsheet would take it for a formula.")
        elif len(text) > LONGEST:
            found.append(f"{label}: shorten it to {LONGEST} characters.")
    return found


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """(line, cells), counted as a spreadsheet counts rows."""
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        return list(
            enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), start=1)
        )
    except csv.Error as error:
        raise Unreadable(
            "The file cannot be read as CSV: a quotation mark is not closed, or stands alone."
        ) from error


def _headings(
    row: Sequence[str], columns: Mapping[str, str], also: Mapping[str, str], needed: Collection[str]
) -> dict[str, int]:
    known = {**columns, **also}
    found: dict[str, int] = {}
    for at, cell in enumerate(row):
        key = known.get(" ".join(cell.split()).casefold())
        if key is None and cell.strip():
            raise Unreadable(
                f"Column {at + 1} has a heading that is not known. Known are: {_named(columns)}."
            )
        if key in found:
            raise Unreadable(f"The file has the column “{cell.strip()}” twice.")
        if key:
            found[key] = at
    if missing := [name for name, key in columns.items() if key in needed and key not in found]:
        raise Unreadable(f"The first line names the columns. Missing: {_named(missing)}.")
    return found


def _named(headings: Iterable[str]) -> str:
    return ", ".join(f"“{one.capitalize() if one != 'coc' else 'CoC'}”" for one in headings)


def _cell(row: Sequence[str], at: int) -> str:
    return " ".join(row[at].split()) if at < len(row) else ""
