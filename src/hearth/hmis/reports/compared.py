"""What differs between two reports, as the pages show it: figures, rows, and the people behind them as far as
the viewer may see their records."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.paginator import Page

from hearth.hmis.access.models import User
from hearth.hmis.clients.models import Client
from hearth.hmis.reports import lsa_columns
from hearth.hmis.reports.figures import share
from hearth.hmis.reports.opening import ROWS_ON_A_PAGE, paged
from hearth.hmis.reports.people import SEARCH, Choice, in_words, opened, visibility
from hearth.hmis.reports.queries import named
from hearth.hmis.reports.records import Records
from hearth.hmis.ui import formats
from hearth.hmis.ui.record_list import Column, Filter, RecordList
from hearth.reporting.opening import compare, members

#: The counts of why people differ, as addresses have them, each with what it says of its people.
CAUSES = {
    "corrected": "Answer or date corrected",
    "added": "New record",
    "removed": "Record removed",
    "others": "Nothing of their own records differs (others of the household, a project or the period do)",
    "without_effect": "Recorded otherwise, and no figure changed",
}
_HOW = {"came": "Added", "went": "Removed", "changed": "Changed"}
_FILTER = Filter("how", "Change", tuple(_HOW.items()))
_MORE: tuple[tuple[Filter, Callable[[Any], str]], ...] = ((_FILTER, lambda line: line.how),)
_COLUMNS = (
    Column("client", "Client"),
    Column("id", "Client ID"),
    Column("personal_id", "PersonalID", sorts=False, starts=False),
    Column("project", "Project"),
    Column("how", "Change"),
    Column("what", "Differences", sorts=False),
)


@dataclass(frozen=True, slots=True)
class ChangedOne:
    """Somebody who differs. `how`: came, went or changed; `before` and `after` their days or nights where
    those are others; `section`: of HUD's text, for who is counted in a row."""

    personal_id: str
    client: Client | None
    unit: str
    projects: list[str]
    how: str
    facts: tuple["FactRow", ...]
    unchanged: tuple[str, ...] = ()
    why: str = ""
    section: str = ""
    before: int | None = None
    after: int | None = None

    @property
    def said(self) -> str:
        """How they differ, in a word."""
        return _HOW[self.how]


