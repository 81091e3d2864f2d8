"""Two runs side by side: which rows came, went or changed, which people did it, and what changed about them.

    comparison = compare(before, after)
    for file in comparison.files: file.name, file.came, file.went, file.changed, file.same
    changes = changed_rows(before, after, "LSAHousehold", limit=50, offset=0)
    people = changed_members(before, after, "LSAHousehold", changes.rows[0].values, may_see=may_see)
    everyone = changed_people(before, after, limit=50, offset=0, may_see=may_see)
    corrected = changed_people(before, after, cause="corrected", may_see=may_see)    # a count of `Causes`

Both folders are bundles with kept tables. Runs of another report, CoC, scope or choice of projects are
refused; other dates and other inputs are what a comparison is for. `may_see` is that of `members`: a person
is shown only if all enrollments behind both runs' facts may be seen; `hidden` counts the others. `choose`,
where given, takes the place of `limit` and `offset`, as in `members`; its lines say besides how each differs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hearth import formats
from hearth.reporting import engine
from hearth.reporting.engine import name
from hearth.reporting.runtime.report import Report, ReportFile
from hearth.reporting.runtime.run import RunRecord

from . import counted_units, differences
from .bundle import cells_of, damage_told, kept_record, open_bundle, report_of, scratch
from .differences import Both, Causes, FactChange
from .facts import Line, Member, members_of_page
from .members import MaySee
from .own import Headline, own_of
from .rows import NoSuchRow, equal, opened_file, relation_of, title, window

__all__ = [
    "Causes",
    "ChangedLine",
    "Choose",
    "Comparison",
    "FactChange",
    "FileChanges",
    "Headline",
    "MemberChange",
    "MemberChanges",
    "NotComparable",
    "PeopleChanges",
    "PersonChange",
    "RowChange",
    "RowChanges",
    "changed_members",
    "changed_people",
    "changed_rows",
    "compare",
    "compare_with_people",
]

_KIND = {"coc": "CoC", "scope": "scope", "projects": "choice of projects"}
_OF_THE_RUN = ("made_at", "report_id")
# What differs in every upload, or says nothing of the data.
_STAMPS = ("ExportID", "ReportID", "DateCreated", "DateUpdated", "UserID")


class NotComparable(Exception):
    """The runs are not of the same kind; says in what they differ."""


@dataclass(frozen=True, slots=True)
class FileChanges:
    """How many rows of a file came, went, changed (their count; of a file on projects any cell), and stayed
    the same; and whether the file's rows can be opened with `changed_rows` and `changed_members`."""

    name: str
    came: int
    went: int
    changed: int
    same: int
    has_members: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """The summary. `headline`: main figures, and the counts of data quality that differ. `notices`: what
    makes the two hard to compare, such as another period, in sentences. `parameters` are those that differ
    (such as start and end): name → before, after; `people` is how many people differ in anything, came or
    went, `causes` why.
    """

    before: Path
    after: Path
    same_input: bool
    parameters: Mapping[str, tuple[str, str]]
    files: tuple[FileChanges, ...]
    people: int
    headline: tuple[Headline, ...]
    notices: tuple[str, ...]
    causes: Causes


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
class ChangedLine(Line):
    """Somebody who differs, before it is described. `how` is came, went or changed; `projects`, `entry` and
    `exit` are of all stays that either report has."""

    how: str


Choose = Callable[[Sequence[ChangedLine]], Sequence[int]]
"""From all who differ and may be seen the numbers of those to describe, in the order wanted."""


@dataclass(frozen=True, slots=True)
class MemberChange:
    """A member by which a row differs. `how` is came or went, when it is in the row in one run only, or
    changed, when its days or bed nights (`before`, `after`) are others. `facts` say why: all that differs
    about the person. `member` is as the later run has it, or of one that went the earlier."""

    how: str
    before: int | None
    after: int | None
    member: Member
    facts: tuple[FactChange, ...]


@dataclass(frozen=True, slots=True)
class MemberChanges:
    """A page of members that came, went or changed, in this order; the counts are of all pages."""

    came: int
    went: int
    changed: int
    hidden: int
    members: tuple[MemberChange, ...]


@dataclass(frozen=True, slots=True)
class PersonChange:
    """A person about whom something differs. `presence` is came, went or both (in both runs). `facts`: what
    was recorded, then data quality, then what the report makes of it; `unchanged`: why what was recorded
    changed no figure, in sentences, where it did not."""

    personal_id: str
    presence: str
    facts: tuple[FactChange, ...]
    unchanged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PeopleChanges:
    """A page of people in the order of PersonalID; `total` counts the hidden ones too."""

    total: int
    hidden: int
    people: tuple[PersonChange, ...]


