"""Income, annual assessments and chronic homelessness against slow and obvious Python, on random rows."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from hearth.reporting import engine
from hearth.reporting.engine import Connection
from tests.reference.lsa.rows import plus_years
from tests.reporting.cases import Row
from tests.sizes import seeds

from .test_twins import found

pytestmark = pytest.mark.long

SOURCES = {"Earned": "EarnedAmount", "SSI": "SSIAmount", "OtherIncomeSource": "OtherIncomeAmount"}
UNKNOWN = {8: 98, 9: 98}


@pytest.fixture(scope="module")
def connection() -> Iterator[Connection]:
    with engine.connected(threads=1) as connection:
        yield connection


@pytest.mark.parametrize("seed", seeds(3))
def test_income(connection: Connection, seed: int) -> None:
    draw = random.Random(seed)

    def amount() -> Decimal | None:
        return draw.choice(
            [None, None, Decimal("0.00"), Decimal("-4.00"), Decimal("12.50"), Decimal("700.00")]
        )

    rows = [
        {
            "IncomeBenefitsID": f"I{number}", "EnrollmentID": "Una1",
            "TotalMonthlyIncome": draw.choice([None, None, amount()]),
            "IncomeFromAnySource": draw.choice([None, 0, 1, 1, 8, 9, 99]),
        }
        | {source: draw.choice([None, 0, 1, 99]) for source in SOURCES}
        | {paid: amount() for paid in SOURCES.values()}
        for number in range(400)
    ]  # fmt: skip

    def judged(row: Row) -> tuple[Any, ...]:
        total, told = row["TotalMonthlyIncome"], row["IncomeFromAnySource"]
        paid = [row[one] for source, one in SOURCES.items() if row[source] == 1 and row[one] is not None]
        paid = [one for one in paid if one >= 0]
        earned = row["EarnedAmount"]
        if earned is None and row["Earned"] == 1:
            earned = 0
        if total is not None and total > 0:
            return total, None, earned
        if paid:
            return sum(paid), None, earned
        if told == 0 or (total is not None and told in (1, None)):
            return 0, None, earned
        return None, UNKNOWN.get(told, 99), earned

    stays = [{"PersonalID": "Una", "ProjectID": "ES", "EntryDate": date(2026, 1, 5)}]
    ours = found(connection, "income_total", {"Enrollment": stays, "IncomeBenefits": rows})
    assert {
        row["IncomeBenefitsID"]: (row["TotalIncome"], row["Unknown"], row["EarnedIncome"]) for row in ours
    } == {row["IncomeBenefitsID"]: judged(row) for row in rows}


@pytest.mark.parametrize("seed", seeds(5))
def test_annual_windows(connection: Connection, seed: int) -> None:
    draw = random.Random(seed)
    end = draw.choice([date(2024, 2, 28), date(2024, 2, 29), date(2026, 2, 28), date(2026, 9, 30)])
    rows = []
    for household in range(200):
        began = plus_years(end, -draw.randint(0, 6)) + timedelta(draw.randint(-40, 40))
        for member in range(draw.randint(1, 3)):
            entry = draw.choice([began, date(2020, 2, 29), began + timedelta(draw.randint(0, 800))])
            rows.append(
                {
                    "PersonalID": f"P{household}-{member}", "HouseholdID": f"H{household}",
                    "ProjectID": "PSH", "EntryDate": entry, "ExitDate": None,
                }
            )  # fmt: skip
    expected = {}
    for row in rows:
        start = min(one["EntryDate"] for one in rows if one["HouseholdID"] == row["HouseholdID"])
        if start > end:
            continue
        years = 0
        while plus_years(start, years + 1) <= end:
            years += 1
        anniversary = plus_years(start, years) if years else None
        expected[f"{row['PersonalID']}1"] = (
            years,
            anniversary,
            anniversary and anniversary - timedelta(30),
            anniversary and min(anniversary + timedelta(30), end),
            anniversary is not None and row["EntryDate"] <= anniversary,
        )
    columns = ("Years", "Anniversary", "FirstDay", "LastDay", "IsRequired")
    ours = found(
        connection,
        "annual_window",
        {"Enrollment": [dict(row) for row in rows]},
        period=[{"ReportEnd": end}],
    )
    assert {row["EnrollmentID"]: tuple(row[one] for one in columns) for row in ours} == expected


def own_status(row: Row, types: dict[str, int], impaired: set[str]) -> int:
    """The flowchart, row by row."""
    disabled = 1 if row["PersonalID"] in impaired else row["DisablingCondition"]
    if disabled != 1:
        return 0 if disabled == 0 else UNKNOWN.get(disabled, 99)
    lived = row["LivingSituation"]
    if types[row["ProjectID"]] not in (0, 1, 4, 8):
        if lived is None:
            return 99
        if not 100 <= lived <= 199:
            for answer in (row["LOSUnderThreshold"], row["PreviousStreetESSH"]):
                if answer != 1:
                    return 0 if answer == 0 else 99
    since = row["DateToStreetESSH"]
    if since is not None and since <= row["EntryDate"] - timedelta(365):
        return 1
    times, months = row["TimesHomelessPastThreeYears"], row["MonthsHomelessPastThreeYears"]
    if times != 4:
        return 0 if times in (1, 2, 3) else UNKNOWN.get(times, 99)
    if months in (112, 113):
        return 1
    return 0 if months in range(101, 112) else UNKNOWN.get(months, 99)


@pytest.mark.parametrize("seed", seeds(5))
def test_chronic_at_start(connection: Connection, seed: int) -> None:
    draw = random.Random(seed)
    types = {"ES": 0, "NBN": 1, "TH": 2, "SH": 8, "PSH": 3, "SO": 4}
    rows, clients = [], {}
    for household in range(150):
        project = draw.choice(list(types))
        for member in range(draw.randint(1, 4)):
            person = f"P{household}-{member}"
            clients[person] = {
                "DOB": draw.choice([None, date(1980, 1, 1), date(2015, 1, 1), date(2008, 1, 6)])
            }
            entry = date(2026, 1, 5) + timedelta(draw.choice([0, 0, 0, 2]))
            rows.append(
                {
                    "PersonalID": person, "HouseholdID": f"H{household}", "ProjectID": project,
                    "EntryDate": entry,
                    "ExitDate": draw.choice([None, entry + timedelta(draw.randint(1, 9))]),
                    "RelationshipToHoH": 1 if member == 0 else 2,
                    "DisablingCondition": draw.choice([None, 0, 1, 1, 1, 8, 99]),
                    "LivingSituation": draw.choice([None, 8, 116, 116, 204, 302, 410]),
                    "LOSUnderThreshold": draw.choice([None, 0, 1, 1, 99]),
                    "PreviousStreetESSH": draw.choice([None, 0, 1, 1, 99]),
                    "DateToStreetESSH": draw.choice([None, entry - timedelta(365), entry - timedelta(364)]),
                    "TimesHomelessPastThreeYears": draw.choice([None, 1, 2, 3, 4, 4, 8, 9, 99]),
                    "MonthsHomelessPastThreeYears": draw.choice([None, 101, 111, 112, 113, 8, 9, 99]),
                }
            )  # fmt: skip
    impaired = {row["PersonalID"] for row in rows if draw.random() < 0.1}
    needs = [
        {
            "EnrollmentID": f"{person}1", "InformationDate": date(2026, 1, 5), "DataCollectionStage": 1,
            "DisabilityType": 8, "DisabilityResponse": 1,
        }
        for person in sorted(impaired)
    ]  # fmt: skip

    def own(row: Row) -> int | None:
        birth = clients[row["PersonalID"]]["DOB"]
        adult = birth is not None and plus_years(birth, 18) <= row["EntryDate"]
        return own_status(row, types, impaired) if adult or row["RelationshipToHoH"] == 1 else None

    expected = {}
    for row in rows:
        house = [one for one in rows if one["HouseholdID"] == row["HouseholdID"]]
        begun = min(one["EntryDate"] for one in house)
        first = [one for one in house if one["EntryDate"] == begun]
        chronic = [one for one in first if own(one) == 1]
        known = [own(one) for one in first]
        head = next((own(one) for one in first if one["RelationshipToHoH"] == 1), None)
        others = 0 if 0 in known else 99 if head is None else head
        inherits = bool(chronic) and row in first
        mine = own(row)
        status = 1 if inherits else others if mine is None else mine
        left = [one["ExitDate"] for one in chronic]
        until = max(left) if inherits and mine != 1 and None not in left else None
        expected[f"{row['PersonalID']}1"] = (mine, 1 if chronic else others, status, until)
    assert len({one[:3] for one in expected.values()}) > 10
    columns = ("Own", "OfHousehold", "Chronic", "ChronicUntil")
    world = {
        "Client": clients, "Project": {"SO": {"ProjectType": 4}}, "Disabilities": needs,
        "Enrollment": [dict(row) for row in rows],
    }  # fmt: skip
    ours = found(connection, "chronic_at_start", world)
    assert {row["EnrollmentID"]: tuple(row[one] for one in columns) for row in ours} == expected