@dataclass(frozen=True, slots=True)
class Changed:
    """A list of people who differ; `chosen`: those on the page, or all that a download takes along."""

    shown: RecordList
    chosen: list[ChangedOne]

    @property
    def clients(self) -> list[int]:
        """Our ids of those whose names are given."""
        return [one.client.pk for one in self.chosen if one.client is not None]

    @property
    def hidden(self) -> int:
        """How many the viewer may not see."""
        return self.shown.hidden


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list of people is asked for. `query`: of its address; `words`: searched for, None where they
    are not kept any more."""

    query: Mapping[str, Any]
    path: str
    caption: str
    words: str | None = ""
    can_download: bool = False


@dataclass(frozen=True, slots=True)
class FactRow:
    """A fact that differs, before and after in words. `of`: of which household, exit or enrollment."""

    label: str
    of: str
    before: str
    after: str
    part: str = ""

    @property
    def said(self) -> str:
        """In one line, for a cell."""
        return f"{self.label}{f' {self.of}' if self.of else ''}: {self.before} → {self.after}"


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
    meaning = known or lsa_columns.meaning(fact.table, fact.column, whole)
    if meaning:
        return f"{meaning} ({whole})"
    return "not applicable" if whole == "-1" else formats.day(whole)


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


def row_numbers(before: Path, after: Path, file: str, change: compare.RowChange) -> list[int | None]:
    """The numbers of a row in both reports, by which it opens there; None where a report has no such row."""
    found = [members.rows(folder, file, change.values, limit=1).rows for folder in (before, after)]
    return [rows[0].number if rows else None for rows in found]


def changed_members(
    user: User, before: Path, after: Path, file: str, change: compare.RowChange, listing: Listing
) -> tuple[Changed, dict[str, int]]:
    """Who came into a row, left it, or changed in it; and how many came, went and changed altogether."""
    known = Records(user, before, after)
    choice = _choice(known, listing)
    found = compare.changed_members(
        before, after, file, change.values, choose=choice, may_see=visibility(known)
    )
    people = opened(known, [one.member for one in found.members])
    projects = _projects(choice)
    chosen = [
        ChangedOne(
            one.member.personal_id, one.client, one.member.unit, projects[one.member.personal_id],
            changed.how, fact_rows(changed.facts), (), one.why, one.member.section,
            changed.before if changed.how == "changed" else None,
            changed.after if changed.how == "changed" else None,
        )
        for one, changed in zip(people, found.members, strict=True)
    ]  # fmt: skip
    counted = {"came": found.came, "went": found.went, "changed": found.changed}
    return _listed(choice, listing, chosen, found.hidden), counted


def changed_people(user: User, before: Path, after: Path, cause: str, listing: Listing) -> Changed:
    """Those whom a count of why people differ counts."""
    known = Records(user, before, after)
    choice = _choice(known, listing)
    found = compare.changed_people(before, after, cause=cause, choose=choice, may_see=visibility(known))
    return _listed(choice, listing, _people(known, choice, found), found.hidden)


def compared(user: User, before: Path, after: Path, listing: Listing) -> tuple[compare.Comparison, Changed]:
    """The comparison, and everybody whose facts differ."""
    known = Records(user, before, after)
    choice = _choice(known, listing)
    comparison, found = compare.compare_with_people(before, after, choose=choice, may_see=visibility(known))
    people = _people(known, choice, found)
    return comparison, _listed(choice, listing, people, found.hidden, _NOBODY)


_NOBODY = "Nothing about anybody differs between the two."
_NOBODY_HERE = "Of nobody does this tell the two apart."


def _choice(known: Records, listing: Listing) -> Choice:
    choice = Choice(known, listing.query, listing.words or "", lambda every: list(_COLUMNS), _MORE)
    choice(())
    return choice


def _people(known: Records, choice: Choice, found: compare.PeopleChanges) -> list[ChangedOne]:
    clients = known.people(one.personal_id for one in found.people)
    projects = _projects(choice)
    return [
        ChangedOne(
            one.personal_id, clients.get(one.personal_id), "person", projects[one.personal_id],
            "changed" if one.presence == "both" else one.presence, fact_rows(one.facts), one.unchanged,
        )
        for one in found.people
    ]  # fmt: skip


def _projects(choice: Choice) -> dict[str, list[str]]:
    """By PersonalID the names of the projects of everybody who may be seen."""
    return {
        line.personal_id: [str(choice.projects.get(key, key)) for key in line.projects]
        for line in choice.every
    }


def _listed(
    choice: Choice, listing: Listing, chosen: list[ChangedOne], hidden: int, nobody: str = _NOBODY_HERE
) -> Changed:
    shown = RecordList(
        choice.asked,
        choice.page(chosen),
        listing.caption,
        choice.every[0].unit if choice.every else "person",
        listing.path,
        of=len(choice.every),
        hidden=hidden,
        words=listing.words or "",
        lost=listing.words is None,
        search_label=SEARCH if len(choice.every) > 1 else "",
        can_download=listing.can_download,
        empty=("Nobody", nobody),
    )
    return Changed(shown, chosen)


# ---------------------------------------------------------------------- taken along

HEADINGS = (
    ("client", "Last name"), ("client", "First name"), ("client", "Middle name"), ("client", "Suffix"),
    ("id", "Client ID"), ("personal_id", "PersonalID"), ("client", "Counted as"), ("project", "Projects"),
    ("how", "Change"), ("how", "Before"), ("how", "After"), ("what", "Differences"),
    ("what", "Why no figure changed"), ("what", "Why counted"),
)  # fmt: skip


def cells(changed: Changed) -> Iterator[list[Any]]:
    """The rows of the download, in the order of the list."""
    for one in changed.chosen:
        names = ("last_name", "first_name", "middle_name", "name_suffix")
        yield [
            *(getattr(one.client, name) if one.client else "" for name in names),
            one.client.pk if one.client else None,
            one.client.hud_id if one.client else one.personal_id,
            one.unit,
            "; ".join(one.projects),
            one.said,
            one.before,
            one.after,
            "; ".join(fact.said for fact in one.facts),
            " ".join(in_words(why, {}) for why in one.unchanged),
            one.why,
        ]
