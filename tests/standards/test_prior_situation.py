"""Prior living situation (3.917) against a slow twin that walks HUD's flow charts, one enrollment at a time.

Source: HMIS Data Standards Manual FY2026 v1, 3.917A and 3.917B; HMIS Standard Reporting Terminology Glossary
FY2026, Data Quality Q5 (who is expected to have answers, and from which project start on).
"""

import random
from collections.abc import Callable
from datetime import date

import duckdb
import pytest

from hearth.standards import load

from .cases_of_checks import empty_tables, query

REGISTRY = load(2026)
SEEDS = range(3)
ENROLLMENTS = 1500
Row = dict[str, object]

FIRST = ("LivingSituation", "LengthOfStay")
NIGHT_BEFORE = ("LOSUnderThreshold", "PreviousStreetESSH")
HISTORY = ("DateToStreetESSH", "TimesHomelessPastThreeYears", "MonthsHomelessPastThreeYears")
CHOICES: dict[str, list[object]] = {
    "ProjectType": [None, 0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14],
    "RelationshipToHoH": [None, 1, 1, 2, 3, 5, 99],
    "DOB": [None, date(1970, 5, 5), date(2006, 1, 1), date(2006, 1, 2), date(2015, 3, 3)],
    "EntryDate": [date(2016, 9, 30), date(2016, 10, 1), date(2024, 1, 1), date(2024, 1, 1)],
    "LivingSituation": [None, 8, 9, 99, 101, 116, 118, 204, 206, 225, 302, 335, 410, 435],
    "LengthOfStay": [None, 2, 3, 4, 5, 8, 9, 10, 11, 99],
    "LOSUnderThreshold": [None, 0, 1, 99],
    "PreviousStreetESSH": [None, 0, 1, 1, 99],
    "DateToStreetESSH": [None, date(2015, 1, 1)],
    "TimesHomelessPastThreeYears": [None, 1, 4, 8, 9, 99],
    "MonthsHomelessPastThreeYears": [None, 101, 113, 8, 9, 99],
}


def invented(seed: int) -> list[Row]:
    rng = random.Random(seed)
    return [{name: rng.choice(values) for name, values in CHOICES.items()} for _ in range(ENROLLMENTS)]


def literal(value: object) -> str:
    return "NULL" if value is None else f"DATE '{value}'" if isinstance(value, date) else str(value)


def is_asked(row: Row) -> bool:
    """Heads of household, and whoever has had the 18th birthday."""
    born, entry = row["DOB"], row["EntryDate"]
    if row["RelationshipToHoH"] == 1:
        return True
    if not isinstance(born, date) or not isinstance(entry, date):
        return False
    return entry.year - born.year - ((entry.month, entry.day) < (born.month, born.day)) >= 18


def due(row: Row) -> set[str]:
    """The questions that must have an answer."""
    if not is_asked(row):
        return set()
    entry, situation, length = row["EntryDate"], row["LivingSituation"], row["LengthOfStay"]
    assert isinstance(entry, date)
    if entry < date(2016, 10, 1):
        return {*FIRST}
    is_homeless = situation in (101, 116, 118)
    if row["ProjectType"] in (0, 1, 4, 8) or is_homeless:
        return {*FIRST, *HISTORY}
    if row["ProjectType"] is None:
        return {*FIRST}
    is_short = length in (10, 11) or (situation in (204, 206, 225) and length in (2, 3))
    if not is_short and row["LOSUnderThreshold"] != 1:
        return {*FIRST}
    if row["PreviousStreetESSH"] != 1:
        return {*FIRST, *NIGHT_BEFORE}
    return {*FIRST, *NIGHT_BEFORE, *HISTORY}


def is_missing(row: Row, *names: str) -> bool:
    return any(row[name] is None or row[name] == 99 for name in names if name in due(row))


def is_unknown(row: Row, *names: str) -> bool:
    return any(row[name] in (8, 9) for name in names if name in due(row))


TWINS: dict[str, Callable[[Row], bool]] = {
    "prior_situation_incomplete": lambda row: is_missing(row, *FIRST, *NIGHT_BEFORE, *HISTORY),
    "prior_situation_missing": lambda row: is_missing(row, "LivingSituation"),
    "prior_situation_unknown": lambda row: is_unknown(row, "LivingSituation"),
    "length_of_stay_missing": lambda row: is_missing(row, "LengthOfStay"),
    "length_of_stay_unknown": lambda row: is_unknown(row, "LengthOfStay"),
    "short_stay_missing": lambda row: is_missing(row, "LOSUnderThreshold"),
    "street_before_missing": lambda row: is_missing(row, "PreviousStreetESSH"),
    "homeless_since_missing": lambda row: is_missing(row, "DateToStreetESSH"),
    "homeless_times_missing": lambda row: is_missing(row, *HISTORY[1:]),
    "homeless_times_unknown": lambda row: is_unknown(row, *HISTORY[1:]),
}


@pytest.mark.parametrize("seed", SEEDS)
def test_every_check_finds_what_the_flow_charts_ask(seed: int) -> None:
    rows = invented(seed)
    with duckdb.connect(config={"threads": 1}) as connection:
        empty_tables(connection)
        for file, columns in (
            ("Project", ("ProjectType",)),
            ("Client", ("DOB",)),
            ("Enrollment", ("RelationshipToHoH", "EntryDate", *FIRST, *NIGHT_BEFORE, *HISTORY)),
        ):
            keys = [
                name for name in ("EnrollmentID", "PersonalID", "ProjectID") if name in REGISTRY.file(file)
            ]
            names = [*keys, *columns]
            values = ", ".join(
                "(" + ", ".join([*(str(number) for _ in keys), *(literal(row[c]) for c in columns)]) + ")"
                for number, row in enumerate(rows)
            )
            connection.execute(f'INSERT INTO "{file}" ({", ".join(names)}) VALUES {values}')
        for name, twin in TWINS.items():
            sql = query(REGISTRY.check(name), "Enrollment").replace("SELECT 1", "SELECT this.EnrollmentID", 1)
            found = {int(number) for (number,) in connection.execute(sql).fetchall()}
            expected = {number for number, row in enumerate(rows) if twin(row)}
            assert found == expected, (name, [rows[number] for number in sorted(found ^ expected)[:3]])
            assert expected and len(expected) < ENROLLMENTS, name


def test_the_types_are_those_of_the_element() -> None:
    """3.917A is asked in the types that the element names; everything else asks 3.917B."""
    (told,) = {one.except_project_types for one in REGISTRY.element("3.917").asks if one.except_project_types}
    condition = REGISTRY.check("stay_under_90_days_wrong").where or ""
    assert f"NOT (Project.ProjectType IN ({', '.join(told)}))" in condition
