"""Tables from pick lists: the groups of living situations, and appendix A of the APR."""

import pytest

from hearth.reporting import engine
from hearth.reporting.runtime.lists import list_steps
from hearth.reporting.runtime.run import run_steps
from hearth.standards.load import MODEL_YEAR, load

# APR FY2026, appendix A: destinations by project type, + positive, x excluded. HP, PH and types that are not
# named are one column.
COLUMNS = {
    "SO": [4],
    "ES and TH": [0, 1, 2],
    "HP, PH, others": [3, 7, 9, 10, 11, 12, 13, 14],
    "SH": [8],
    "SSO": [6],
}
APPENDIX_A = {
    (101, 118, 204, 205, 314, 312, 313, 302, 327): "+....",
    (332,): "++...",
    (215, 225): "+xxxx",
    (206, 24): "xxxxx",
    (329,): "x....",
    (426, 411, 421, 410, 435, 422, 423): "+++++",
    (116, 207, 8, 9, 99, 30, 17): ".....",
}


def rows(table: str, year: int = MODEL_YEAR) -> list[tuple[object, ...]]:
    with engine.connected(threads=1) as connection:
        run_steps(connection, list_steps(load(year)))
        return engine.rows(connection, f"SELECT * FROM {table}")


def test_outcomes_of_exits_are_those_of_the_appendix() -> None:
    expected = {
        (destination, project_type): {"+": "positive", "x": "excluded"}[mark]
        for destinations, marks in APPENDIX_A.items()
        for destination in destinations
        for mark, types in zip(marks, COLUMNS.values(), strict=True)
        if mark != "."
        for project_type in types
    }
    found = rows("exit_outcome")
    assert {(destination, kind): outcome for destination, kind, outcome in found} == expected
    assert len(found) == len(expected)


def test_every_destination_is_in_the_appendix() -> None:
    """A destination that HUD adds is looked at by somebody."""
    known = {str(code) for codes in APPENDIX_A for code in codes}
    options = load(MODEL_YEAR).list("3.12.1").options
    assert {one.code for one in options if "destination" in one.used_for} - known == set()


@pytest.mark.parametrize(
    ("code", "situation"),
    [
        (116, "homeless"),
        (225, "institutional"),
        (332, "temporary"),
        (435, "permanent"),
        (24, "other"),
        (99, "other"),
    ],
)
def test_a_living_situation_has_its_group(code: int, situation: str) -> None:
    assert (code, situation) in rows("living_situation")


def test_groups_are_the_hundreds_of_their_codes() -> None:
    """FY2024 put the group in front of each code; the SQL of steps goes by ranges."""
    hundreds = {1: "homeless", 2: "institutional", 3: "temporary", 4: "permanent", 0: "other"}
    for code, situation in rows("living_situation"):
        assert isinstance(code, int)
        assert hundreds[code // 100] == situation


def test_a_year_with_other_project_types_has_no_outcomes() -> None:
    assert rows("exit_outcome", 2022) == []
