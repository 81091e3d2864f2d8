"""Concepts with many branches against slow and obvious Python, on random rows."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from hearth.reporting import engine
from hearth.reporting.engine import Connection
from tests.reference.lsa.rows import plus_years
from tests.reporting.cases import Row
from tests.reporting.reports.lsa.world import filled, own_tables, rows_of, stage_rows
from tests.sizes import seeds

from .test_cases import give, run_concept

pytestmark = pytest.mark.long

RACES = {
    "AmIndAKNative": 1, "Asian": 2, "BlackAfAmerican": 3, "NativeHIPacific": 4, "White": 5,
    "HispanicLatinao": 6, "MidEastNAfrican": 7,
}  # fmt: skip


@pytest.fixture(scope="module")
def connection() -> Iterator[Connection]:
    with engine.connected(threads=1) as connection:
        yield connection


def found(connection: Connection, concept: str, short: dict[str, Any], **given: list[Row]) -> list[Row]:
    """The rows of a concept, of random rows."""
    with own_tables(connection):
        stage_rows(connection, filled(short))
        for table, rows in given.items():
            give(connection, table, rows)
        run_concept(connection, concept, list(given))
        return rows_of(connection, f"SELECT * FROM {concept}")


def day(draw: random.Random) -> date:
    return date(2000, 1, 1) + timedelta(draw.randrange(11_000))


@pytest.mark.parametrize("seed", seeds(5))
def test_age_is_the_number_of_birthdays(connection: Connection, seed: int) -> None:
    draw = random.Random(seed)
    born = {f"P{number}": day(draw) for number in range(300)}
    born |= {f"L{year}": date(year, 2, 29) for year in range(2000, 2028, 4)}
    days = {
        person: draw.choice([day(draw), plus_years(birth, draw.randint(0, 30))])
        for person, birth in born.items()
    }
    moments = [
        {"EnrollmentID": who, "PersonalID": who, "Moment": str(shift), "Day": days[who] + timedelta(shift)}
        for who in born
        for shift in (-1, 0, 1)
    ]
    clients = {person: {"DOB": birth} for person, birth in born.items()}

    def birthdays(birth: date, until: date) -> int:
        years = -30
        while plus_years(birth, years + 1) <= until:
            years += 1
        return years

    assert {
        (row["PersonalID"], row["Day"]): row["Age"]
        for row in found(connection, "age_at", {"Client": clients}, moments=moments)
    } == {(one["PersonalID"], one["Day"]): birthdays(born[one["PersonalID"]], one["Day"]) for one in moments}


@pytest.mark.parametrize("seed", seeds(3))
def test_races(connection: Connection, seed: int) -> None:
    draw = random.Random(seed)
    clients = {
        f"P{number}": {race: draw.choice([0, 0, 0, 1, 99, None]) for race in RACES}
        | {"RaceNone": draw.choice([None, None, 8, 9, 99])}
        for number in range(300)
    }

    def races(client: Row) -> tuple[str, int, int]:
        digits = "".join(str(digit) for race, digit in RACES.items() if client[race] == 1)
        reason = {8: 98, 9: 98, 99: 99}.get(client["RaceNone"])
        return digits, int(digits or reason or 99), int(reason or digits or 99)

    rows = found(connection, "client_race", {"Client": clients})
    assert {
        row["PersonalID"]: (row["Races"], row["RaceEthnicity"], row["LSARaceEthnicity"]) for row in rows
    } == {person: races(client) for person, client in clients.items()}


@pytest.mark.parametrize("seed", seeds(3))
def test_household_types(connection: Connection, seed: int) -> None:
    draw = random.Random(seed)
    members = [{"HouseholdID": "H0", "Moment": "entry", "Age": 40}]
    members += [
        {"HouseholdID": f"H{household}", "Moment": moment, "Age": draw.choice([0, 17, 18, 40, 90, None])}
        for household in range(1, 200)
        for moment in ("entry", "start")
        for _ in range(draw.randint(1, 4))
    ]

    def household_type(ages: list[int | None]) -> int:
        known = [age for age in ages if age is not None]
        adults, children = [age for age in known if age >= 18], [age for age in known if age < 18]
        if adults and children:
            return 2
        if None in ages:
            return 99
        return 1 if adults else 3

    groups: dict[tuple[str, str], list[int | None]] = {}
    for one in members:
        groups.setdefault((one["HouseholdID"], one["Moment"]), []).append(one["Age"])
    rows = found(connection, "household_type_at", {}, members=members)
    assert {(row["HouseholdID"], row["Moment"]): row["HouseholdType"] for row in rows} == {
        key: household_type(ages) for key, ages in groups.items()
    }


@pytest.mark.parametrize("seed", seeds(3))
def test_prior_living_situations(connection: Connection, seed: int) -> None:
    draw = random.Random(seed)
    rows = [
        {
            "PersonalID": f"P{number}", "ProjectID": "TH", "EntryDate": date(2026, 1, 5),
            "LivingSituation": draw.choice([None, 8, 17, 99, 101, 150, 199, 200, 225, 299, 302, 410, 499]),
            "LengthOfStay": draw.choice([None, 2, 3, 4, 5, 8, 9, 10, 11, 99]),
            "PreviousStreetESSH": draw.choice([None, 0, 1, 1, 8, 99]),
            "TimesHomelessPastThreeYears": draw.choice([None, 1, 4, 8, 9, 99]),
            "MonthsHomelessPastThreeYears": draw.choice([None, 101, 113, 8, 9, 99]),
            "DateToStreetESSH": draw.choice([None, date(2025, 12, 1)]),
        }
        for number in range(600)
    ]  # fmt: skip

    def judged(row: Row) -> tuple[Any, ...]:
        situation, nights = row["LivingSituation"], row["LengthOfStay"]
        groups = {1: "homeless", 2: "institutional", 3: "temporary", 4: "permanent", 0: "other"}
        group = None if situation is None else groups[situation // 100]
        short = nights in (10, 11) or (group == "institutional" and nights in (2, 3))
        unknown = (None, 8, 9, 99)
        return (
            group,
            short,
            short and row["PreviousStreetESSH"] == 1,
            group in (None, "other") or nights in unknown,
            row["TimesHomelessPastThreeYears"] in unknown
            or row["MonthsHomelessPastThreeYears"] in unknown
            or row["DateToStreetESSH"] is None,
        )

    columns = ("Situation", "ShortStay", "LSAHomelessBefore", "LSASituationMissing", "LSAHistoryMissing")
    ours = found(connection, "prior_living_situation", {"Enrollment": [dict(row) for row in rows]})
    assert {row["EnrollmentID"]: tuple(row[one] for one in columns) for row in ours} == {
        f"{row['PersonalID']}1": judged(row) for row in rows
    }


@pytest.mark.parametrize("seed", seeds(3))
def test_move_in(connection: Connection, seed: int) -> None:
    draw = random.Random(seed)

    def about() -> date:
        return date(2026, 1, 1) + timedelta(draw.randrange(12))

    rows = []
    for household in range(150):
        for member in range(draw.randint(1, 4)):
            rows.append(
                {
                    "PersonalID": f"P{household}-{member}", "HouseholdID": f"H{household}",
                    "ProjectID": "RRH", "EntryDate": about(),
                    "MoveInDate": draw.choice([None, about(), about()]),
                    "ExitDate": draw.choice([None, about()]),
                    "RelationshipToHoH": 1 if not member or draw.random() < 0.1 else 2,
                }
            )  # fmt: skip
    expected = {}
    for row in rows:
        house = [one for one in rows if one["HouseholdID"] == row["HouseholdID"]]
        heads = [one for one in house if one["RelationshipToHoH"] == 1]
        moved = heads[0]["MoveInDate"]
        if len(heads) != 1 or moved is None or moved < heads[0]["EntryDate"]:
            continue
        if heads[0]["ExitDate"] and moved > heads[0]["ExitDate"]:
            continue
        own = row["EntryDate"] if row["EntryDate"] > moved else moved
        if row["ExitDate"] is None or own <= row["ExitDate"]:
            expected[f"{row['PersonalID']}1"] = own
    ours = found(connection, "move_in", {"Enrollment": [dict(row) for row in rows]})
    assert {row["EnrollmentID"]: row["MoveInDate"] for row in ours} == expected
    assert expected
