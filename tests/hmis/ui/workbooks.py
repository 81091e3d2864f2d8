"""Excel workbooks as tests write them: as Excel would, and as a stranger would."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import xlsxwriter

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = "xl/worksheets/sheet1.xml"


def written(write: Callable[[Any], None], **options: Any) -> bytes:
    """The file of a workbook that `write` fills."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, **options})
    write(book)
    book.close()
    return file.getvalue()


def workbook(rows: Sequence[Sequence[Any]]) -> bytes:
    """A workbook of one sheet: texts, numbers, days, and formulas that begin with an equals sign."""

    def write(book: Any) -> None:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for line, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write(line, column, cell, *([day] if isinstance(cell, date) else []))

    return written(write)


def with_parts(parts: Mapping[str, str | bytes]) -> bytes:
    """A workbook of one sheet, with parts of our own instead of Excel's."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook([["x"]]))) as before,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in {*before.namelist(), *parts}:
            after.writestr(name, parts[name] if name in parts else before.read(name))
    return file.getvalue()


def with_sheet(rows: str, beside: str = "") -> bytes:
    """A workbook with these rows, in XML."""
    return with_parts(
        {SHEET: f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData>{beside}</worksheet>'}
    )