def compare(before: Path, after: Path) -> Comparison:
    """The summary. Raises `BundleError` and `NotComparable`."""
    parameters = _refuse_others(before, after)
    with differences.both(before, after) as runs:
        return _compared(runs, before, after, parameters)


def compare_with_people(
    before: Path, after: Path, *, choose: Choose, may_see: MaySee | None = None
) -> tuple[Comparison, PeopleChanges]:
    """`compare` and `changed_people` at once: both runs are opened one time."""
    parameters = _refuse_others(before, after)
    with differences.both(before, after) as runs:
        comparison = _compared(runs, before, after, parameters)
        return comparison, _people(runs, "", choose, may_see)


def _compared(runs: Both, before: Path, after: Path, parameters: Mapping[str, tuple[str, str]]) -> Comparison:
    files = [
        FileChanges(file.name, *_counts(runs, before, after, file), not file.records)
        for file in runs.report.files
    ]
    people = len(differences.people(runs))
    causes = differences.causes(runs)
    one, other = kept_record(before), kept_record(after)
    with damage_told(before, after):
        headline = own_of(runs.report).headline(before, after, one.report)
    return Comparison(
        before,
        after,
        one.input_sha256 == other.input_sha256,
        parameters,
        tuple(files),
        people,
        headline,
        _notices(one, other),
        causes,
    )


def _notices(one: RunRecord, other: RunRecord) -> tuple[str, ...]:
    """What else than corrections makes the figures differ."""
    first, last = (
        tuple(str(record.parameters.get(name)) for name in ("start", "end")) for record in (one, other)
    )
    found = []
    if first != last:
        found.append(
            f"Different periods: {formats.period(*first)} before, {formats.period(*last)} after."
            " People and figures differ because the time does, and not by corrections alone."
        )
    if first > last:
        found.append("The report that is named first is about the later period.")
    if one.year != other.year:
        found.append(
            f"Made by the standards of different years (FY{one.year} before, FY{other.year} after)."
            " Figures and answers differ because the standards do, and not by corrections alone."
        )
    if one.code_version != other.code_version:
        found.append(
            f"Made by different versions of Hearth ({one.code_version} before, {other.code_version} after)."
        )
    return tuple(found)


def changed_rows(before: Path, after: Path, file: str, *, limit: int = 50, offset: int = 0) -> RowChanges:
    """Rows that came, went or changed. Raises `BundleError`, `NotComparable`, `NoSuchRow` for the file."""
    _refuse_others(before, after)
    report = report_of(kept_record(after))
    known = opened_file(report, file)
    dimensions = known.dimensions
    rows = _side_by_side(report, before, after, known)
    changed = f"SELECT * FROM ({rows}) AS t WHERE Before IS DISTINCT FROM After"
    columns = ", ".join(name(column) for column in dimensions)
    with scratch() as connection, damage_told(before, after):
        total = int(engine.scalar(connection, f"SELECT count(*) FROM ({changed}) AS c"))
        found = engine.rows(
            connection,
            f"SELECT {columns}, Before, After FROM ({changed}) AS c"
            f" ORDER BY abs(coalesce(After, 0) - coalesce(Before, 0)) DESC, {columns}"
            f" {window(limit, offset)}",
        )
    changes = []
    for *cells, old, new in found:
        values = dict(zip(dimensions, cells, strict=True))
        changes.append(RowChange(values, title(report, known, values), old, new))
    return RowChanges(total, tuple(changes))


