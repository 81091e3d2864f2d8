"""What must hold for any input of the LSA, beside what holds for every report (`test_standing.py`): parts
make totals, scopes agree."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from hearth.reporting import engine
from hearth.reporting.engine import Connection
from hearth.reporting.outputs import upload
from hearth.reporting.reports.lsa.parameters import LsaParameters, Scope
from hearth.reporting.runtime import registry

from .random_world import random_world
from .world import COC, Row, Rows, rows_of, run, stage_rows

LSA = registry.by_name("lsa")

PARAMETERS = LsaParameters(
    coc=COC,
    start=date(2025, 10, 1),
    end=date(2026, 9, 30),
    scope=Scope.SYSTEMWIDE,
    made_at=datetime(2026, 11, 2, 8, 30),
)
FILES = LSA.files
FAMILIES = 120


@dataclass
class Made:
    """The tables of a report and the bytes of its files."""

    connection: Connection
    files: dict[str, bytes]

    def rows(self, sql: str) -> list[Row]:
        return rows_of(self.connection, sql)

    def value(self, sql: str) -> Any:
        return engine.scalar(self.connection, sql)


def made(rows: Rows, parameters: LsaParameters, folder: Path) -> Iterator[Made]:
    folder.mkdir()
    with engine.connected(threads=1) as connection:
        stage_rows(connection, rows)
        run(connection, parameters, [file.table for file in FILES])
        upload.write(connection, LSA.files, {file.name for file in FILES}, folder, "all.zip")
        yield Made(connection, {path.name: path.read_bytes() for path in folder.iterdir()})


@pytest.fixture(scope="module")
def world() -> Rows:
    return random_world(11, FAMILIES)


@pytest.fixture(scope="module")
def whole(world: Rows, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    yield from made(world, PARAMETERS, tmp_path_factory.mktemp("whole") / "out")


def again(rows: Rows, parameters: LsaParameters, folder: Path) -> dict[str, bytes]:
    return next(made(rows, parameters, folder)).files


# --- parts and totals --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("total", "parts"),
    [
        ("SELECT sum(RowTotal) FROM lsa_person", "SELECT UnduplicatedClient FROM lsa_report"),
        (
            "SELECT sum(RowTotal) FROM lsa_person",
            "SELECT count(DISTINCT PersonalID) FROM lsa_enrollment WHERE Active = 1",
        ),
        (
            "SELECT sum(RowTotal) FROM lsa_household",
            "SELECT count(DISTINCT (HoHID, ActiveHHType)) FROM lsa_household_active WHERE Active = 1",
        ),
        ("SELECT sum(RowTotal) FROM lsa_exit", "SELECT count(*) FROM lsa_exit_qualifying"),
        (
            "SELECT HouseholdEntry FROM lsa_report",
            "SELECT sum(Value) FROM lsa_calculated WHERE ReportRow = 909",
        ),
        ("SELECT ClientEntry FROM lsa_report", "SELECT sum(Value) FROM lsa_calculated WHERE ReportRow = 910"),
        (
            "SELECT AdultHoHEntry FROM lsa_report",
            "SELECT sum(Value) FROM lsa_calculated WHERE ReportRow = 911",
        ),
        (
            "SELECT ClientExit FROM lsa_report",
            "SELECT sum(Value) + (SELECT count(*) FROM lsa_quality_stay WHERE ExitDate > DATE '2026-09-30')"
            " FROM lsa_calculated WHERE ReportRow = 912",  # see 10.11 in the list of choices
        ),
        (
            "SELECT DisablingCond FROM lsa_report",
            "SELECT sum(Value) FROM lsa_calculated WHERE ReportRow = 913",
        ),
        (
            "SELECT LivingSituation FROM lsa_report",
            "SELECT sum(Value) FROM lsa_calculated WHERE ReportRow = 914",
        ),
        (
            "SELECT LengthOfStay FROM lsa_report",
            "SELECT sum(Value) FROM lsa_calculated WHERE ReportRow = 915",
        ),
    ],
)
def test_parts_make_the_total(whole: Made, total: str, parts: str) -> None:
    assert whole.value(total) == whole.value(parts) > 0


Key = tuple[Any, ...]


def counts(made: Made, report_row: int) -> dict[Key, dict[int, dict[int, int]]]:
    """(cohort, universe, project) → population → household type → value."""
    found: defaultdict[Key, dict[int, dict[int, int]]] = defaultdict(dict)
    for row in made.rows(f"SELECT * FROM lsa_calculated WHERE ReportRow = {report_row}"):
        key = (row["Cohort"], row["Universe"], row["ProjectID"])
        found[key].setdefault(row["Population"], {})[row["HHType"]] = row["Value"]
    return found


def test_counts_are_those_of_people_and_households_in_residence(whole: Made) -> None:
    """Rows 53 and 54 for everybody, counted one by one."""
    people: defaultdict[Key, set[str]] = defaultdict(set)
    households: defaultdict[Key, set[str]] = defaultdict(set)
    cohorts = {1: "AIR", 10: "PITOctober", 11: "PITJanuary", 12: "PITApril", 13: "PITJuly"}
    universes = {
        0: (10, 11, 16),
        1: (10, 11, 16),
        8: (10, 12, 16),
        2: (10, 13, 16),
        13: (10, 14),
        3: (10, 15),
    }
    heads = {row["HouseholdID"]: row["HoHID"] for row in whole.rows("SELECT * FROM lsa_household_active")}
    for stay in whole.rows("SELECT * FROM lsa_enrollment WHERE AIR = 1"):
        for cohort in (number for number, column in cohorts.items() if stay[column] == 1):
            for universe in universes[stay["LSAProjectType"]]:
                for kind in (0, stay["ActiveHHType"]):
                    key = (cohort, universe, stay["ProjectID"] if universe == 10 else None, kind)
                    people[key].add(stay["PersonalID"])
                    households[key].add(f"{heads[stay['HouseholdID']]} {stay['ActiveHHType']}")
    for report_row, expected in ((53, people), (54, households)):
        found = {
            (*key, kind): value
            for key, populations in counts(whole, report_row).items()
            for kind, value in populations[0].items()
        }
        assert found == {key: len(some) for key, some in expected.items()}


def test_households_of_all_types_are_the_sum_of_the_types(whole: Made) -> None:
    found = counts(whole, 54)
    assert found
    for populations in found.values():
        for of_type in populations.values():
            if 0 in of_type:
                assert of_type[0] == sum(value for kind, value in of_type.items() if kind != 0)


@pytest.mark.parametrize("report_row", [53, 55, 56, 57])
def test_people_and_nights_of_all_types_are_at_most_the_sum(whole: Made, report_row: int) -> None:
    found = counts(whole, report_row)
    assert found
    for populations in found.values():
        for of_type in populations.values():
            types = [value for kind, value in of_type.items() if kind != 0]
            if 0 in of_type:
                assert max(types) <= of_type[0] <= sum(types)


@pytest.mark.parametrize(("report_row", "of_all"), [(53, 53), (54, 54), (55, 53), (56, 56), (57, 56)])
def test_no_population_is_larger_than_all(whole: Made, report_row: int, of_all: int) -> None:
    everybody = counts(whole, of_all)
    for key, populations in counts(whole, report_row).items():
        for of_type in populations.values():
            for kind, value in of_type.items():
                assert 0 < value <= everybody[key][0][kind]


def test_a_part_of_a_population_is_in_both(whole: Made) -> None:
    """5054 is who is in 50 and in 54."""
    parts = 0
    for (_, universe, _), populations in counts(whole, 55).items():
        for number, of_type in populations.items():
            if number > 5000:
                for kind, value in of_type.items():
                    assert universe != 10 and value <= populations[number // 100][kind]
                    assert value <= populations[number % 100][kind]
                    parts += 1
    assert parts


def test_ages_and_races_exclude_each_other(whole: Made) -> None:
    everybody = counts(whole, 53)
    for key, populations in counts(whole, 55).items():
        for group in (range(86, 97), range(56, 71)):
            assert (
                sum(populations[number][0] for number in group if number in populations)
                <= everybody[key][0][0]
            )


def test_a_quarterly_night_has_no_more_people_than_the_year(whole: Made) -> None:
    found = counts(whole, 53)
    nights = [key for key in found if key[0] >= 10]
    assert nights
    for _, universe, project in nights:
        for number, of_type in found[_, universe, project].items():
            for kind, value in of_type.items():
                assert value <= found[1, universe, project][number][kind]


def test_shelter_and_transitional_housing_together(whole: Made) -> None:
    found = counts(whole, 53)
    for cohort in (1, 10, 11, 12, 13):
        single = [
            found[cohort, universe, None][0][0]
            for universe in (11, 12, 13)
            if (cohort, universe, None) in found
        ]
        assert max(single) <= found[cohort, 16, None][0][0] <= sum(single)


# --- scopes ------------------------------------------------------------------------------------------------


def without(rows: Rows, project: str) -> Rows:
    return {**rows, "Enrollment": [row for row in rows["Enrollment"] if row["ProjectID"] != project]}


def test_all_projects_chosen_is_the_whole_system(world: Rows, tmp_path: Path) -> None:
    """Where no household of the CoC is in a project that lists another CoC only."""
    rows = without(world, "ESelsewhere")
    for system in made(rows, PARAMETERS, tmp_path / "system"):
        listed = tuple(
            row["ProjectID"]
            for row in system.rows("SELECT ProjectID FROM lsa_project WHERE ProjectType NOT IN (9, 10)")
        )
        chosen = again(rows, replace(PARAMETERS, scope=Scope.PROJECT, projects=listed), tmp_path / "chosen")
        for name, content in system.files.items():
            if name not in ("LSAReport.csv", "all.zip"):
                assert chosen[name] == content, name


def test_counts_of_a_chosen_project_are_those_of_the_whole_system(
    whole: Made, world: Rows, tmp_path: Path
) -> None:
    projects = ("ES", "NBN", "PSH", "RRHgap")
    for chosen in made(world, replace(PARAMETERS, scope=Scope.PROJECT, projects=projects), tmp_path / "out"):
        people = "SELECT DISTINCT PersonalID FROM lsa_person_facts"
        everybody = {row["PersonalID"] for row in whole.rows(people)}
        assert {row["PersonalID"] for row in chosen.rows(people)} < everybody
        for report_row in (53, 54, 56):
            all_of_them, some = counts(whole, report_row), counts(chosen, report_row)
            of_projects = {key for key in some if key[1] == 10}
            assert {key[2] for key in of_projects} <= set(projects)
            assert of_projects == {key for key in all_of_them if key[2] in projects}
            for key in of_projects:
                assert some[key][0] == all_of_them[key][0]


def test_nobody_is_in_residence_who_is_not_active(whole: Made) -> None:
    for table in ("lsa_household_active", "lsa_enrollment"):
        assert whole.value(f"SELECT count(*) FROM {table} WHERE AIR = 1") > 0
        assert whole.value(f"SELECT count(*) FROM {table} WHERE AIR = 1 AND Active = 0") == 0


DAYS = "ESDays THDays ESTDays SystemHomelessDays Other3917Days TotalHomelessDays"


def test_time_in_the_system_of_chosen_projects_is_that_of_the_whole_system() -> None:
    """Time homeless of everybody; the days of every household that was there without a break."""
    of_people = (
        "SELECT t.* FROM lsa_ch_time AS t JOIN lsa_person_facts AS p USING (PersonalID) WHERE p.HoHAdult > 0"
    )
    of_households = (
        "SELECT h.*, i.LastInactive, h.FirstEntry > s.First AS CameFromElsewhere FROM lsa_hoh_detail AS h"
        " JOIN lsa_hoh_inactive AS i USING (HoHID, HHType)"
        " JOIN (SELECT HoHID, ActiveHHType AS HHType, min(EntryDate) AS First FROM lsa_household_active"
        " WHERE SystemActive = 1 GROUP BY ALL) AS s USING (HoHID, HHType)"
    )
    rows = random_world(11, 300)
    people: dict[Scope, dict[Any, Row]] = {}
    households: dict[Scope, dict[Any, Row]] = {}
    for scope, projects in ((Scope.SYSTEMWIDE, ()), (Scope.PROJECT, ("ES", "NBN", "ES2", "TH"))):
        with engine.connected(threads=1) as connection:
            stage_rows(connection, rows)
            run(
                connection,
                replace(PARAMETERS, scope=scope, projects=projects),
                ["lsa_hoh_detail", "lsa_ch_time"],
            )
            people[scope] = {row["PersonalID"]: row for row in rows_of(connection, of_people)}
            households[scope] = {
                (row["HoHID"], row["HHType"]): row for row in rows_of(connection, of_households)
            }
    for person, row in people[Scope.PROJECT].items():
        assert row == people[Scope.SYSTEMWIDE][person]
    came_from_elsewhere = 0
    for household, row in households[Scope.PROJECT].items():
        system = households[Scope.SYSTEMWIDE][household]
        assert row["LastInactive"] >= system["LastInactive"]
        housed = system["RRHHousedDays"] or system["PSHHousedDays"]  # those are of the chosen projects alone
        if row["LastInactive"] == system["LastInactive"] and not housed:
            came_from_elsewhere += row["CameFromElsewhere"]
            assert [row[one] for one in DAYS.split()] == [system[one] for one in DAYS.split()]
    assert came_from_elsewhere > 3
