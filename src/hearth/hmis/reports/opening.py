"""The rows of a report's files as a list: filtered, sorted, and taken along. The people behind a row are in
`people`."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.paginator import Page, Paginator

from hearth.hmis.access.models import User
from hearth.hmis.organizations.models import Project
from hearth.hmis.reports import lsa_columns, queries
from hearth.hmis.reports.records import Records
from hearth.hmis.ui.record_list import Asked, Column, Filter, RecordList
from hearth.reporting.opening import members
from hearth.reporting.opening.bundle import BundleError
from hearth.reporting.opening.members import Row

ROWS_ON_A_PAGE = 25
_MOST_ROWS = 1_000_000
#: What stands in every row of an upload, or is its count.
#: Written as no other number is, so that nothing is lost by reading it.
_NUMBER = re.compile(r"-?[1-9][0-9]{0,8}|0")
_NOT_OF_A_ROW = ("ReportID", "RowTotal", "Value", "ExportID")


def paged(number: object, size: int, read: Callable[[int, int], tuple[list[Any], int]]) -> Page:
    """One page of what `read(limit, offset)` gives with its total; the last one for a number beyond it."""
    text = str(number or "1")
    wanted = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 1
    wanted = max(wanted, 1)
    found, total = read(size, (wanted - 1) * size)
    paginator = Paginator(range(total), size)
    if not found and total:
        wanted = paginator.num_pages
        found, total = read(size, (wanted - 1) * size)
    return Page(found, wanted if total else 1, paginator)


# ---------------------------------------------------------------------- rows


@dataclass(frozen=True, slots=True)
class Cell:
    """One column of a row: its name, the code, and what it means; `project` where it names one."""

    column: str
    label: str
    code: str
    meaning: str

    @property
    def value(self) -> str | int:
        """As a download has it: a number as a number (HUD's -1 is no formula), a key or anything else as it
        is written."""
        is_number = not self.column.endswith("ID") and _NUMBER.fullmatch(self.code)
        return int(self.code) if is_number else self.code

    @property
    def is_missing(self) -> bool:
        """Whether it says nothing: empty, or HUD's -1 for "not applicable"."""
        return self.code in ("", "-1")

    @property
    def is_nothing(self) -> bool:
        """Whether it says no, or none."""
        return self.code == "0"


@dataclass(frozen=True, slots=True)
class OpenRow:
    """A row as the pages show it."""

    row: Row
    cells: list[Cell]
    project: Project | None = None

    @property
    def title(self) -> str:
        """What the row counts, with its project by name."""
        return queries.named(self.row.title, self.row.values.get("ProjectID"), self.project)

    def said_of(self, cell: Cell) -> str:
        """What a cell means, with a project by its name."""
        if cell.column == "ProjectID" and self.project is not None:
            return str(self.project)
        return cell.meaning or cell.code

    @property
    def said(self) -> list[Cell]:
        """The columns that say something."""
        return [cell for cell in self.cells if not (cell.is_missing or cell.is_nothing)]

    @property
    def unsaid(self) -> list[Cell]:
        """The columns that say no, or none."""
        return [cell for cell in self.cells if cell.is_nothing]


def columns(file: str, every: Sequence[str]) -> list[Column]:
    """The columns of the list of a file's rows: what it counts first, for files that count; of `every` column
    of the file those beyond the usual ones by choice."""
    listed = [Column(name, lsa_columns.column(file, name)) for name in lsa_columns.LISTED[file]]
    listed += [
        Column(name, lsa_columns.column(file, name), sorts=False, starts=False)
        for name in every
        if name not in lsa_columns.LISTED[file]
    ]
    if file in lsa_columns.PROJECT_FILES:
        return listed
    return [
        Column("row", "Row", sorts=False),
        Column(rows_count(file), lsa_columns.COUNTED[file].capitalize(), number=True),
        *listed,
    ]


def rows_count(file: str) -> str:
    """The column by which the rows of a file are counted."""
    return "Value" if file == "LSACalculated" else "RowTotal"


def rows(
    user: User, folder: Path, file: str, query: Mapping[str, Any], *, path: str, can_download: bool = False
) -> tuple[RecordList, list[OpenRow]]:
    """The list of the rows of a file, and those on its page; all of them with all their columns for a
    download."""
    known = Records(user, folder)
    first = members.rows(folder, file, limit=1)
    every = first.total
    there = all_columns(first.rows[0]) if first.rows else []
    asked = Asked(query, columns=columns(file, there), filters=_filters(known, folder, file))
    of_file = [column.key for column in asked.columns if column.key in asked.shows and column.key in there]
    whole = bool(asked.download)

    def read(limit: int, offset: int) -> tuple[list[OpenRow], int]:
        found = members.rows(
            folder, file, asked.chosen, order=asked.order, limit=limit, offset=offset
        )  # fmt: skip
        counted[0] = found.count
        projects = known.projects(row.values.get("ProjectID") or "" for row in found.rows)
        return [
            OpenRow(
                row,
                _cells(file, row, there if whole else of_file),
                projects.get(row.values.get("ProjectID") or ""),
            )
            for row in found.rows
        ], found.total

    counted = [0]
    page = paged(1 if whole else asked.page, _MOST_ROWS if whole else asked.size, read)
    sums = {rows_count(file): f"{counted[0]:,}"} if file in lsa_columns.SUMMED else {}
    shown = RecordList(
        asked,
        page,
        lsa_columns.file_name(file),
        "row",
        path,
        of=every,
        totals=sums,
        can_download=can_download,
    )
    return shown, list(page.object_list)


def all_columns(row: Row) -> list[str]:
    """The columns of a row that say something of it: not what stands in every row, nor its count."""
    return [column for column in row.values if column not in _NOT_OF_A_ROW]


def _filters(known: Records, folder: Path, file: str) -> list[Filter]:
    found = []
    for column in lsa_columns.FILTERED[file]:
        values = members.choices(folder, file, column)
        if column == "ProjectID":
            projects = known.projects(code for code, _ in values)
            texts = [(code, str(projects.get(code, code))) for code, _ in values]
        else:
            texts = [(code, f"{said} ({code})" if said and said != code else code) for code, said in values]
        found.append(Filter(column, lsa_columns.column(file, column), tuple(texts)))
    return found


def headings(file: str, found: Sequence[OpenRow]) -> list[tuple[str, str]]:
    """Of the download, each with its column of the list: each column by its words, and again with what its
    codes mean."""
    listed = [cell.column for cell in found[0].cells] if found else []
    count = [] if file in lsa_columns.PROJECT_FILES else [
        ("row", "Row"), (rows_count(file), lsa_columns.COUNTED[file].capitalize()),
    ]  # fmt: skip
    return [
        *count,
        *(
            (column, text)
            for column in listed
            for text in (column, f"{column}: {lsa_columns.column(file, column)}")
        ),
    ]


def cells(file: str, found: Sequence[OpenRow]) -> Iterator[list[Any]]:
    """The rows of the download."""
    for one in found:
        count = [] if file in lsa_columns.PROJECT_FILES else [one.row.number, one.row.count]
        yield [*count, *(said for cell in one.cells for said in (cell.value, _words(one, cell)))]


def _words(one: OpenRow, cell: Cell) -> str | int:
    said = one.said_of(cell)
    return cell.value if said == cell.code else said


def row(user: User, folder: Path, file: str, number: int) -> OpenRow | None:
    """One row with all its columns, or None where there is none."""
    try:
        found = members.row(folder, file, number)
    except members.NoSuchRow:
        return None
    key = found.values.get("ProjectID") or ""
    projects = Records(user, folder).projects([key]) if key else {}
    return OpenRow(found, _cells(file, found, all_columns(found)), projects.get(key))


def numbers_of_counts(folder: Path) -> dict[str, int]:
    """Of LSAReport: the number of each count's row, by column; none where the run kept no tables."""
    try:
        found = members.rows(folder, "LSAReport", limit=100)
    except (BundleError, members.NoSuchRow):
        return {}
    return {str(row.values["Column"]): row.number for row in found.rows}


def _cells(file: str, row: Row, columns: Iterable[str]) -> list[Cell]:
    return [
        Cell(
            column,
            lsa_columns.column(file, column),
            row.values.get(column) or "",
            row.meanings.get(column) or lsa_columns.meaning(file, column, row.values.get(column) or "") or "",
        )
        for column in columns
    ]
