"""An Excel workbook (.xlsx) that somebody sent, read as rows of text; nothing of it is worked out.

A file of a few kilobytes can ask for gigabytes: unpacked, by one cell far away, by a merged area. So what it
unpacks to is bounded before anything is read, and of its parts only cells, shared texts and formats of
numbers are (ECMA-376 part 1, chapters 18.3, 18.4, 18.8). openpyxl makes up every cell of a merged area, and
in its way of reading only every cell before a far one, so that it is no help here.
"""

import csv
import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from xml.etree.ElementTree import Element, ParseError, iterparse

from hearth.hmis.ui import formats

#: In bytes, of all parts together, unpacked. Ten thousand lines of ten cells take about four million.
MOST_UNPACKED = 8 * 1024 * 1024
#: A sheet with something below or beside these is not one that somebody typed.
MOST_ROWS = 20_000
MOST_COLUMNS = 100
#: How a file begins that is a workbook, and one of before 2007 or with a password.
BEGINS = b"PK\x03\x04"
BEGINS_OLD = b"\xd0\xcf\x11\xe0"

_DAMAGED = "The file cannot be read as an Excel workbook. Save it anew as .xlsx, or as “CSV UTF-8”."
#: Formats of numbers that every workbook has for days.
_DAYS = frozenset({14, 15, 16, 17, 22, *range(27, 37), *range(50, 59)})
#: In a format: texts and colors, which say nothing of what the number is.
_BESIDE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


class UnreadableWorkbook(ValueError):
    """A workbook that is not taken: a sentence that says what to do."""


