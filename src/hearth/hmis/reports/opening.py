"""Opening a number of a report: its rows, the people behind one, and what differs between two reports.

The report engine answers with keys and facts; who the people are is put beside them here, as far as the
viewer may see their records.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.paginator import Page, Paginator

from hearth.hmis.access.models import User
from hearth.hmis.clients.models import Client
from hearth.hmis.organizations.models import Project
from hearth.hmis.reports import words
from hearth.hmis.reports.records import Records
from hearth.hmis.ui import formats
from hearth.reporting.reports.lsa import compare, members
from hearth.reporting.reports.lsa.bundle import BundleError
from hearth.reporting.reports.lsa.members import MaySee, Member, Row, Stay
from hearth.reporting.reports.lsa.preflight import Flag

ROWS_ON_A_PAGE = 25
PEOPLE_ON_A_PAGE = 20


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
    def said(self) -> list[Cell]:
        """The columns that say something."""
        return [cell for cell in self.cells if not (cell.is_missing or cell.is_nothing)]

    @property
    def unsaid(self) -> list[Cell]:
        """The columns that say no, or none."""
        return [cell for cell in self.cells if cell.is_nothing]


def choices(folder: Path, file: str) -> dict[str, tuple[tuple[str, str], ...]]:
    """The values of the columns that the rows of a file can be filtered by."""
    return {column: members.choices(folder, file, column) for column in words.FILTERED[file]}


def rows(user: User, folder: Path, file: str, where: Mapping[str, str], number: object) -> Page:
    """One page of the rows of a file."""
    known = Records(user, folder)

    def read(limit: int, offset: int) -> tuple[list[OpenRow], int]:
        found = members.rows(folder, file, where, limit=limit, offset=offset)
        projects = known.projects(row.values.get("ProjectID") or "" for row in found.rows)
        return [
            OpenRow(
                row, _cells(file, row, words.LISTED[file]), projects.get(row.values.get("ProjectID") or "")
            )
            for row in found.rows
        ], found.total

    return paged(number, ROWS_ON_A_PAGE, read)


def row(folder: Path, file: str, number: int) -> OpenRow | None:
    """One row with all its columns, or None where there is none."""
    try:
        found = members.row(folder, file, number)
    except members.NoSuchRow:
        return None
    columns = [column for column in found.values if column not in ("ReportID", "RowTotal", "Value")]
    return OpenRow(found, _cells(file, found, columns))


def numbers_of_counts(folder: Path) -> dict[str, int]:
    """Of LSAReport: the number of each count's row, by column; none where the run kept no tables."""
    try:
        found = members.rows(folder, "LSAReport", limit=100)
    except (BundleError, members.NoSuchRow):
        return {}
    return {str(row.values["Column"]): row.number for row in found.rows}


def _cells(file: str, row: Row, columns: Iterable[str]) -> list[Cell]:
    return [
        Cell(column, words.column(file, column), row.values.get(column) or "", row.meanings.get(column, ""))
        for column in columns
    ]


# ---------------------------------------------------------------------- people


@dataclass(frozen=True, slots=True)
class OpenStay:
    """An enrollment that counted, with its project, and our id of it."""

    stay: Stay
    project: Project | None
    enrollment: int | None


@dataclass(frozen=True, slots=True)
class OpenMember:
    """Somebody behind a number. `client` is None where the record is not there any more."""

    member: Member
    client: Client | None
    stays: list[OpenStay]
    change: compare.MemberChange | None = None
    facts: tuple["FactRow", ...] = ()


@dataclass(frozen=True, slots=True)
class People:
    """One page of the people behind a number; `hidden`: how many of them the viewer may not see."""

    page: Page
    value: int
    total: int
    hidden: int

    @property
    def unit(self) -> str:
        """What one of them is."""
        return next((one.member.unit for one in self.page), "person")

    @property
    def clients(self) -> list[int]:
        """Our ids of those whose names are on the page."""
        return [one.client.pk for one in self.page if one.client is not None]


def sight(known: Records) -> MaySee | None:
    """Which enrollments the viewer may see; None for all."""
    return None if known.user.sees_all else known.may_see


def people(user: User, folder: Path, file: str, row: Row, number: object) -> People:
    """One page of the people behind a row, as far as the viewer may see them."""
    counted = {"value": 0, "total": 0, "hidden": 0}
    known = Records(user, folder)

    def read(limit: int, offset: int) -> tuple[list[OpenMember], int]:
        found = members.members(folder, file, row.values, limit=limit, offset=offset, may_see=sight(known))
        counted.update(value=found.value, total=found.total, hidden=found.hidden)
        return _opened(known, found.members), found.total - found.hidden

    page = paged(number, PEOPLE_ON_A_PAGE, read)
    return People(page, **counted)


def flagged(user: User, folder: Path, flag: Flag, number: object) -> People:
    """One page of the people whom a flag is about, as far as the viewer may see them."""
    counted = {"value": 0, "total": 0, "hidden": 0}
    known = Records(user, folder)

    def read(limit: int, offset: int) -> tuple[list[OpenMember], int]:
        found = members.flagged(folder, flag, limit=limit, offset=offset, may_see=sight(known))
        counted.update(value=found.value, total=found.total, hidden=found.hidden)
        return _opened(known, found.members), found.total - found.hidden

    page = paged(number, PEOPLE_ON_A_PAGE, read)
    return People(page, **counted)


def _opened(known: Records, found: Iterable[Member]) -> list[OpenMember]:
    found = list(found)
    stays = [stay for member in found for stay in member.stays]
    clients = known.people(member.personal_id for member in found)
    projects = known.projects(stay.project_id for stay in stays)
    enrollments = known.enrollments(stay.enrollment_id for stay in stays)
    return [
        OpenMember(
            member,
            clients.get(member.personal_id),
            [
                OpenStay(stay, projects.get(stay.project_id), enrollments.get(stay.enrollment_id))
                for stay in member.stays
            ],
        )
        for member in found
    ]