def changed_members(
    before: Path,
    after: Path,
    file: str,
    values: Mapping[str, str | None],
    *,
    limit: int = 50,
    offset: int = 0,
    may_see: MaySee | None = None,
    choose: Choose | None = None,
) -> MemberChanges:
    """Who came into the row, left it, or counts otherwise in it, and why.

    Raises as `members` does, and `NotComparable`.
    """
    _refuse_others(before, after)
    known = opened_file(report_of(kept_record(after)), file)
    equal(known, values)
    wanted = {column: values.get(column) for column in known.dimensions}
    was, is_now = _keys(before, file, wanted), _keys(after, file, wanted)
    if not was and not is_now:
        raise NoSuchRow(f"{file} of these reports has no such row.")
    how: dict[_Key, str] = dict.fromkeys(sorted(is_now.keys() - was.keys()), "came")
    how |= dict.fromkeys(sorted(was.keys() - is_now.keys()), "went")
    how |= {
        key: "changed" for key in sorted(was.keys() & is_now.keys()) if was[key].amount != is_now[key].amount
    }
    with differences.both(before, after) as runs:
        shown = list(how)
        if may_see is not None:
            seen = differences.visible(runs, [key[0] for key in how], may_see)
            shown = [key for key in how if key[0] in seen]
        every = _lines(runs, [(key[0], how[key], (is_now.get(key) or was[key]).unit) for key in shown])
        chosen = [shown[number - 1] for number in (choose or _window(limit, offset))(every)]
        why = differences.facts(runs, [key[0] for key in chosen])
    older = [key for key in chosen if how[key] == "went"]
    newer = [key for key in chosen if how[key] != "went"]
    found = _members(after, file, wanted, {is_now[key].number: key for key in newer})
    found |= _members(before, file, wanted, {was[key].number: key for key in older})
    changes = tuple(
        MemberChange(
            how[key],
            was[key].amount if key in was else None,
            is_now[key].amount if key in is_now else None,
            found[key],
            why.get(key[0], ()),
        )
        for key in chosen
    )
    many = Counter(how.values())
    return MemberChanges(many["came"], many["went"], many["changed"], len(how) - len(shown), changes)


def changed_people(
    before: Path,
    after: Path,
    *,
    cause: str = "",
    limit: int = 50,
    offset: int = 0,
    may_see: MaySee | None = None,
    choose: Choose | None = None,
) -> PeopleChanges:
    """Everybody about whom anything differs between the runs, each once, with all that differs: over all
    figures and all parts of the report, data quality included, and what was recorded without changing a
    figure. `cause`: of these, those whom this count of `Causes` counts."""
    _refuse_others(before, after)
    with differences.both(before, after) as runs:
        return _people(runs, cause, choose or _window(limit, offset), may_see)


def _people(runs: Both, cause: str, choose: Choose, may_see: MaySee | None) -> PeopleChanges:
    everybody = differences.of_cause(runs, cause) if cause else differences.people(runs)
    seen = set(everybody) if may_see is None else differences.visible(runs, everybody, may_see)
    shown = [person for person in everybody if person in seen]
    presence = differences.presence(runs, shown)
    how = {person: "changed" if one == "both" else one for person, one in presence.items()}
    every = _lines(runs, [(person, how.get(person, "changed"), "person") for person in shown])
    chosen = [shown[number - 1] for number in choose(every)]
    facts = differences.facts(runs, chosen)
    unchanged = own_of(runs.report).unchanged(runs.connection, chosen, facts)
    people = tuple(
        PersonChange(one, presence.get(one, "both"), facts.get(one, ()), unchanged.get(one, ()))
        for one in chosen
    )
    return PeopleChanges(len(everybody), len(everybody) - len(shown), people)


def _lines(runs: Both, members: Sequence[tuple[str, str, str]]) -> list[ChangedLine]:
    """Lines of (PersonalID, how, unit), numbered from 1."""
    stays = differences.stays(runs, [person for person, _, _ in members])
    nothing = ((), None, None)
    return [
        ChangedLine(number, unit, person, None, *stays.get(person, nothing), how)
        for number, (person, how, unit) in enumerate(members, start=1)
    ]


def _window(limit: int, offset: int) -> Choose:
    first, last = max(0, offset), max(0, offset) + max(0, limit)
    return lambda every: [line.number for line in every[first:last]]


def _refuse_others(before: Path, after: Path) -> dict[str, tuple[str, str]]:
    """The parameters that differ; refuses runs of different kinds."""
    one, other = kept_record(before), kept_record(after)
    if one.report != other.report:
        raise NotComparable(f"One report is {one.report.upper()}, the other {other.report.upper()}.")
    for parameter, said in _KIND.items():
        if one.parameters.get(parameter) != other.parameters.get(parameter):
            raise NotComparable(f"The reports are not of the same {said}; choose two that are.")
    names = [name for name in {**one.parameters, **other.parameters} if name not in _OF_THE_RUN]
    return {
        name: (str(one.parameters.get(name)), str(other.parameters.get(name)))
        for name in names
        if one.parameters.get(name) != other.parameters.get(name)
    }


