"""What must hold for every report of the registry, in each of its scopes, without code of its own.

What needs the database is in `tests/hmis/reports/test_standing_of_database.py`: the export and the database
give the same report, and who may not see all gets one as if the rest were not there.
"""

import csv
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from hearth.reporting import engine
from hearth.reporting.making import leave, parameters_of, prepare
from hearth.reporting.opening import members
from hearth.reporting.opening.facts import Member
from hearth.reporting.runtime import registry, ties
from hearth.reporting.runtime.parameters import Parameters
from hearth.reporting.runtime.report import Report, ReportFile
from hearth.reporting.runtime.run import RunRecord, run_steps
from tests.sizes import LONG, seeds, size

from .lsa.random_world import random_world
from .lsa.world import COC, REGISTRY, Row, Rows, stage_rows

pytestmark = pytest.mark.long

FAMILIES = size(16, 40)
GONE = "2026-01-01 10:00:00"
YEARS = 28  # so that weekdays and leap days fit
PROJECTS = ("ES", "NBN", "PSH", "RRH", "TH")
#: A report of the guide, too: what holds for any folder must hold for one that declares next to nothing.
EXAMPLE = Path(__file__).parent / "open_stays"


@dataclass(frozen=True)
class Asked:
    """A report in one of its scopes."""

    report: Report
    scope: str

    def parameters(self, years: int = 0) -> Parameters:
        one_day = self.scope in self.report.one_day_scopes
        start, end = (date(2026, 1, 28),) * 2 if one_day else (date(2025, 10, 1), date(2026, 9, 30))
        return parameters_of(
            self.report,
            self.scope,
            coc=COC,
            start=start.replace(year=start.year + years),
            end=end.replace(year=end.year + years),
            projects=PROJECTS if self.scope in self.report.project_scopes else (),
            made_at=datetime(2026 + years, 11, 2, 8, 30),
        )


EVERY = [
    Asked(report, scope)
    for report in (*registry.reports().values(), Report(EXAMPLE))
    for scope in report.scopes or ("",)
]


@pytest.fixture(scope="module", params=EVERY, ids=lambda one: f"{one.report.name} {one.scope}".strip())
def asked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    """The report, and the one of the guide where the registry finds it."""
    folder = tmp_path_factory.mktemp("reports")
    for report in (*registry.reports().values(), Report(EXAMPLE)):
        (folder / report.name).symlink_to(report.folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "FOLDER", folder)
        registry.reports.cache_clear()
        one: Asked = request.param
        yield replace(one, report=registry.by_name(one.report.name))
    registry.reports.cache_clear()


@pytest.fixture(scope="module")
def world() -> Rows:
    return random_world(11, FAMILIES)


