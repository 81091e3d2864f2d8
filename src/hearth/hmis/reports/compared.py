"""What differs between two reports, as the pages show it: figures, rows, and the people behind them as far as
the viewer may see their records."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.core.paginator import Page

from hearth.hmis.access.models import User
from hearth.hmis.clients.models import Client
from hearth.hmis.reports import words
from hearth.hmis.reports.figures import share
from hearth.hmis.reports.opening import ROWS_ON_A_PAGE, paged
from hearth.hmis.reports.people import OpenMember, opened, sight
from hearth.hmis.reports.queries import named
from hearth.hmis.reports.records import Records
from hearth.hmis.ui import formats
from hearth.reporting.opening import compare

PEOPLE_ON_A_PAGE = 20


@dataclass(frozen=True, slots=True)
class ChangedMember:
    """Somebody who came into a row, left it, or counts otherwise in it."""

    one: OpenMember
    change: compare.MemberChange
    facts: tuple["FactRow", ...]

    @property
    def client(self) -> Client | None:
        """Who it is, where the record is there."""
        return self.one.client


@dataclass(frozen=True, slots=True)
class Changed:
    """One page of people who differ; `hidden`: how many of them the viewer may not see."""

    page: Page
    total: int
    hidden: int

    @property
    def clients(self) -> list[int]:
        """Our ids of those whose names are on the page."""
        return [client.pk for client in (one.client for one in self.page) if client is not None]


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
            _of(fact),
            _in_words(fact, fact.before, fact.before_meaning),
            _in_words(fact, fact.after, fact.after_meaning),
            fact.part,
        )
        for fact in facts
    )


def _of(fact: compare.FactChange) -> str:
    if not fact.key:
        return ""
    if fact.column == "" and fact.table in _WHOLE_ROWS:
        return _WHOLE_ROWS[fact.table].format(fact.key)
    return f"{_TABLES.get(fact.table, fact.table)} {fact.key}".strip()


#: Which of them a whole row is, after what it is.
_WHOLE_ROWS = {
    "LSAHousehold": "of {}", "LSAExit": "({})", "Enrollment": "{} as the report uses it",
    "EnrollmentRecord": "{}", "Exit": "of enrollment {}", "Nights": "of enrollment {}",
}  # fmt: skip
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
        return "blank"
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
            share(one.before, one.of_before),
            share(one.after, one.of_after),
            numbers.get(one.column) if one.column else None,
            one.file in differing,
        )
        for one in comparison.headline
    ]


def changed_rows(user: User, before: Path, after: Path, file: str, number: object) -> Page:
    """One page of the rows that came, went or changed: number, row, and what it says with the names of
    projects."""

    def read(limit: int, offset: int) -> tuple[list[tuple[int, compare.RowChange, str]], int]:
        found = compare.changed_rows(before, after, file, limit=limit, offset=offset)
        said = titles(user, before, after, found.rows)
        return [
            (place, row, title)
            for place, (row, title) in enumerate(zip(found.rows, said, strict=True), start=offset + 1)
        ], found.total

    return paged(number, ROWS_ON_A_PAGE, read)


def titles(user: User, before: Path, after: Path, rows: Sequence[compare.RowChange]) -> list[str]:
    """What the rows say, with names of projects for their keys as far as the viewer sees them."""
    keys = {row.values.get("ProjectID") for row in rows} - {None}
    known = Records(user, before, after).projects(key for key in keys if key)
    said = (
        named(row.title, key, known.get(key or ""))
        for row, key in ((row, row.values.get("ProjectID")) for row in rows)
    )
    return [title[:1].upper() + title[1:] for title in said]


def changed_row(before: Path, after: Path, file: str, number: int) -> compare.RowChange | None:
    """The row of that number among those that changed, from 1."""
    if number < 1:
        return None
    found = compare.changed_rows(before, after, file, limit=1, offset=number - 1)
    return found.rows[0] if found.rows else None


def changed_members(
    user: User, before: Path, after: Path, file: str, change: compare.RowChange, number: object
) -> tuple[Changed, dict[str, int]]:
    """One page of who came into a row, left it, or changed in it; and how many came, went and changed
    altogether."""
    counted = {"hidden": 0, "came": 0, "went": 0, "changed": 0}
    known = Records(user, before, after)

    def read(limit: int, offset: int) -> tuple[list[ChangedMember], int]:
        found = compare.changed_members(
            before, after, file, change.values, limit=limit, offset=offset, may_see=sight(known)
        )
        counted.update(hidden=found.hidden, came=found.came, went=found.went, changed=found.changed)
        people = opened(known, [one.member for one in found.members])
        return [
            ChangedMember(one, changed, fact_rows(changed.facts))
            for one, changed in zip(people, found.members, strict=True)
        ], found.came + found.went + found.changed - found.hidden

    page = paged(number, PEOPLE_ON_A_PAGE, read)
    total = counted["came"] + counted["went"] + counted["changed"]
    return Changed(page, total, counted["hidden"]), counted


def changed_people(
    user: User, before: Path, after: Path, number: object
) -> tuple[compare.Comparison, Changed]:
    """The comparison, and one page of everybody whose facts differ."""
    kept: list[compare.Comparison] = []
    counted = {"total": 0, "hidden": 0}
    known = Records(user, before, after)

    def read(limit: int, offset: int) -> tuple[list[PersonChange], int]:
        comparison, found = compare.compare_with_people(
            before, after, limit=limit, offset=offset, may_see=sight(known)
        )
        kept[:] = [comparison]
        counted.update(total=found.total, hidden=found.hidden)
        clients = known.people(one.personal_id for one in found.people)
        changes = [
            PersonChange(one, clients.get(one.personal_id), fact_rows(one.facts)) for one in found.people
        ]
        return changes, found.total - found.hidden

    page = paged(number, PEOPLE_ON_A_PAGE, read)
    return kept[0], Changed(page, counted["total"], counted["hidden"])
