"""The people behind a number: of any row of LSAPerson, LSAHousehold, LSAExit or LSACalculated, and of the
counts of LSAReport.

    page = rows(folder, "LSACalculated", {"ReportRow": "55", "Universe": "11"}, limit=50, offset=0)
    row = page.rows[0]           # row.values: column → text as in the CSV; row.title: what it counts
    people = members(folder, "LSACalculated", row.values, limit=50, offset=0, may_see=may_see)
    for member in people.members:
        member.personal_id, member.enrollment_ids, member.facts, member.section, member.why

`folder` is a bundle with kept tables (see `bundle`). A member is what the row counts: a person
(LSAPerson, rows 53, 55, 56, 57, 920), a household, named by its head (LSAHousehold, LSAExit, rows 1 to 136,
54, 905, 909), or an enrollment (the other rows of section 10). The predicates are those of the step that
made the number, so `Page.value`, computed anew from the members, equals the number in the file.

What a viewer may see. The engine knows no rights. `may_see` is given EnrollmentIDs of the run and answers
with those that the viewer may see; None shows everything. A row is a fact about its members that can come
from any of their enrollments (a household is in "fleeing domestic violence" by what one of its members told
one project), so a member is shown only if *all* enrollments that it rests on may be seen; `Page.hidden` says
how many are not shown. `may_see` is asked once a page for all members of the row, so that `total` and
`hidden` are exact.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

FILES = ("LSAReport", "LSAPerson", "LSAHousehold", "LSAExit", "LSACalculated")
"""The files whose rows can be opened; the other seven are about projects and have no people."""

MaySee = Callable[[Sequence[str]], Collection[str]]
"""From EnrollmentIDs those that the viewer may see."""


class NoSuchRow(Exception):
    """The file, column or row is not one of this run; says which, never a value about a client."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing known about a member. `label` says what it is, `meaning` what its code stands for, both in
    words; `meaning` is None for a number or a day, which speak for themselves."""

    name: str
    value: str | None
    label: str
    meaning: str | None = None


@dataclass(frozen=True, slots=True)
class Stay:
    """An enrollment that counted, as the report used it (3.3, 3.4): dates may differ from those recorded."""

    enrollment_id: str
    personal_id: str
    household_id: str
    project_id: str
    project_type: str
    entry: date | None
    move_in: date | None
    exit: date | None
    """The day of exit; the last night is the one before. None while open."""


@dataclass(frozen=True, slots=True)
class Member:
    """What a row counted. `unit` is person, household or enrollment; of a household, `personal_id` is the
    head of household. `why` is one sentence; `section` names the specification's section behind it."""

    unit: str
    personal_id: str
    household_ids: tuple[str, ...]
    enrollment_ids: tuple[str, ...]
    stays: tuple[Stay, ...]
    facts: tuple[Fact, ...]
    section: str
    why: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page of members. `value` is the number of the row, computed from all its members; `total` how many
    members the row has, `hidden` how many of them the viewer may not see (they are on no page)."""

    value: int
    total: int
    hidden: int
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a file. `number` counts from 1 in the order of the CSV; `values` are the CSV's cells, None
    where empty; `meanings` are the words for those that are codes; `title` says in one line what the row
    counts; `count` is RowTotal or Value."""

    number: int
    values: Mapping[str, str | None]
    meanings: Mapping[str, str]
    title: str
    count: int


@dataclass(frozen=True, slots=True)
class Rows:
    """A page of rows; `total` is how many there are altogether under the same condition."""

    total: int
    rows: tuple[Row, ...]


def rows(
    folder: Path,
    file: str,
    where: Mapping[str, str | None] | None = None,
    *,
    limit: int = 50,
    offset: int = 0,
) -> Rows:
    """Rows of one of `FILES` whose columns equal the values of `where` (as text, None for empty).

    For LSAReport each count is a row of its own: `values` has `Column` (such as NoCoC) and `Value`.
    Raises `BundleError`, or `NoSuchRow` for an unknown file or column.
    """
    raise NotImplementedError


def row(folder: Path, file: str, number: int) -> Row:
    """The row of that number, from 1. Raises `NoSuchRow`."""
    raise NotImplementedError


def choices(folder: Path, file: str, column: str) -> tuple[tuple[str, str], ...]:
    """The values that a column has in the file with their words, for a filter; in order of the value."""
    raise NotImplementedError


def members(
    folder: Path,
    file: str,
    values: Mapping[str, str | None],
    *,
    limit: int = 50,
    offset: int = 0,
    may_see: MaySee | None = None,
) -> Page:
    """The members of the row with these `values`: those of `Row.values`. RowTotal, Value and ReportID count
    for nothing, and a dimension that is missing is empty. In the order of PersonalID, then of EnrollmentID.

    Raises `BundleError`; `NoSuchRow` for an unknown file or column, or a row that this run does not have.
    """
    raise NotImplementedError