@pytest.fixture(scope="module")
def whole(asked: Asked, world: Rows, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(asked, world, tmp_path_factory.mktemp("whole") / "out")


def make(asked: Asked, rows: Rows, out: Path, years: int = 0) -> Path:
    report, parameters = asked.report, asked.parameters(years)
    kind = parameters.kind or next(iter(report.kinds))
    with engine.connected(threads=1) as connection:
        stage_rows(connection, rows)
        prepare(report, connection, parameters)
        run_steps(connection, report.steps_of(report.files_of(kind)))
        record = RunRecord(kind, "test", report.year, parameters.recorded(), "test", "0")
        leave(report, connection, parameters, record, out, keep=True)
    return out


def files(folder: Path) -> dict[str, bytes]:
    """What does not tell one run from another."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix in (".csv", ".zip")}


def numbers(asked: Asked, folder: Path) -> dict[str, Counter[tuple[str | None, ...]]]:
    """File → dimensions of its rows → what they count."""
    found = {}
    for name in asked.report.opened_files:
        file = asked.report.file(name)
        rows = members.rows(folder, name, limit=100_000).rows
        found[name] = Counter({tuple(row.values[one] for one in file.dimensions): row.count for row in rows})
    return found


def everywhere(rows: Rows, change: Callable[[str, str, Row], object]) -> Rows:
    """All cells that have a value, changed: by file, column and row."""
    return {
        table: [
            {column: value if value is None else change(table, column, row) for column, value in row.items()}
            for row in some
        ]
        for table, some in rows.items()
    }


def is_key(column: str) -> bool:
    return column.endswith("ID") and column not in ("UserID", "ExportID")


def test_there_is_something_to_count(asked: Asked, whole: Path) -> None:
    found = numbers(asked, whole)
    assert found and sum(1 for rows in found.values() if any(rows.values())) >= len(found) / 2


def test_the_same_input_gives_the_same_bytes(asked: Asked, whole: Path, world: Rows, tmp_path: Path) -> None:
    assert files(make(asked, world, tmp_path / "out")) == files(whole)


def test_a_number_is_as_many_as_stand_behind_it(asked: Asked, whole: Path) -> None:
    for name in asked.report.opened_files:
        rows = members.rows(whole, name, limit=100_000).rows
        for row in rows[:: max(1, len(rows) // size(3, 12))]:
            page = members.members(whole, name, row.values, limit=3)
            assert page.value == row.count, (name, row.values)


def test_nobody_is_shown_whose_records_may_not_all_be_seen(asked: Asked, whole: Path) -> None:
    """Behind every number: who rests on an enrollment that the viewer may not see is a count to them."""
    shown = hidden = 0
    for name in asked.report.opened_files:
        rows = [row for row in members.rows(whole, name, limit=100_000).rows if row.count]
        for row in rows[:: max(1, len(rows) // 4)]:
            everybody = members.members(whole, name, row.values, limit=10_000)
            named = {one for member in everybody.members for one in enrollments_of(member)}
            closed = set(sorted(named)[::3])
            page = members.members(
                whole, name, row.values, limit=10_000, may_see=lambda ids, closed=closed: set(ids) - closed
            )
            assert (page.value, page.hidden + len(page.members)) == (everybody.value, everybody.total)
            assert all(closed.isdisjoint(enrollments_of(member)) for member in page.members)
            nobody = members.members(whole, name, row.values, limit=10_000, may_see=lambda ids: ())
            assert (nobody.members, nobody.hidden) == ((), everybody.total)
            shown, hidden = shown + len(page.members), hidden + page.hidden
    assert shown and hidden


def enrollments_of(member: Member) -> set[str]:
    return {*member.enrollment_ids, *(stay.enrollment_id for stay in member.stays)}


def of_another_coc(world: Rows) -> Rows:
    """Everybody once more, under other IDs, in other projects of another CoC."""

    def elsewhere(table: str, column: str, row: Row) -> object:
        if column in ("CoCCode", "EnrollmentCoC"):
            return "XX-509"
        return f"Z{row[column]}" if is_key(column) else row[column]

    return everywhere(world, elsewhere)


def deleted(world: Rows, fresh: bool) -> Rows:
    """Every row once more, deleted: under a new key, in the records of others; or under its own."""
    rng = random.Random(5)
    found: Rows = {}
    for table, rows in world.items():
        key = REGISTRY.file(table).key
        others = rng.sample(rows, len(rows)) if fresh else rows
        found[table] = [
            row
            | ({key: f"{row[key]}gone"} if fresh else {})
            | {one.name: other.get(one.name) for one in REGISTRY.file(table).columns if one.references}
            | {"DateDeleted": GONE}
            for row, other in zip(rows, others, strict=True)
            if "DateDeleted" in REGISTRY.file(table)
        ]
    return found


#: Rows beside those of the world that change nothing, wherever they stand.
BESIDE: dict[str, Callable[[Rows], Rows]] = {
    "the same in another order": lambda world: {table: [] for table in world},
    "of another CoC": of_another_coc,
    "deleted, new": lambda world: deleted(world, fresh=True),
    "deleted, twice": lambda world: deleted(world, fresh=False),
}


@pytest.mark.parametrize("seed", seeds(1, 3))
@pytest.mark.parametrize("beside", [list(BESIDE), *([one] for one in BESIDE if LONG)], ids=" and ".join)
def test_what_changes_nothing(
    asked: Asked, whole: Path, world: Rows, tmp_path: Path, beside: list[str], seed: int
) -> None:
    """All at once, and in the long run one by one."""
    rng = random.Random(seed)
    more = [BESIDE[one](world) for one in beside]
    rows = {table: some + [row for one in more for row in one[table]] for table, some in world.items()}
    shuffled = {table: rng.sample(some, len(some)) for table, some in rows.items()}
    assert files(make(asked, shuffled, tmp_path / "out")) == files(whole)


def test_to_delete_is_to_leave_out(asked: Asked, whole: Path, world: Rows, tmp_path: Path) -> None:
    """Deleted and missing, one row in twelve of every file, whatever belongs to it."""
    rng = random.Random(6)
    marked: Rows = {}
    missing: Rows = {}
    for table, rows in world.items():
        some = table not in ("Project", "ProjectCoC", "Organization")  # the chosen ones must be there
        gone = set(rng.sample(range(len(rows)), len(rows) // 12 if some else 0))
        marked[table] = [row | {"DateDeleted": GONE} if n in gone else row for n, row in enumerate(rows)]
        missing[table] = [row for n, row in enumerate(rows) if n not in gone]
    without = files(make(asked, marked, tmp_path / "deleted"))
    assert without == files(make(asked, missing, tmp_path / "missing"))
    assert without != files(whole)


def test_names_of_keys_do_not_matter(asked: Asked, whole: Path, world: Rows, tmp_path: Path) -> None:
    """In the same order, because a tie that no value decides is broken by the order of keys."""
    out, names = make_renamed(asked, world, tmp_path / "out", lambda key: f"k{key}")
    assert without_keys(asked.report, out, names) == without_keys(asked.report, whole)


@pytest.fixture(scope="module")
def untied(asked: Asked, world: Rows, tmp_path_factory: pytest.TempPathFactory) -> tuple[Rows, Path]:
    """The world with rows for ties, without what the ties are about; and its report."""
    tied = with_ties(world)
    ties = ties_of(asked, tied)
    assert {of for of, _ in ties} <= ties_declared(asked.report)
    rows = without_ties(asked, tied, ties)
    assert len(rows["Enrollment"]) > len(tied["Enrollment"]) * 2 / 3
    return rows, make(asked, rows, tmp_path_factory.mktemp("untied") / "whole")


@pytest.mark.parametrize("seed", range(2))
def test_the_order_of_keys_decides_the_ties_that_are_counted_and_nothing_else(
    asked: Asked, untied: tuple[Rows, Path], tmp_path: Path, seed: int
) -> None:
    """Without what the ties are about, the report is the same under names in any order, and has none."""

    def anyhow(key: str) -> str:
        return f"{random.Random(f'{seed} {key}').randrange(10**6):06}{key}"

    rows, whole = untied
    assert ties_of(asked, renamed(rows, anyhow), anyhow) == []
    out, names = make_renamed(asked, rows, tmp_path / "out", anyhow)
    assert without_keys(asked.report, out, names) == without_keys(asked.report, whole)


def make_renamed(
    asked: Asked, rows: Rows, out: Path, name: Callable[[str], str]
) -> tuple[Path, dict[str, str]]:
    """The report of the rows under other keys; and what each key was called before."""
    names = {
        name(value): value
        for some in rows.values()
        for row in some
        for column, value in row.items()
        if is_key(column) and value is not None
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(globals(), "PROJECTS", tuple(map(name, PROJECTS)))
        return make(asked, renamed(rows, name), out), names


def renamed(rows: Rows, name: Callable[[str], str]) -> Rows:
    return everywhere(rows, lambda _, column, row: name(str(row[column])) if is_key(column) else row[column])


#: A project of the same kind elsewhere.
_ANOTHER = {"ES": "ES2", "PSH": "PSH2", "RRH": "RRH2", "TH": "THlate"}


def with_ties(rows: Rows) -> Rows:
    """The rows, and beside some of them one that is alike but for its key and what it says: exits, stays of
    households with all that belongs to them, and of projects their CoC records and participations."""
    exits, stays = (
        rows["Exit"],
        [row["HouseholdID"] for row in rows["Enrollment"] if row["RelationshipToHoH"] == 1],
    )
    again = set(map(str, stays[::5]))
    inside = [row for row in rows["Enrollment"] if str(row["HouseholdID"]) in again]
    ids = {row["EnrollmentID"] for row in inside}

    def another(row: Row, *keys: str, **values: object) -> Row:
        return row | {key: f"{row[key]}b" for key in keys} | values

    return rows | {
        "Exit": [
            *exits,
            *(another(row, "ExitID", Destination=116) for row in exits[::9]),
            *(
                another(row, "EnrollmentID", ExitID=f"{row['ExitID']}c", Destination=410)
                for row in exits
                if row["EnrollmentID"] in ids
            ),
        ],
        "Enrollment": [
            *rows["Enrollment"],
            *(
                another(
                    row,
                    "EnrollmentID",
                    "HouseholdID",
                    LivingSituation=101,
                    ProjectID=_ANOTHER.get(str(row["ProjectID"]), row["ProjectID"]),
                )
                for row in inside
            ),
        ],
        "ProjectCoC": [
            *(
                row | ({"GeographyType": 2} if row["ProjectID"] in _ANOTHER.values() else {})
                for row in rows["ProjectCoC"]
            ),
            *(another(row, "ProjectCoCID", GeographyType=3) for row in rows["ProjectCoC"][::9]),
        ],
        "HMISParticipation": [
            *rows["HMISParticipation"],
            *(
                another(row, "HMISParticipationID", HMISParticipationStatusEndDate="2026-05-31")
                for row in rows["HMISParticipation"][::12]
            ),
        ],
    }


def ties_declared(report: Report) -> set[str]:
    every = report.steps_of(report.files)
    return {tie.words for step in every for tie in step.ties}


def without_ties(asked: Asked, rows: Rows, found: list[tuple[str, str]]) -> Rows:
    """The rows without what a tie is about, as `found`, until there is none: enrollments, or a project's
    further CoC records."""
    while found:
        about = {key for _, one in found for key in one.split("|")}
        stays = [
            row
            for row in rows["Enrollment"]
            if about.isdisjoint((row["EnrollmentID"], row["HouseholdID"], row["PersonalID"]))
        ]
        there: set[object] = set()
        places = []
        for row in rows["ProjectCoC"]:
            if row["ProjectID"] not in about & there:
                places.append(row)
            there.add(row["ProjectID"])
        assert len(stays) + len(places) < len(rows["Enrollment"]) + len(rows["ProjectCoC"])
        rows = rows | {"Enrollment": stays, "ProjectCoC": places}
        found = ties_of(asked, rows)
    return rows


def ties_of(asked: Asked, rows: Rows, name: Callable[[str], str] = lambda key: key) -> list[tuple[str, str]]:
    """Of what the ties are, and what each is about, as the steps of `ties.counting` find them."""
    report = asked.report
    with pytest.MonkeyPatch.context() as patch, engine.connected(threads=1) as connection:
        patch.setitem(globals(), "PROJECTS", tuple(map(name, PROJECTS)))
        parameters = asked.parameters()
        stage_rows(connection, rows)
        prepare(report, connection, parameters)
        steps = report.steps_of(report.files_of(parameters.kind or next(iter(report.kinds))))
        run_steps(connection, [*steps, *ties.counting(steps, report.ties)])
        return [
            (step.ties[number].words, one)
            for step in steps
            if step.ties
            for number, one in engine.rows(connection, f"SELECT DISTINCT Tie, One FROM {step.name}_ties")
        ]


def without_keys(report: Report, folder: Path, names: Mapping[str, str] | None = None) -> dict[str, Any]:
    """How often each row is in each of the files, with the keys as they were called before."""
    return {file.name: Counter(_rows(file, folder, names or {})) for file in report.files}


def _rows(file: ReportFile, folder: Path, names: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    with (folder / f"{file.name}.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            yield tuple(names.get(value, value) if is_key(column) else value for column, value in row.items())


def test_everybody_twice_counts_twice(asked: Asked, whole: Path, world: Rows, tmp_path: Path) -> None:
    """All people once more, under other IDs, in the same projects; averages stay."""
    projects = ("Organization", "Project", "ProjectCoC", "Inventory", "HMISParticipation", "Funder", "User")
    others = everywhere(
        world,
        lambda _, column, row: f"Z{row[column]}" if is_key(column) and column != "ProjectID" else row[column],
    )
    both = {table: rows if table in projects else [*rows, *others[table]] for table, rows in world.items()}
    once, twice = numbers(asked, whole), numbers(asked, make(asked, both, tmp_path / "out"))
    for name, rows in once.items():
        file = asked.report.file(name)
        assert rows.keys() == twice[name].keys()
        for key, count in rows.items():
            row = dict(zip(file.dimensions, key, strict=True))
            if not named(asked.report, "free_when_doubled", name, row):
                times = 1 if named(asked.report, "stays_when_doubled", name, row) else 2
                assert twice[name][key] == times * count, (name, row)


def named(report: Report, law: str, file: str, row: dict[str, str | None]) -> bool:
    """Whether report.yaml names the row under this law: file → column → values and ranges."""
    for column, values in report.laws.get(law, {}).get(file, {}).items():
        for one in str(values).split():
            first, _, last = one.partition("-")
            if row[column] == one or (last and row[column] in map(str, range(int(first), int(last) + 1))):
                return True
    return False


def test_all_days_later(asked: Asked, whole: Path, world: Rows, tmp_path: Path) -> None:
    """The same world and report 28 years later has the same numbers."""

    def later(table: str, column: str, row: Row) -> object:
        file, value = REGISTRY.file(table), str(row[column])
        if column not in file or file.column(column).type not in ("D", "T"):
            return row[column]
        return f"{int(value[:4]) + YEARS}{value[4:]}"

    moved = make(asked, everywhere(world, later), tmp_path / "out", YEARS)
    assert numbers(asked, moved) == numbers(asked, whole)
