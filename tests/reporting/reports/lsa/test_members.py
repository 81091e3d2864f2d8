"""Who is behind a number, why, and who may see it: on a small invented system, and on HUD's sample."""

import random
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from hearth.reporting import engine
from hearth.reporting.making import How, make
from hearth.reporting.opening.bundle import open_bundle
from hearth.reporting.opening.members import NoSuchRow, choices, members, row, rows
from hearth.reporting.reports.lsa.parameters import LsaParameters, Scope
from hearth.reporting.runtime import registry
from hearth.reporting.runtime.labels import labels_of
from tests.reference_data import SAMPLE, reference_data
from tests.sizes import size

from .bundles import bundle_of, bundle_of_rows
from .random_world import random_world
from .world import parameters_of

LSA = registry.by_name("lsa")

# Una, a veteran, fled with her child Ole; Bo is alone and told nothing; Ada left years ago and came back.
WORLD: dict[str, Any] = {
    "Client": {"Una": {"VeteranStatus": 1}, "Ole": {"DOB": "2019-03-01"}, "Bo": {}, "Ada": {}},
    "Enrollment": [
        {"PersonalID": "Una", "ProjectID": "ES1", "EntryDate": "2026-01-05", "HouseholdID": "H1"},
        {"PersonalID": "Ole", "HouseholdID": "H1", "EntryDate": "2026-01-05", "RelationshipToHoH": 2},
        {"PersonalID": "Una", "ProjectID": "RRH1", "EntryDate": "2024-02-01", "ExitDate": "2024-03-01"},
        {"PersonalID": "Bo", "ProjectID": "NBN1", "EntryDate": "2026-04-28", "ExitDate": "2026-05-03",
         "Nights": "2026-04-28..2026-05-01", "LivingSituation": None, "DisablingCondition": 99},
        {"PersonalID": "Ada", "ProjectID": "ES1", "EntryDate": "2024-01-01", "ExitDate": "2024-01-21",
         "Destination": 116},
        {"PersonalID": "Ada", "ProjectID": "TH1", "EntryDate": "2024-03-01", "ExitDate": "2025-11-30"},
    ],
    "HealthAndDV": [
        {"EnrollmentID": "Una1", "InformationDate": "2026-01-05", "DomesticViolenceSurvivor": 1,
         "CurrentlyFleeing": 1, "DataCollectionStage": 1},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bundle_of(tmp_path_factory.mktemp("bundle") / "out", WORLD)


def the_row(folder: Path, file: str, **where: Any):
    found = rows(folder, file, {column: str(value) for column, value in where.items()})
    assert found.total == 1, [one.title for one in found.rows]
    return found.rows[0]


def calculated(folder: Path, **where: Any):
    given = {"Universe": 16, "Cohort": 1, "Population": 0, "HHType": 0, "SystemPath": -1} | where
    return the_row(folder, "LSACalculated", **given)


def test_the_people_of_a_count_and_why(folder: Path) -> None:
    line = calculated(folder, ReportRow=53, Population=19)
    assert line.title == (
        "People by characteristics of the household; household fleeing domestic violence; in ES, SH or TH"
    )
    page = members(folder, "LSACalculated", line.values)
    assert (page.value, page.total, page.hidden) == (line.count, 2, 0) == (2, 2, 0)
    assert [one.personal_id for one in page.members] == ["Ole", "Una"]
    una = page.members[1]
    assert una.unit == "person" and una.household_ids == ("H1",) and una.enrollment_ids == ("Una1",)
    assert una.section == "9.3"
    assert (
        una.why == "In residence during the report: project ES1 (ES, entry and exit), since January 5, 2026."
    )
    said = {fact.name: fact for fact in una.facts}
    assert said["HHFleeingDV"].meaning == "fleeing domestic violence" and said["VetStatus"].value == "1"


def test_the_nights_of_a_person(folder: Path) -> None:
    line = calculated(folder, ReportRow=56, Universe=11)
    page = members(folder, "LSACalculated", line.values)
    nights = {
        one.personal_id: {fact.name: fact.value for fact in one.facts}["Nights"] for one in page.members
    }
    stayed = str((date(2026, 10, 1) - date(2026, 1, 5)).days)
    assert nights == {"Bo": "4", "Ole": stayed, "Una": stayed}
    assert page.value == line.count == sum(int(one) for one in nights.values())


def test_a_household_has_its_days_and_all_its_members(folder: Path) -> None:
    line = calculated(folder, ReportRow=1, Universe=-1, HHType=2)
    page = members(folder, "LSACalculated", line.values)
    (una,) = page.members
    assert una.unit == "household" and una.personal_id == "Una"
    assert una.enrollment_ids == ("Ole1", "Una1")
    assert una.why == f"{line.count} days of this household are in the average." and page.value == line.count


def test_an_exit_says_where_and_when(folder: Path) -> None:
    line = the_row(folder, "LSAExit", Cohort=-2, ExitFrom=2)
    (ada,) = members(folder, "LSAExit", line.values).members
    assert ada.why == (
        "Exit from ES on January 21, 2024 (Place not meant for habitation (e.g., a vehicle, an"
        " abandoned building, bus/train/subway station/airport or anywhere outside));"
        " returned to homelessness after 40 days."
    )
    assert ada.enrollment_ids == ("Ada1",) and ada.section == "7.13"


def test_a_fault_is_an_enrollment_with_what_is_missing(folder: Path) -> None:
    line = the_row(folder, "LSACalculated", ReportRow=914, ProjectID="NBN1")
    page = members(folder, "LSACalculated", line.values)
    (bo,) = page.members
    assert (bo.unit, bo.enrollment_ids, bo.section) == ("enrollment", ("Bo1",), "10.13")
    assert {fact.name: fact.value for fact in bo.facts} == {"LivingSituation": None, "RelationshipToHoH": "1"}


def test_a_count_of_the_report_is_a_row(folder: Path) -> None:
    line = the_row(folder, "LSAReport", Column="DisablingCond")
    assert (line.count, line.title) == (1, "Enrollments without an answer on disabling condition")
    (bo,) = members(folder, "LSAReport", line.values).members
    assert bo.personal_id == "Bo" and bo.facts[0].meaning == "Data not collected"
    nobody = members(folder, "LSAReport", {"Column": "NoCoC"})
    assert (nobody.value, list(nobody.members)) == (0, [])


@pytest.mark.parametrize(
    ("hidden_one", "seen"),
    [
        (None, ["Ole", "Una"]),
        ("Una2", []),  # another stay of Una's: what the household is may come from there
        ("Ole1", []),
        ("Bo1", ["Ole", "Una"]),
    ],
)
def test_a_member_is_shown_only_if_all_it_rests_on_may_be_seen(
    folder: Path, hidden_one: str | None, seen: list[str]
) -> None:
    asked: list[str] = []

    def may_see(enrollments: Sequence[str]) -> list[str]:
        asked.extend(enrollments)
        return [one for one in enrollments if one != hidden_one]

    line = calculated(folder, ReportRow=53, Population=19)
    page = members(folder, "LSACalculated", line.values, may_see=may_see)
    assert [one.personal_id for one in page.members] == seen
    assert (page.value, page.total, page.hidden) == (2, 2, 2 - len(seen))
    assert sorted(asked) == ["Ole1", "Una1", "Una2"]


def test_pages_divide_the_members(folder: Path) -> None:
    line = calculated(folder, ReportRow=53)
    whole = members(folder, "LSACalculated", line.values).members
    parts = [members(folder, "LSACalculated", line.values, limit=1, offset=n).members for n in range(4)]
    assert [one for part in parts for one in part] == list(whole)
    assert members(folder, "LSACalculated", line.values, limit=5, offset=99).members == ()


@pytest.mark.parametrize(
    ("file", "values"),
    [
        ("Project", {"ProjectID": "ES1"}),
        ("LSACalculated", {"ReportRow": "53", 'Cohort" OR 1=1 --': "1"}),
        ("LSACalculated", {"ReportRow": "53' OR 1=1 --"}),
        ("LSACalculated", {"ReportRow": "53", "Cohort": "77"}),
        ("LSACalculated", {"ReportRow": "\ud800"}),
        ("LSACalculated", {"ReportRow": "53\x00"}),
        ("LSAReport", {"Column": "ReportID"}),
        ("LSAPerson", {}),
    ],
)
def test_what_is_not_there_is_refused(folder: Path, file: str, values: dict[str, str]) -> None:
    with pytest.raises(NoSuchRow) as said:
        members(folder, file, values)
    assert not any(value in str(said.value) for value in values.values() if value != "ES1")


def test_a_row_by_its_number_and_the_choices_of_a_column(folder: Path) -> None:
    for number in (1, 3):
        assert (
            row(folder, "LSACalculated", number)
            == rows(folder, "LSACalculated", limit=1, offset=number - 1).rows[0]
        )
    with pytest.raises(NoSuchRow):
        row(folder, "LSACalculated", 0)
    assert ("2", "adults and children") in choices(folder, "LSAHousehold", "HHType")


def test_any_number_may_be_asked_for(folder: Path) -> None:
    line = calculated(folder, ReportRow=53)
    for limit, offset in ((-1, 0), (10**30, 10**30), (5, -7)):
        assert rows(folder, "LSAExit", limit=limit, offset=offset).total > 0
        assert members(folder, "LSACalculated", line.values, limit=limit, offset=offset).total == line.count
    for number in (-1, 0, 10**50):
        with pytest.raises(NoSuchRow):
            row(folder, "LSAExit", number)
    with pytest.raises(NoSuchRow):  # as the file writes it, or not at all
        members(folder, "LSACalculated", line.values | {"ReportRow": "53.0"})


@pytest.mark.parametrize("file", LSA.opened_files)
def test_the_members_of_every_row_give_its_number(folder: Path, file: str) -> None:
    found = rows(folder, file, limit=100_000)
    assert found.total == len(found.rows)
    for line in found.rows if file != "LSACalculated" else found.rows[:: max(1, found.total // 20)]:
        if line.count or file != "LSAReport":
            page = members(folder, file, line.values, limit=2)
            assert page.value == line.count, line.title
            assert page.members and all(one.why.endswith(".") for one in page.members)


# --- on random worlds -------------------------------------------------------------------------------------

REPORTS: list[dict[str, Any]] = [
    {"scope": "systemwide"},
    {"scope": "project", "projects": ["ES", "PSH", "NBN"]},
    {"scope": "hic", "start": date(2026, 1, 28)},
]


@pytest.fixture(scope="module", params=range(len(REPORTS)), ids=[one["scope"] for one in REPORTS])
def random_bundle(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report on families with faulty and unlucky dates, double heads, pauses, deleted rows."""
    folder = tmp_path_factory.mktemp("random") / "out"
    return bundle_of_rows(folder, random_world(40 + request.param), parameters_of(REPORTS[request.param]))


def test_the_rows_of_a_random_world_are_their_members_counted(random_bundle: Path) -> None:
    """For every row of every step that counts: regrouping what it counted gives the table."""
    with open_bundle(random_bundle) as bundle:
        tables = [table for table in LSA.counting() if table in bundle.record.tables]
        assert "lsa_person" in tables and "lsa_calculated_counts" in tables
        for table in tables:
            again = LSA.counting()[table][1]
            columns = ", ".join(engine.name(one) for one in (*again.dimensions, *again.measures))
            sides = (f"SELECT {columns} FROM {table}", f"SELECT {columns} FROM ({again.regrouped()}) AS t")
            for one, other in (sides, sides[::-1]):
                differs = f"SELECT count(*) FROM ({one} EXCEPT ALL {other}) AS t"
                assert engine.scalar(bundle.connection, differs) == 0, table


@pytest.mark.long
@pytest.mark.parametrize("file", LSA.opened_files)
def test_rows_of_a_random_world_can_be_opened(random_bundle: Path, file: str) -> None:
    """Whoever is counted can be named: as many people, households or enrollments as the row says."""
    rng = random.Random(file)
    lines = [one for one in rows(random_bundle, file, limit=100_000).rows if one.count]
    by_kind = {one.values.get("ReportRow", one.number): one for one in rng.sample(lines, len(lines))}
    for line in rng.sample(list(by_kind.values()), min(size(6, 40), len(by_kind))):
        page = members(random_bundle, file, line.values, limit=1000)
        assert page.value == line.count and page.hidden == 0
        number = int(line.values.get("ReportRow") or 0)
        if file != "LSACalculated" or number in (53, 54, 55) or number > 900:
            assert page.total == line.count, line.title
        if number in (56, 57):
            assert sum(int(one.facts[0].value or 0) for one in page.members) == line.count
        if file == "LSACalculated" and (number <= 36 or 63 <= number <= 136):
            days = [int(one.facts[0].value or 0) for one in page.members]
            assert sum(days) // len(days) == line.count
        for one in page.members:
            assert one.enrollment_ids and one.personal_id and one.why


# --- on HUD's sample ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    parameters = LsaParameters(
        coc="XX-501", start=date(2025, 10, 1), end=date(2026, 9, 30), scope=Scope.SYSTEMWIDE,
        made_at=datetime(2026, 11, 2, 8, 30),
    )  # fmt: skip
    out = tmp_path_factory.mktemp("sample") / "out"
    return make(LSA, reference_data(SAMPLE), parameters, out, How("test", keep=True)).folder


@pytest.mark.golden
@pytest.mark.parametrize("file", LSA.opened_files)
def test_rows_of_the_sample_can_be_opened(sample: Path, file: str) -> None:
    rng = random.Random(file)
    total = rows(sample, file, limit=1).total
    kinds = range(total) if file == "LSAReport" else rng.sample(range(total), 3)
    for number in kinds:
        line = row(sample, file, number + 1)
        if line.count:
            page = members(sample, file, line.values, limit=3)
            assert page.value == line.count and 1 <= len(page.members) <= 3
            assert all(one.enrollment_ids and one.section for one in page.members)


@pytest.mark.golden
@pytest.mark.parametrize(
    "report_row", [1, 10, 14, 18, 23, 24, 36, 53, 54, 55, 56, 57, 65, 101, 136, *range(901, 922, 2), 920]
)
def test_each_kind_of_row_of_the_sample_can_be_opened(sample: Path, report_row: int) -> None:
    found = rows(sample, "LSACalculated", {"ReportRow": str(report_row)}, limit=100_000).rows
    for line in found[len(found) // 2 :][:1]:
        page = members(sample, "LSACalculated", line.values, limit=1)
        assert page.value == line.count and page.members[0].facts is not None


@pytest.mark.golden
@pytest.mark.parametrize("file", LSA.opened_files)
def test_every_code_of_the_sample_has_words(sample: Path, file: str) -> None:
    ours = {"ProjectID", "RowTotal", "Value", "ReportID"}
    for column in LSA.file(file).opened_columns:
        if column in ours:
            continue
        without = [code for code, word in choices(sample, file, column) if code == word]
        # a time until coming back of less than 15 days is given as it is
        allowed = {str(day) for day in range(15)} if column == "ReturnTime" else set()
        assert set(without) <= allowed, column
        assert labels_of(LSA).label(file, column) != column
    assert set(LSA.file(file).dimensions) < set(LSA.file(file).opened_columns) or file == "LSAReport"
