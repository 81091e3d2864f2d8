"""The people behind a number: of any row of LSAPerson, LSAHousehold, LSAExit or LSACalculated, and of the
counts of LSAReport.

    page = rows(folder, "LSACalculated", {"ReportRow": "55", "Universe": "11"}, limit=50, offset=0)
    row = page.rows[0]           # row.values: column → text as in the CSV; row.title: what it counts
    people = members(folder, "LSACalculated", row.values, limit=50, offset=0, may_see=may_see)
    for member in people.members:
        member.personal_id, member.enrollment_ids, member.facts, member.section, member.why
    flagged(folder, flag, limit=50, offset=0, may_see=may_see)    # the people of a flag of `preflight`
    under(folder, condition, choose=choose, may_see=may_see)    # those of all rows that fulfil a condition

`folder` is a bundle with kept tables (see `bundle`). A member is what the row counts: a person
(LSAPerson, rows 53, 55, 56, 57, 920), a household, named by its head (LSAHousehold, LSAExit, rows 1 to 136,
54, 905, 909), or an enrollment (the other rows of section 10). The predicates are those of the step that
made the number, so `Page.value`, computed anew from the members, equals the number in the file.

What a viewer may see. The engine knows no rights. `may_see` is given EnrollmentIDs of the run and answers
with those that the viewer may see; None shows everything. A row is a fact about its members that can come
from any of their enrollments (a household is in "fleeing domestic violence" by what one of its members told
one project), so a member is shown only if *all* enrollments that it rests on may be seen: of the people in
the households concerned, all that the report read. `Page.hidden` says how many are not shown. `may_see` is
asked once a page for all members of the row, so that `total` and `hidden` are exact.

`choose`, where given, takes the place of `limit` and `offset`: it is given all members that may be seen, as
short lines, and answers with the numbers of those to describe, in the order in which they are wanted.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import units
from .bundle import Bundle, open_bundle
from .facts import Fact, Line, Member, Stay, lines, members_of_page
from .preflight import Flag, opened
from .rows import (
    FILES,
    PROJECT_FILES,
    NoSuchRow,
    Row,
    Rows,
    check_opens,
    choices,
    dimensions_of,
    equal,
    row,
    rows,
)
from .units import Condition
from .words import words

__all__ = [
    "FILES",
    "PROJECT_FILES",
    "Choose",
    "Condition",
    "Fact",
    "Line",
    "MaySee",
    "Member",
    "NoSuchRow",
    "Page",
    "Row",
    "Rows",
    "Stay",
    "check_opens",
    "choices",
    "flagged",
    "members",
    "row",
    "rows",
    "under",
]

MaySee = Callable[[Sequence[str]], Collection[str]]
"""From EnrollmentIDs those that the viewer may see."""

Choose = Callable[[Sequence[Line]], Sequence[int]]
"""From all members that may be seen the numbers of those to describe, in the order wanted."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of members. `value` is the number of the row, computed from all its members; `total` how many
    members the row has, `hidden` how many of them the viewer may not see (they are on no page)."""

    value: int
    total: int
    hidden: int
    members: tuple[Member, ...]


def members(
    folder: Path,
    file: str,
    values: Mapping[str, str | None],
    *,
    limit: int = 50,
    offset: int = 0,
    may_see: MaySee | None = None,
    choose: Choose | None = None,
) -> Page:
    """The members of the row with these `values`: those of `Row.values`. RowTotal, Value and ReportID count
    for nothing, and a dimension that is missing is empty. In the order of PersonalID, then of EnrollmentID.

    Raises `BundleError`; `NoSuchRow` for an unknown file or column, or a row that this run does not have.
    """
    equal(file, values)  # refuses unknown columns
    if file not in FILES:
        raise NoSuchRow(f"The rows of {file} are about projects and have no people.")
    wanted = {column: values.get(column) for column in dimensions_of(file)}
    with open_bundle(folder, at_once=False) as bundle:
        try:
            found = units.find(bundle, file, wanted)
        except NoSuchRow:
            if file == "LSAReport" and wanted["Column"] in words().counts:
                return Page(0, 0, 0, ())  # a count is there even where it is of nobody
            raise
        return _page(bundle, file, wanted, found, choose or _window(limit, offset), may_see)


def flagged(
    folder: Path,
    flag: Flag,
    *,
    limit: int = 50,
    offset: int = 0,
    may_see: MaySee | None = None,
    choose: Choose | None = None,
) -> Page:
    """The people whom a flag of this run is about, as `members` gives them; nobody for a flag without people.

    Raises `BundleError`; `NoSuchRow` for a flag of another run.
    """
    where = opened(flag)
    if where is None:
        return Page(0, 0, 0, ())
    choose = choose or _window(limit, offset)
    if not isinstance(where, Condition):
        return members(folder, "LSACalculated", where, may_see=may_see, choose=choose)
    return under(folder, where, may_see=may_see, choose=choose)


def under(folder: Path, where: Condition, *, may_see: MaySee | None = None, choose: Choose) -> Page:
    """The members of all rows that fulfil a condition. Raises `BundleError`; `NoSuchRow` where that is
    nobody."""
    with open_bundle(folder, at_once=False) as bundle:
        found = units.find_where(bundle, where.file, where.wanted, where.where)
        return _page(bundle, where.file, where.wanted, found, choose, may_see)


def _window(limit: int, offset: int) -> Choose:
    first, last = max(0, offset), max(0, offset) + max(0, limit)
    return lambda every: [line.number for line in every[first:last]]


def _page(
    bundle: Bundle,
    file: str,
    wanted: Mapping[str, str | None],
    found: units.Found,
    choose: Choose,
    may_see: MaySee | None,
) -> Page:
    """The chosen of the units that stand on the bundle's connection."""
    hidden = units.hide(bundle.connection, may_see) if may_see is not None else 0
    every = lines(bundle.connection)
    numbers = choose(every)
    units.keep(bundle.connection, numbers)
    described = {one.number: one for one in members_of_page(bundle.connection, file, wanted, found)}
    chosen = tuple(described[number] for number in numbers)
    return Page(found.value, len(every) + hidden, hidden, chosen)