def _side_by_side(report: Report, before: Path, after: Path, file: ReportFile) -> str:
    """The rows of both runs by their dimensions, with their counts."""
    columns = ", ".join(name(column) for column in file.dimensions)
    measure = name(file.measure)
    parts = [
        f"SELECT {columns}, {side} AS Side, CAST({measure} AS BIGINT) AS Number"
        f" FROM ({relation_of(report, folder, file)}) AS r"
        for side, folder in ((0, before), (1, after))
    ]
    return (
        f"SELECT {columns}, max(CASE WHEN Side = 0 THEN Number END) AS Before,"
        f" max(CASE WHEN Side = 1 THEN Number END) AS After"
        f" FROM ({' UNION ALL '.join(parts)}) AS s GROUP BY {columns}"
    )


def _counts(runs: Both, before: Path, after: Path, file: ReportFile) -> tuple[int, int, int, int]:
    """Rows that came, went, changed and stayed the same."""
    sides = (before, after, file)
    rows = _records(*sides) if file.records else _side_by_side(runs.report, *sides)
    found = engine.row(
        runs.connection,
        "SELECT count(CASE WHEN Before IS NULL THEN 1 END), count(CASE WHEN After IS NULL THEN 1 END),"
        " count(CASE WHEN Before <> After THEN 1 END), count(CASE WHEN Before = After THEN 1 END)"
        f" FROM ({rows}) AS t",
    )
    came, went, changed, same = (int(one) for one in found)
    return came, went, changed, same


def _records(before: Path, after: Path, file: ReportFile) -> str:
    """The records of a file by their ID, with all else that both runs say of them."""
    of_both = set(_columns(after, file))
    columns = [one for one in _columns(before, file) if one in of_both]
    said = ", ".join(f"coalesce({name(one)}, '')" for one in columns[1:] if one not in _STAMPS)
    parts = [
        f"SELECT {name(columns[0])} AS Id, {side} AS Side, concat_ws(chr(31), {said}) AS Said"
        f" FROM {cells_of(folder, file.name)}"
        for side, folder in ((0, before), (1, after))
    ]
    return (
        "SELECT Id, max(CASE WHEN Side = 0 THEN Said END) AS Before,"
        " max(CASE WHEN Side = 1 THEN Said END) AS After"
        f" FROM ({' UNION ALL '.join(parts)}) AS s GROUP BY Id"
    )


def _columns(folder: Path, file: ReportFile) -> tuple[str, ...]:
    """The columns of a file in the year of a run."""
    return report_of(kept_record(folder)).file(file.name).columns


_Key = tuple[str, ...]
"""What a member is known by in any run: the person, then household type, EnrollmentID, HouseholdID or ''."""


@dataclass(frozen=True, slots=True)
class _Counted:
    number: int
    amount: int | None
    unit: str


def _keys(folder: Path, file: str, wanted: Mapping[str, str | None]) -> dict[_Key, _Counted]:
    """What a row counts in one run; nothing when the run has no such row."""
    with open_bundle(folder, at_once=False) as bundle:
        try:
            counted_units.find(bundle, file, wanted)
        except NoSuchRow:
            return {}
        found = engine.rows(
            bundle.connection,
            "SELECT u.Number, u.Amount, u.Unit, u.PersonalID, coalesce(CAST(u.HouseholdType AS VARCHAR), ''),"
            " coalesce(u.EnrollmentID, ''), CASE WHEN u.Unit = 'household' AND u.HouseholdType IS NULL"
            " THEN coalesce(h.HouseholdID, '') ELSE '' END"
            " FROM unit AS u JOIN (SELECT Number, min(HouseholdID) AS HouseholdID FROM unit_household"
            " GROUP BY Number) AS h ON h.Number = u.Number",
        )
    return {tuple(key): _Counted(int(number), amount, unit) for number, amount, unit, *key in found}


def _members(
    folder: Path, file: str, wanted: Mapping[str, str | None], keys: Mapping[int, _Key]
) -> dict[_Key, Member]:
    """The members of these numbers, which `_keys` gave."""
    if not keys:
        return {}
    with open_bundle(folder, at_once=False) as bundle:
        found = counted_units.find(bundle, file, wanted)
        engine.run(
            bundle.connection,
            "CREATE OR REPLACE TEMP TABLE unit AS"
            " SELECT * FROM unit WHERE list_contains(?::BIGINT[], Number)",
            [list(keys)],
        )
        chosen = members_of_page(bundle, file, wanted, found)
    return {keys[number]: member for number, member in zip(sorted(keys), chosen, strict=True)}
