"""What a form asks in every case, against the table of facts, which `predicates.py` reads."""

from collections.abc import Iterator
from functools import cache
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearth.standards.element import PERSONS, SUBJECTS
from hearth.standards.form import Project, questions

from .predicates import (
    DECIDED,
    FUNDERS,
    REGISTRY,
    TYPES,
    Asked,
    elements,
    expected,
    rows_of,
    strongest,
    table,
)

STAGES = ("setup", "record", "start", "update", "annual", "exit", "post_exit", "occurrence")
Case = tuple[str, str, str, str, str]


@cache
def told(funders: str, kind: str, subtypes: frozenset[str] = frozenset()) -> dict[str, Asked]:
    """Element → how its first field is asked, which is how the element is; funding sources joined by `+`."""
    continuum = {"Project.ContinuumProject": "1"}
    project = Project(kind, frozenset(filter(None, funders.split("+"))), subtypes, continuum)
    found: dict[str, Asked] = {}
    for stage, person in product(STAGES, (*PERSONS, *SUBJECTS)):
        for question in questions(REGISTRY, project, stage, person):
            asked = f"if {question.condition}" if question.asked == "conditional" else question.asked
            found.setdefault(question.element.number, {}).setdefault((stage, person), asked)
    return found


def differences(element: str) -> Iterator[tuple[Case, str, str]]:
    for funder, kind in product(("", *FUNDERS), TYPES):
        if (funder, kind) in DECIDED.get(element, ()):
            continue
        should, is_ = expected(element, funder, kind), told(funder, kind).get(element, {})
        for stage, person in sorted(should.keys() | is_.keys()):
            one, other = should.get((stage, person), ""), is_.get((stage, person), "")
            if one != other:
                yield (element, funder, kind, stage, person), one, other


@pytest.mark.parametrize("element", elements())
def test_every_case_is_asked_as_the_table_says(element: str) -> None:
    assert rows_of(element), f"the table has no row for {element}"
    assert list(differences(element))[:5] == []


def test_the_table_and_the_registry_have_the_same_elements() -> None:
    assert {row.element for row in table()} == set(elements())


def test_what_the_disputed_points_decide() -> None:
    heads = {("occurrence", "hoh_adult"): "required", ("occurrence", "hoh_child"): "required"}
    for funder, _ in DECIDED["4.19"]:
        assert told(funder, "14")["4.19"] == told(funder, "14")["4.20"] == heads
    for kind in TYPES:
        assert ("4.12" in told("43", kind)) is (kind in {"1", "4", "6", "14"})
    everywhere = Project("3", frozenset({"43"}), facts={"Setting.ServesCategory2Or3": "1"})
    assert asked_at(everywhere, "occurrence", "adult")["4.12"] == "required"
    point = Project("6", frozenset({"4"}), facts={"CEParticipation.AccessPoint": "1"})
    assert asked_at(point, "occurrence", "hoh_adult")["4.19"] == "required"
    assert "4.19" not in asked_at(Project("6", frozenset({"4"})), "occurrence", "hoh_adult")


def asked_at(project: Project, stage: str, person: str) -> dict[str, str]:
    return {one.element.number: one.asked for one in reversed(questions(REGISTRY, project, stage, person))}


@pytest.mark.parametrize("subtypes", [(), ("1",), ("2",), ("1", "2")])
def test_beds_of_rapid_rehousing_hang_on_the_subtype(subtypes: tuple[str, ...]) -> None:
    chosen = frozenset(subtypes)
    assert told("3", "13", chosen).get("2.07", {}) == expected("2.07", "3", "13", chosen)
    assert ("2.07" in told("3", "13", chosen)) is ("2" in chosen)


@given(st.sets(st.sampled_from(FUNDERS), min_size=2, max_size=4), st.sampled_from(TYPES))
@settings(max_examples=60, deadline=None)
def test_several_funding_sources_ask_what_each_of_them_asks(funders: set[str], kind: str) -> None:
    union: dict[str, Asked] = {}
    for one in funders:
        for element, asked in told(one, kind).items():
            mine = union.setdefault(element, {})
            for key, how in asked.items():
                mine[key] = strongest(how, mine.get(key, "optional"))
    assert told("+".join(sorted(funders)), kind) == union
