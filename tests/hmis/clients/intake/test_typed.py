"""Birth dates and Social Security numbers as they are typed, and who is alike: a case for each branch."""

import random
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

from hearth.hmis.clients.intake import alike, birth, number
from hearth.hmis.clients.search.birth_dates import BirthDate
from hearth.hmis.clients.search.prefilled import prefilled
from hearth.hmis.clients.search.question import Question, read
from hearth.reporting import concepts, engine

CASES = Path(__file__).parent / "cases"
TODAY = date(2026, 11, 30)


def cases(name: str) -> list[Any]:
    return [
        pytest.param(one, id=f"{number}-{one.get('typed', '')}")
        for number, one in enumerate(yaml.safe_load((CASES / f"{name}.yaml").read_text(encoding="utf-8")))
    ]


@pytest.mark.parametrize("case", cases("birth"))
def test_birth_date(case: dict[str, Any]) -> None:
    if said := case.get("refused"):
        with pytest.raises(birth.BirthRefused, match=said) as refused:
            birth.read(case["typed"], TODAY)
        assert case["typed"] not in str(refused.value)
        return
    found = birth.read(case["typed"], TODAY, approximate=case.get("approximate", False))
    assert (found.day, found.quality) == (case["day"], case["quality"])
    assert found.words == case.get("words", found.words)


@pytest.mark.parametrize("case", cases("number"))
def test_social_security_number(case: dict[str, Any]) -> None:
    if said := case.get("refused"):
        with pytest.raises(number.NumberRefused, match=said):
            number.read(case["typed"])
        return
    found = number.read(case["typed"])
    assert (found.text, found.quality) == (case["text"], case["quality"])


def test_what_no_report_takes_is_refused_and_nothing_else() -> None:
    """The LSA's rule (11.6), in SQL, knows the same impossible numbers; a countdown is refused here alone."""
    draw = random.Random(4)
    nines = {f"{draw.randrange(10**9):09}" for _ in range(3000)}
    nines |= {digit * 9 for digit in "0123456789"} | {"987654321"}
    parts = product(("000", "666", "900", "999", "219"), ("00", "09"), ("0000", "4321"))
    nines |= {"".join(part) for part in parts}
    nines |= {"1234567890123456789"[start : start + 9] for start in range(10)}
    rule = (concepts.FOLDER / "client_ssn.sql").read_text(encoding="utf-8")
    with engine.connected(threads=1) as connection:
        connection.execute(
            "CREATE TABLE Client AS SELECT unnest($1) AS PersonalID, unnest($1) AS SSN", [sorted(nines)]
        )
        invalid = {key for key, form in engine.rows(connection, f"SELECT PersonalID, SSNForm FROM ({rule})")
                   if form == "invalid"}  # fmt: skip
    assert {one for one in nines if number.implausible(one)} - invalid <= {"987654321", "012345678"}
    assert invalid <= {one for one in nines if number.implausible(one)}


@pytest.mark.parametrize("case", cases("alike"))
def test_who_may_be_the_same(case: dict[str, Any]) -> None:
    asked = case.get("asked", {})
    born = BirthDate(date(1990, 1, 1), date(1990, 1, 1)) if asked.get("birth") else None
    question = Question(tuple(asked.get("names", ())), born)
    assert alike.may_be(case["why"], question, birth_known=case.get("known", True)) is case["likely"]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("anderson", {"first_name": "Anderson"}),
        ("john ray 3/14/85", {"first_name": "John", "last_name": "Ray", "birth_date": "03/14/1985"}),
        ("Anderson, John", {"first_name": "John", "last_name": "Anderson"}),
        ("maria de la Cruz", {"first_name": "Maria", "middle_name": "De La", "last_name": "Cruz"}),
        ("o'brien-núñez, zoë", {"first_name": "Zoë", "last_name": "O'brien-núñez"}),
        ("lopez mar 1990", {"first_name": "Lopez", "birth_date": "3/1990"}),
        ("lopez 1990", {"first_name": "Lopez"}),
        ("lopez 6789", {"first_name": "Lopez", "ssn": "6789"}),
        ("lopez 219-09-4321", {"first_name": "Lopez", "ssn": "219094321"}),
        ("", {}),
    ],
)  # fmt: skip
def test_what_was_searched_for_begins_the_form(text: str, values: dict[str, str]) -> None:
    assert prefilled(text, read(text, TODAY)) == values
