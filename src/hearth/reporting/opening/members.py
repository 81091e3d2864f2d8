"""The people behind a number: of any row of a file that counts people, such as LSAPerson or LSACalculated.

    page = rows(folder, "LSACalculated", {"ReportRow": "55", "Universe": "11"}, limit=50, offset=0)
    row = page.rows[0]           # row.values: column → text as in the CSV; row.title: what it counts
    people = members(folder, "LSACalculated", row.values, limit=50, offset=0, may_see=may_see)
    for member in people.members:
        member.personal_id, member.enrollment_ids, member.facts, member.section, member.why
    flagged(folder, flag, limit=50, offset=0, may_see=may_see)    # the people of a flag
    under(folder, condition, choose=choose, may_see=may_see)    # those of all rows that fulfil a condition

`folder` is a bundle with kept tables (see `bundle`). A member is what the row counts: a person, a household,
named by its head, or an enrollment (the report's facts.yaml says which). The predicates are those of the
step that made the number, so `Page.value`, computed anew from the members, equals the number in the file.

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

from hearth.reporting.runtime.flags import JSON, Flag, declared_flag
from hearth.reporting.runtime.flags import flags as written_flags
from hearth.reporting.runtime.labels import labels_of

from . import counted_units
from .bundle import Bundle, BundleError, NoSuchRow, open_bundle, record_of, report_of
from .counted_units import Condition
from .facts import Line, Member, lines, members_of_page
from .own import Fact, Stay, own_of
from .rows import Row, Rows, choices, equal, listed_file, row, rows

__all__ = [
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
    "choices",
    "flagged",
    "flags",
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
    with open_bundle(folder, at_once=False) as bundle:
        known = listed_file(bundle.report, file)
        equal(known, values)  # refuses unknown columns
        if known.records:
            raise NoSuchRow(f"The rows of {file} are records and have no people.")
        wanted = {column: values.get(column) for column in known.dimensions}
        try:
            found = counted_units.find(bundle, file, wanted)
        except NoSuchRow:
            if known.each and wanted[known.each] in labels_of(bundle.report).counts:
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
    if not flag.has_people:
        return Page(0, 0, 0, ())
    report = report_of(record_of(folder))
    declared = declared_flag(report, flag.id)
    if declared is None or declared.people is None or declared.people.file != flag.people.get("file"):
        raise BundleError(
            "This flag was found by another version of Hearth. Run the report again to open it."
        )
    choose = choose or _window(limit, offset)
    where = own_of(report).flag_rows(flag, declared)
    if not isinstance(where, Condition):
        return members(folder, declared.people.file, where, may_see=may_see, choose=choose)
    return under(folder, where, may_see=may_see, choose=choose)


def under(folder: Path, where: Condition, *, may_see: MaySee | None = None, choose: Choose) -> Page:
    """The members of all rows that fulfil a condition. Raises `BundleError`; `NoSuchRow` where that is
    nobody."""
    with open_bundle(folder, at_once=False) as bundle:
        found = counted_units.find_where(bundle, where.file, where.wanted, where.where)
        return _page(bundle, where.file, where.wanted, found, choose, may_see)


def flags(folder: Path) -> tuple[Flag, ...]:
    """The flags of a run, errors first. Raises `BundleError` when the folder is not a run, or an old one."""
    record_of(folder)
    try:
        return written_flags(folder)
    except (OSError, ValueError) as error:
        raise BundleError(f"{folder / JSON} cannot be read. Run the report again.") from error


def _window(limit: int, offset: int) -> Choose:
    first, last = max(0, offset), max(0, offset) + max(0, limit)
    return lambda every: [line.number for line in every[first:last]]


def _page(
    bundle: Bundle,
    file: str,
    wanted: Mapping[str, str | None],
    found: counted_units.Found,
    choose: Choose,
    may_see: MaySee | None,
) -> Page:
    """The chosen of the units that stand on the bundle's connection."""
    hidden = counted_units.hide(bundle, may_see) if may_see is not None else 0
    every = lines(bundle)
    numbers = choose(every)
    counted_units.keep(bundle.connection, numbers)
    described = {one.number: one for one in members_of_page(bundle, file, wanted, found)}
    chosen = tuple(described[number] for number in numbers)
    return Page(found.value, len(every) + hidden, hidden, chosen)
