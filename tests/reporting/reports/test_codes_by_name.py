"""No step compares a column with a bare code of its pick list, and every code that is used is in the list."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from hearth.reporting import concepts
from hearth.reporting.runtime.codes import Codes
from hearth.standards.load import LATEST, load
from tests.reporting.reports.steps import FILES, codes_of

# Steps, and rules that they read; what stands in the braces of a rule is seen in the rule.
SQL = [*FILES, *sorted(concepts.RULES.glob("*.sql"))]
# What the LSA takes over from a column under a name of its own.
ALSO = {
    "Months": "MonthsHomelessPastThreeYears",
    "Times": "TimesHomelessPastThreeYears",
    **dict.fromkeys(
        [
            "Age",
            "EntryAge",
            "ActiveAge",
            "Exit1Age",
            "Exit2Age",
            "OldestAge",
            "YoungestAge",
            "Oldest",
            "Youngest",
        ],
        "LSAAge",
    ),
}


def compared(tree: exp.Expression) -> Iterator[tuple[str, list[exp.Expression]]]:
    """Every comparison: a column in it, and the values that it is compared with."""
    for node in tree.walk():
        if isinstance(node, exp.Case) and node.this is not None:
            left, values = node.this, [branch.this for branch in node.args["ifs"]]
        elif isinstance(node, exp.In):
            left, values = node.this, node.expressions
        elif isinstance(node, exp.Between):
            left, values = node.this, [node.args["low"], node.args["high"]]
        elif isinstance(node, exp.EQ | exp.NEQ | exp.LT | exp.LTE | exp.GT | exp.GTE):
            turned = isinstance(node.left, exp.Literal)
            left, values = (node.right, [node.left]) if turned else (node.left, [node.right])
        else:
            continue
        if left.find(exp.Sum, exp.Count):
            continue  # a number of rows is no code
        for column in left.find_all(exp.Column):
            yield column.name, [one for one in values if isinstance(one, exp.Literal) and not one.is_string]


def codes_of_column(column: str, codes: Codes) -> tuple[str, ...] | None:
    """The codes of the list of a column, or of its lists; None where it has none."""
    column = ALSO.get(column, column)
    numbers = codes.lists.get(column, set())
    if column in codes.own:
        return tuple(code for found in codes.own[column].values() for code in found)
    return tuple({code for number in numbers for code in load(LATEST).list(number).codes()}) or None


def bare_codes(sql: str, codes: Codes) -> list[str]:
    """Columns with the codes that they are compared with by number."""
    tree = sqlglot.parse_one(re.sub(r"\{[^}]*\}", "named()", sql), dialect="duckdb")
    return sorted(
        f"{column}: {value.name}"
        for column, values in compared(tree)
        for value in values
        if value.name in (codes_of_column(column, codes) or ())
    )


def strange_codes(sql: str, codes: Codes) -> list[str]:
    """Columns with values that they are compared with one by one and that are not in their list."""
    filled = codes.filled(re.sub(r"\{[a-z]\w*(\([^)]*\))?\}", "given()", sql))
    tree = sqlglot.parse_one(filled, dialect="duckdb")
    ranges = {
        id(value) for node in tree.find_all(exp.Between, exp.LT, exp.GT) for value in node.iter_expressions()
    }
    return sorted(
        f"{column}: {value.name}"
        for column, values in compared(tree)
        for value in values
        if (known := codes_of_column(column, codes)) and value.name not in known and id(value) not in ranges
    )


@pytest.mark.parametrize("path", SQL, ids=lambda path: path.stem)
def test_codes_have_names(path: Path) -> None:
    assert bare_codes(path.read_text(), codes_of(path)) == []


@pytest.mark.parametrize("path", SQL, ids=lambda path: path.stem)
def test_codes_are_in_the_list_of_their_column(path: Path) -> None:
    assert strange_codes(path.read_text(), codes_of(path)) == []


LSA = codes_of(next(path for path in FILES if path.stem == "lsa_hoh_days"))


@pytest.mark.parametrize(
    ("condition", "bare", "strange"),
    [
        ("e.RelationshipToHoH = 1", ["RelationshipToHoH: 1"], []),
        ("1 = e.RelationshipToHoH", ["RelationshipToHoH: 1"], []),
        ("e.RelationshipToHoH IN ({RelationshipToHoH.HEAD}, 99)", ["RelationshipToHoH: 99"], []),
        ("coalesce(c.VeteranStatus, 99) <> 1", ["VeteranStatus: 1"], []),
        ("CASE p.ProjectType WHEN 1 THEN 2 END = 2", ["ProjectType: 1", "ProjectType: 2"], []),
        ("RelationshipToHoH BETWEEN 1 AND 5", ["RelationshipToHoH: 1", "RelationshipToHoH: 5"], []),
        ("LSAProjectType = 15", ["LSAProjectType: 15"], []),
        ("n.ActiveAge BETWEEN 18 AND 65", ["ActiveAge: 65"], []),
        ("n.ActiveAge IN (98, 99)", ["ActiveAge: 98", "ActiveAge: 99"], []),
        ("Oldest = {LSAAge.UNDER_1} + 18", [], []),
        ("{LSADays.of_use(ESDays)} = 30", [], []),
        ("Times = 4", ["Times: 4"], []),
        ("max(e.RelationshipToHoH) = 1", ["RelationshipToHoH: 1"], []),
        ("sum(CASE WHEN e.RelationshipToHoH = {RelationshipToHoH.HEAD} THEN 1 END) = 1", [], []),
        ("d.DisabilityResponse IN (1, 2, 3)", [f"DisabilityResponse: {one}" for one in "123"], []),
        ("d.DisabilityResponse = 4", [], ["DisabilityResponse: 4"]),
        ("e.LivingSituation BETWEEN 100 AND 199", [], []),
        ("e.LivingSituation < 100", [], []),
        ("e.LivingSituation = 199", [], ["LivingSituation: 199"]),
        ("e.PreviousStreetESSH = {DOES_NOT_KNOW}", [], ["PreviousStreetESSH: 8"]),
        ("e.VeteranStatus = {YES} AND e.MoveInDate = e.EntryDate", [], []),
        ("LSAProjectType IN ({LSAProjectType.any_rrh_psh})", [], []),
    ],
)
def test_the_test(condition: str, bare: list[str], strange: list[str]) -> None:
    sql = f"SELECT 1 FROM Enrollment AS e WHERE {condition}"
    assert (bare_codes(sql, LSA), strange_codes(sql, LSA)) == (bare, strange)