# ---------------------------------------------------------------------- two reports


@dataclass(frozen=True, slots=True)
class FactRow:
    """A fact that differs, before and after in words. `of`: of which household, exit or enrollment."""

    label: str
    of: str
    before: str
    after: str
    part: str = ""


def fact_rows(facts: Iterable[compare.FactChange]) -> tuple[FactRow, ...]:
    """Facts that differ, as the pages show them."""
    return tuple(
        FactRow(
            fact.label or fact.column,
            f"{_TABLES.get(fact.table, fact.table)} {fact.key}".strip() if fact.key else "",
            _in_words(fact, fact.before, fact.before_meaning),
            _in_words(fact, fact.after, fact.after_meaning),
            fact.part,
        )
        for fact in facts
    )


#: What the facts of a table are about.
_TABLES = {
    "LSAHousehold": "household of", "LSAExit": "exit:", "Enrollment": "enrollment, as the report uses it,",
    "EnrollmentRecord": "enrollment", "Exit": "exit of enrollment", "Nights": "enrollment", "LSAReport": "",
    "LSACalculated": "",
}  # fmt: skip


def _in_words(fact: compare.FactChange, value: str | None, known: str | None) -> str:
    if fact.column == "":
        return "in the report" if value else "not in the report"
    if value is None:
        return "nothing"
    whole = value.removesuffix(".0")
    meaning = known or words.meaning(fact.table, fact.column, whole)
    if meaning:
        return f"{meaning} ({whole})"
    return "not applicable" if whole == "-1" else formats.day(whole)


@dataclass(frozen=True, slots=True)
class PersonChange:
    """Somebody whose facts differ between two reports."""

    change: compare.PersonChange
    client: Client | None
    facts: tuple[FactRow, ...]


@dataclass(frozen=True, slots=True)
class HeadlineRow:
    """A main figure of two reports. `number`: of its row among those that differ; `opens`: whether the rows
    of its file that differ lead to people."""

    figure: compare.Headline
    share_before: float | None
    share_after: float | None
    number: int | None
    opens: bool


def headline(before: Path, after: Path, comparison: compare.Comparison) -> list[HeadlineRow]:
    """The main figures of a comparison, each with where it can be opened."""
    counts = compare.changed_rows(before, after, "LSAReport", limit=100).rows
    numbers = {row.values.get("Column"): number for number, row in enumerate(counts, start=1)}
    differing = {
        one.name for one in comparison.files if one.has_members and (one.came or one.went or one.changed)
    }
    return [
        HeadlineRow(
            one,
            _percent(one.before, one.of_before),
            _percent(one.after, one.of_after),
            numbers.get(one.column) if one.column else None,
            one.file in differing,
        )
        for one in comparison.headline
    ]


def _percent(part: int, whole: int | None) -> float | None:
    return round(100 * part / whole, 1) if whole else None


def changed_rows(before: Path, after: Path, file: str, number: object) -> Page:
    """One page of the rows that came, went or changed."""

    def read(limit: int, offset: int) -> tuple[list[tuple[int, compare.RowChange]], int]:
        found = compare.changed_rows(before, after, file, limit=limit, offset=offset)
        return list(enumerate(found.rows, start=offset + 1)), found.total

    return paged(number, ROWS_ON_A_PAGE, read)


def changed_row(before: Path, after: Path, file: str, number: int) -> compare.RowChange | None:
    """The row of that number among those that changed, from 1."""
    if number < 1:
        return None
    found = compare.changed_rows(before, after, file, limit=1, offset=number - 1)
    return found.rows[0] if found.rows else None


def changed_members(
    user: User, before: Path, after: Path, file: str, change: compare.RowChange, number: object
) -> tuple[People, dict[str, int]]:
    """One page of who came into a row, left it, or changed in it; and how many came, went and changed
    altogether."""
    counted = {"hidden": 0, "came": 0, "went": 0, "changed": 0}
    known = Records(user, before, after)

    def read(limit: int, offset: int) -> tuple[list[OpenMember], int]:
        found = compare.changed_members(
            before, after, file, change.values, limit=limit, offset=offset, may_see=sight(known)
        )
        counted.update(hidden=found.hidden, came=found.came, went=found.went, changed=found.changed)
        opened = _opened(known, [one.member for one in found.members])
        return [
            OpenMember(one.member, one.client, one.stays, changed, fact_rows(changed.facts))
            for one, changed in zip(opened, found.members, strict=True)
        ], found.came + found.went + found.changed - found.hidden

    page = paged(number, PEOPLE_ON_A_PAGE, read)
    total = counted["came"] + counted["went"] + counted["changed"]
    return People(page, total, total, counted["hidden"]), counted


def changed_people(user: User, before: Path, after: Path, number: object) -> People:
    """One page of everybody whose facts differ."""
    counted = {"total": 0, "hidden": 0}
    known = Records(user, before, after)

    def read(limit: int, offset: int) -> tuple[list[PersonChange], int]:
        found = compare.changed_people(before, after, limit=limit, offset=offset, may_see=sight(known))
        counted.update(total=found.total, hidden=found.hidden)
        clients = known.people(one.personal_id for one in found.people)
        changes = [
            PersonChange(one, clients.get(one.personal_id), fact_rows(one.facts)) for one in found.people
        ]
        return changes, found.total - found.hidden

    page = paged(number, PEOPLE_ON_A_PAGE, read)
    return People(page, counted["total"], counted["total"], counted["hidden"])
