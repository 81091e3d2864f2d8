"""Who is asked what, by the table of facts `element_requirements_predicates.csv`, in a reader of its own.

A case is an element, one funding source or none, a project type, a stage and a kind of person. The table has
one predicate a row; an element is asked where any holds, and required before optional. It shares nothing with
the function of the product but the codes that it is asked about.
"""

import re
from functools import cache
from itertools import product

from hearth.standards import load

from .reference import facts

REGISTRY = load(2026)
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


def elements() -> list[str]:
    return [number for number, element in REGISTRY.elements.items() if element.group != "Metadata"]
