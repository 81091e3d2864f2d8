"""What a form asks in every case, against the table of facts, read here by a reader of its own.

A case is an element, one funding source or none, a project type, a stage and a kind of person. The table has
one predicate a row; an element is asked where any holds, and required before optional.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearth.standards import load
from hearth.standards.element import PERSONS, SUBJECTS
from hearth.standards.form import Project, questions

from .reference import facts

REGISTRY = load(2026)
STAGES = ("setup", "record", "start", "update", "annual", "exit", "post_exit", "occurrence")
TYPES = REGISTRY.list("2.02.6").codes()
FUNDERS = REGISTRY.list("2.06.1").codes()
#: Retired funding sources that still stand in the data, and the living ones that they are read as.
READ_AS = {
    "47": ("8", "9", "10", "11"),
    "48": ("13", "14", "15", "16", "17", "18", "19"),
    "49": ("1", "2", "3", "4", "5", "6", "7", "44"),
}
#: Where the registry follows the table of disputed points and not that of predicates: an element, and its
#: cells (funding source, project type). 4.19 and 4.20 are asked in coordinated entry whoever pays; youth
#: projects for the current living situation in the types of its header, elsewhere when the setting says so.
DECIDED = {
    "4.19": {(funder, "14") for funder in ("", *FUNDERS)},
    "4.20": {(funder, "14") for funder in ("", *FUNDERS)},
    "4.12": {("43", kind) for kind in ("1", "4", "6", "14")},
}

Case = tuple[str, str, str, str, str]
Asked = dict[tuple[str, str], str]
"""Stage and person → `required`, `optional`, or what it is conditional on, `if VeteranStatus = 1`."""
RANK = {"required": 0, "if": 1, "optional": 2}


def strongest(*asked: str) -> str:
    return min(asked, key=lambda one: RANK[one.partition(" ")[0]])


class Row:
    """One row of the table: its predicate taken apart at `and`, with one bracket at most."""

    def __init__(self, row: dict[str, str]) -> None:
        self.element, self.required = row["element"], row["required"]
        self.text = row["predicate"].replace(" and (project_type not in {13} or rrh_subtype = 2)", "")
        self.of_the_second_subtype = self.text != row["predicate"]
        self.funders = self.members("funder in")
        self.any_funder = "funder = any" in self.text
        self.types, self.not_types = self.members("project_type in"), self.members("project_type not in")
        self.stages = self.members("stage in")
        self.of_project = "project." in self.text
        assert self.funders or self.any_funder, row
        known = re.sub(
            r"funder in \{[\d,]+\}|funder = any|project_type (?:not )?in \{[\d,]+\}|stage in \{[a-z_,]+\}"
            r"|person in \{[a-z_,]+\}|answers [A-Za-z]+(?:\[\d+\])? = 1|event [a-z_]+"
            r"|subject = [a-z]+|project\.[A-Za-z_.\d]+ = 1|element_required\([\d.]+\)|\band\b|\bor\b|[()]|\s",
            "",
            self.text,
        )
        assert known == "", f"{self.element}: {known} is not read"

    def members(self, term: str) -> frozenset[str]:
        match = re.search(re.escape(term) + r" \{([^}]*)\}", self.text)
        return frozenset(match[1].split(",")) if match else frozenset()

    @property
    def persons(self) -> dict[str, str]:
        """Who is asked → how, if the row demands it."""
        if subject := re.search(r"subject = (\w+)", self.text):
            return {subject[1].replace("organisation", "organization"): "required"}
        found: dict[str, str] = {}
        for who, answers in re.findall(r"person in \{([^}]*)\}(?: and answers ([\w\[\]]+ = 1))?", self.text):
            for person in who.split(","):
                asked = f"if {answers}" if answers else "required"
                found[person] = strongest(asked, found.get(person, "optional"))
        return found

    def asks(self, funder: str, kind: str, subtypes: frozenset[str]) -> bool:
        """Whether it holds for a project of one funding source or none, whose own columns are not known."""
        if self.of_project and self.element != "2.03":
            return False
        if self.funders and self.funders.isdisjoint({funder, *READ_AS.get(funder, ())}):
            return False
        if (self.types and kind not in self.types) or kind in self.not_types:
            return False
        return not self.of_the_second_subtype or kind != "13" or "2" in subtypes


@cache
def table() -> tuple[Row, ...]:
    rows = facts("element_requirements_predicates")
    return tuple(Row(row) for row in rows if row["verdict"] != "redundant" and row["predicate"])


@cache
def rows_of(element: str) -> tuple[Row, ...]:
    return tuple(row for row in table() if row.element == element)


def expected(element: str, funder: str, kind: str, subtypes: frozenset[str] = frozenset()) -> Asked:
    """When and of whom an element is asked in a project, by the table."""
    found: Asked = {}
    holding = [row for row in rows_of(element) if row.asks(funder, kind, subtypes)]
    demanded = {stage for row in holding if row.required == "Y" for stage in row.stages}
    for row in holding:
        for stage, (person, asked) in product(row.stages, row.persons.items()):
            if "element_required" in row.text and stage not in demanded:
                continue
            mine = asked if row.required == "Y" else "optional"
            found[stage, person] = strongest(mine, found.get((stage, person), "optional"))
    return found


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


def elements() -> list[str]:
    return [number for number, element in REGISTRY.elements.items() if element.group != "Metadata"]


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