def rows_of(data: bytes) -> list[list[str]]:
    """The cells of the one sheet that has something in it, from its first row on, as somebody would type
    them: days as month/day/year. A formula stays as it is written, with its equals sign.

    Raises UnreadableWorkbook for a file that is none or is too large, and where several sheets are filled.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            # `zipfile` gives no more of a part than is declared here.
            if sum(one.file_size for one in packed.infolist()) > MOST_UNPACKED:
                raise UnreadableWorkbook(
                    "The workbook is too large. Copy the lines into a new one, without pictures and formats."
                )
            filled = [rows for rows in _Workbook(packed).sheets() if rows]
    except UnreadableWorkbook:
        raise
    # What a file that was damaged, or made to do damage, can bring about in `zipfile` and below.
    except (
        zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, RuntimeError, OSError, EOFError,
        ParseError, LookupError, ValueError, OverflowError,
    ) as error:  # fmt: skip
        raise UnreadableWorkbook(_DAMAGED) from error
    if len(filled) > 1:
        raise UnreadableWorkbook(
            "The workbook has several sheets with something in them. Keep the one that is meant, and remove"
            " the others, hidden ones too."
        )
    return filled[0] if filled else []


def csv_of(data: bytes) -> str:
    """The same as CSV. A row of the sheet stays a row, an empty one too, so that lines are counted as Excel
    counts them. Raises UnreadableWorkbook."""
    written = io.StringIO(newline="")
    csv.writer(written).writerows(row or [""] for row in rows_of(data))
    return written.getvalue()


class _Workbook:
    def __init__(self, packed: zipfile.ZipFile) -> None:
        self.packed = packed
        self.path = dict(self._related("").values())["officeDocument"]
        beside = self._related(self.path)
        parts = dict(beside.values())
        self.worksheets = [beside[key][1] for key in self._sheets() if beside[key][0] == "worksheet"]
        shared = parts.get("sharedStrings")
        self.texts = [_text(one) for one in self._elements(shared, "si")] if shared else []
        self.day_formats = self._day_formats(parts.get("styles"))
        self.first_day = datetime(1899, 12, 30)  # noqa: DTZ001  # cells have no zone
        for one in self._elements(self.path, "workbookPr"):
            if one.get("date1904") in ("1", "true"):
                self.first_day = datetime(1904, 1, 1)  # noqa: DTZ001  # cells have no zone

    def sheets(self) -> Iterator[list[list[str]]]:
        """Each worksheet's rows up to its last one that has something."""
        for path in self.worksheets:
            yield self._rows(path)

    def _rows(self, path: str) -> list[list[str]]:
        rows: list[list[str]] = []
        at_row = 0
        for row in self._elements(path, "row"):
            at_row = int(row.get("r") or at_row + 1)
            at_column = 0
            for cell in row.findall("{*}c"):
                at_column = _column(cell.get("r")) or at_column + 1
                text = self._cell(cell)
                if not text.strip():
                    continue
                if at_row > MOST_ROWS or at_column > MOST_COLUMNS:
                    raise UnreadableWorkbook(
                        f"A sheet has something below line {MOST_ROWS:,} or beyond column {MOST_COLUMNS}."
                        " Copy what is meant into a new workbook."
                    )
                rows.extend([] for _ in range(at_row - len(rows)))
                cells = rows[at_row - 1]
                cells.extend("" for _ in range(at_column - len(cells)))
                cells[at_column - 1] = text
        return rows

    def _cell(self, cell: Element) -> str:
        formula = cell.find("{*}f")
        if formula is not None:
            return f"={formula.text or ''}"
        kind, value = cell.get("t", "n"), cell.findtext("{*}v") or ""
        if kind == "inlineStr":
            inline = cell.find("{*}is")
            return "" if inline is None else _text(inline)
        if kind == "s" and value:
            return self.texts[int(value)]
        if kind == "b":
            return {"1": "TRUE", "0": "FALSE"}.get(value, value)
        if kind == "d" and value:
            return _typed(datetime.fromisoformat(value))
        if kind != "n" or not value:
            return value
        number = float(value)
        if cell.get("s") and int(cell.get("s", "0")) in self.day_formats:
            return _typed(self.first_day + timedelta(days=number))
        return str(int(number)) if number.is_integer() else str(number)

    def _day_formats(self, path: str | None) -> set[int]:
        """The numbers of the cells' formats that show a day."""
        if path is None:
            return set()
        own = {
            int(one.get("numFmtId", "0"))
            for one in self._elements(path, "numFmt")
            if re.search("[yd]", _BESIDE.sub("", one.get("formatCode", "")).casefold())
        }
        cells = next(self._elements(path, "cellXfs"), None)
        formats = [] if cells is None else cells.findall("{*}xf")
        return {at for at, one in enumerate(formats) if int(one.get("numFmtId", "0")) in _DAYS | own}

    def _sheets(self) -> list[str]:
        """The ids of the sheets in their order."""
        found = []
        for one in self._elements(self.path, "sheet"):
            found += [value for name, value in one.attrib.items() if name.endswith("}id")]
        return found

    def _related(self, path: str) -> dict[str, tuple[str, str]]:
        """Id → (kind, path) of what a part says that it goes with."""
        folder, name = posixpath.split(path)
        listed = posixpath.join(folder, "_rels", f"{name}.rels")
        return {
            one.get("Id", ""): (
                one.get("Type", "").rpartition("/")[2],
                posixpath.normpath(posixpath.join("/", folder, one.get("Target", "")))[1:],
            )
            for one in self._elements(listed, "Relationship")
            if one.get("TargetMode") != "External"
        }

    def _elements(self, path: str, name: str) -> Iterator[Element]:
        """The elements of that name of a part, each gone when the next one is asked for."""
        content = self.packed.read(path)
        if b"<!DOCTYPE" in content.replace(b"\x00", b""):  # no entities of its own, in UTF-16 neither
            raise UnreadableWorkbook(_DAMAGED)
        for _, one in iterparse(io.BytesIO(content)):  # noqa: S314  # no entities are in it
            if one.tag.rpartition("}")[2] == name:
                yield one
                one.clear()


def _column(reference: str | None) -> int:
    """The number of the column of a reference such as AB12; 0 where none is given."""
    if not reference:
        return 0
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise ValueError
    number = 0
    for letter in found[1]:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _text(of: Element) -> str:
    """The text of a cell, in pieces where its letters differ; how it is read aloud (rPh) is left out."""
    pieces = [*of.findall("{*}t"), *of.findall("{*}r/{*}t")]
    return "".join(one.text or "" for one in pieces)


def _typed(moment: datetime) -> str:
    hour = f" {moment.time().isoformat('minutes')}" if moment.hour or moment.minute else ""
    return f"{formats.in_a_field(moment)}{hour}"
