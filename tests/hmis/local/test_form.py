"""Who is asked which local element: case by case, and all of them against a table that was written by
hand."""

from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

from hearth.hmis.local.form import local_questions
from hearth.hmis.local.mn.registry import registry
from hearth.standards import load
from hearth.standards.element import PERSONS, STAGES
from hearth.standards.form import Project
from hearth.standards.load import MODEL_YEAR

HERE = Path(__file__).parent
CASES = yaml.safe_load((HERE / "cases" / "conditions.yaml").read_text(encoding="utf-8"))
DAY = date(2026, 11, 1)
#: What the state's own list says of each element, read apart from the YAML: who, when, with whose money.
#: head, adults (and the head), all_adults (an adult, head or not), everybody; r: required, o: offered. A
#: stage with a question mark is for when something changed, and only offers it.
TABLE = {
    "MN-U01": ("head", "start update?", "", "r"),
    "MN-U02": ("adults", "start", "", "r"),
    "MN-U03": ("adults", "start", "", "r"),
    "MN-U04": ("adults", "start", "", "r"),
    "MN-U05": ("adults", "start", "", "r"),
    "MN-U06": ("everybody", "start", "", "r"),
    "MN-U07": ("all_adults", "start", "", "r"),
    "MN-F01": ("head", "start", "FHPAP", "r"),
    "MN-F02": ("head", "start update? exit", "FHPAP", "r"),
    "MN-F03": ("head", "start", "FHPAP", "o"),
    "MN-F04": ("head", "start", "FHPAP", "r"),
    "MN-F05": ("head", "start", "FHPAP", "r"),
    "MN-L01": ("head", "start", "LTH LTHSSF HS_LTH BRIDGES_LTH", "r"),
    "MN-L03": ("head", "start update? exit", "LTH HPH LTHSSF", "r"),
    "MN-L04": ("head", "start update?", "LTH HPH LTHSSF", "r"),
    "MN-Y01": ("head", "start update exit", "HYA HTA", "o"),
    "MN-Y03": ("head", "start", "HYA", "r"),
}
WHO = {
    "head": {"hoh_adult", "hoh_child"},
    "adults": {"hoh_adult", "hoh_child", "adult"},
    "all_adults": {"hoh_adult", "adult"},
    "everybody": set(PERSONS),
}
TYPES = load(MODEL_YEAR).list("2.02.6").codes()


def known_programs(*chosen: str) -> dict[str, str | None]:
    return {f"LocalProgram.{one}": "1" if one in chosen else "0" for one in registry().programs}


@pytest.mark.parametrize("case", CASES, ids=[one["case"] for one in CASES])
def test_conditions(case: dict[str, Any]) -> None:
    answers = dict(case.get("answers", {}))
    if not case.get("unknown_programs"):
        answers |= known_programs(*case.get("programs", ()))
    day = case.get("day", DAY)
    found = {
        one.field.name: one.asked
        for one in local_questions(
            registry(), Project("1"), case.get("stage", "start"), case["person"], day, answers
        )
    }
    assert {name: found.get(name, "absent") for name in case["asked"]} == case["asked"]


def test_each_element_program_type_stage_and_person() -> None:
    """Every combination, with one program of the household at a time and none; a reader of its own."""
    wrong = []
    programs = ["", *registry().programs]
    for program, kind, stage, person in product(programs, TYPES, STAGES.values(), PERSONS):
        answers = known_programs(program) | {"Client.AmIndAKNative": "1"}
        found = local_questions(registry(), Project(kind), stage, person, DAY, answers)
        asked: dict[str, set[str]] = {}
        for one in found:
            asked.setdefault(one.element.number, set()).add(one.asked)
        for number, (who, stages, money, how) in TABLE.items():
            expected = (
                person in WHO[who]
                and bool({stage, f"{stage}?"} & {*stages.split()})
                and (not money or program in money.split())
            )
            states = asked.get(number, {"hidden"}) - {"hidden"}
            is_right = bool(states) is expected and ("required" in states) is (
                expected and how == "r" and f"{stage}?" not in stages.split()
            )
            # What hangs on an answer of the element before it waits for that answer.
            if number in ("MN-U04", "MN-U05") and expected:
                is_right = states == {"conditional"}
            if not is_right:
                wrong.append((number, program, kind, stage, person, states))
    assert wrong == []


def test_the_table_has_every_element_and_every_other_one_has_its_reason() -> None:
    assert {one.number for one in registry().elements} == set(TABLE)
    assert len(TABLE) + len(registry().not_asked) == 35
    assert all(why for _, _, _, why in registry().not_asked.values())


def test_an_answer_outside_of_its_days_is_not_offered() -> None:
    field = registry().field("MN-F02", "FHPAPFundingType")
    assert field is not None
    offered = {day: {one.code for one in field.choices_on(day)} for day in (
        date(2024, 5, 31), date(2024, 6, 1), date(2025, 9, 30), date(2025, 10, 1))}  # fmt: skip
    assert [("RD2" in codes, "STANDARD" in codes) for codes in offered.values()] == [
        (False, True), (True, True), (True, True), (False, True)]  # fmt: skip


@pytest.mark.parametrize(("stage", "person"), [("start", "project"), ("nowhere", "adult"), ("start", "")])
def test_nobody_is_asked_nowhere(stage: str, person: str) -> None:
    with pytest.raises(ValueError, match="Nobody asks"):
        local_questions(registry(), Project("1"), stage, person, DAY)
