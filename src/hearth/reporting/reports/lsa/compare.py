"""Two runs side by side: which rows came, went or changed, which people did it, and what changed about them.

    comparison = compare(before, after)
    for file in comparison.files: file.name, file.came, file.went, file.changed, file.same
    changes = changed_rows(before, after, "LSAHousehold", limit=50, offset=0)
    people = changed_members(before, after, "LSAHousehold", changes.rows[0].values, may_see=may_see)
    everyone = changed_people(before, after, limit=50, offset=0, may_see=may_see)

Both folders are bundles with kept tables. Runs of another report, CoC, scope or choice of projects are
refused; other dates and other inputs are what a comparison is for. `may_see` is that of `members`: a person
is shown only if all enrollments behind both runs' facts may be seen; `hidden` counts the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .members import MaySee, Member


class NotComparable(Exception):
    """The runs are not of the same kind; says in what they differ."""


@dataclass(frozen=True, slots=True)
class FileChanges:
    """How many rows of a file came, went, changed their count, and stayed the same; and whether the file's
    rows can be opened with `changed_members`."""

    name: str
    came: int
    went: int
    changed: int
    same: int
    has_members: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """The summary. `parameters` are those that differ (such as start and end): name → before, after;
    `people` is how many people's facts differ, came or went (LSAPerson's and LSAHousehold's)."""

    before: Path
    after: Path
    same_input: bool
    parameters: Mapping[str, tuple[str, str]]
    files: tuple[FileChanges, ...]
    people: int


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row by its dimensions. `before` and `after` are RowTotal or Value, None where there is no row."""

    values: Mapping[str, str | None]
    title: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class RowChanges:
    """A page of changed rows, the greatest difference first."""

    total: int
    rows: tuple[RowChange, ...]


@dataclass(frozen=True, slots=True)
class FactChange:
    """A fact of a person that differs between the runs. `table` says of what: LSAPerson, LSAHousehold,
    LSAExit or Enrollment, `key` of which (HHType, Cohort, EnrollmentID; '' for LSAPerson)."""

    table: str
    key: str
    column: str
    label: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class MemberChange:
    """A member that is in the row in one run only. `came`: in the later one. `facts` say why."""

    came: bool
    member: Member
    facts: tuple[FactChange, ...]


@dataclass(frozen=True, slots=True)
class MemberChanges:
    """A page of members that came or went; `came` and `went` are how many altogether."""

    came: int
    went: int
    hidden: int
    members: tuple[MemberChange, ...]


@dataclass(frozen=True, slots=True)
class PersonChange:
    """A person whose facts differ. `presence` is came, went or both (in both runs)."""

    personal_id: str
    presence: str
    facts: tuple[FactChange, ...]


@dataclass(frozen=True, slots=True)
class PeopleChanges:
    """A page of people in the order of PersonalID."""

    total: int
    hidden: int
    people: tuple[PersonChange, ...]


def compare(before: Path, after: Path) -> Comparison:
    """The summary. Raises `BundleError` and `NotComparable`."""
    raise NotImplementedError


def changed_rows(before: Path, after: Path, file: str, *, limit: int = 50, offset: int = 0) -> RowChanges:
    """Rows that came, went or changed. Raises `BundleError`, `NotComparable`, `NoSuchRow` for the file."""
    raise NotImplementedError


def changed_members(
    before: Path,
    after: Path,
    file: str,
    values: Mapping[str, str | None],
    *,
    limit: int = 50,
    offset: int = 0,
    may_see: MaySee | None = None,
) -> MemberChanges:
    """Who came into the row or left it, and why. Raises as `members` does."""
    raise NotImplementedError


def changed_people(
    before: Path,
    after: Path,
    *,
    limit: int = 50,
    offset: int = 0,
    may_see: MaySee | None = None,
) -> PeopleChanges:
    """Everybody whose facts differ between the runs, with what differs."""
    raise NotImplementedError
