"""Ties that a key decides are declared in a step's header, found and counted."""

from pathlib import Path

import pytest

from hearth.reporting import engine
from hearth.reporting.runtime import ties
from hearth.reporting.runtime.codes import of_year
from hearth.reporting.runtime.notes import Notes
from hearth.reporting.runtime.plan import PlanError, Step
from hearth.reporting.runtime.run import run_steps
from hearth.reporting.runtime.step_files import read_step, read_steps
from hearth.standards.load import MODEL_YEAR

CODES = of_year(MODEL_YEAR)
LATEST = """
WITH numbered AS (
    SELECT PersonalID, Day, Place,
        row_number() OVER (PARTITION BY PersonalID ORDER BY Day DESC, StayID) AS Number
    FROM stay
)
SELECT PersonalID, Place FROM numbered WHERE Number = 1
"""
ALIKE = "stays of one day: numbered.Number by Place"


def step(folder: Path, said: str, sql: str = LATEST) -> Step:
    header = "-- Section: 1\n-- Grain: one\n-- Inputs: stay\n" + (f"-- Ties: {said}\n" if said else "")
    (folder / "latest.sql").write_text(header + sql.lstrip())
    return read_step(folder / "latest.sql", CODES)


def counted(one: Step, rows: str, more: str = "") -> list[tuple[str, int]]:
    with engine.connected(threads=1) as connection:
        engine.run(
            connection,
            f"CREATE TABLE stay AS SELECT * FROM (VALUES {rows}) AS t (PersonalID, StayID, Day, Place)",
        )
        further = []
        if more:
            engine.run(
                connection, f"CREATE TABLE reported AS SELECT * FROM (VALUES {more}) AS t (PersonalID)"
            )
            further = [Step("reported", "", "", "", ())]
        tie_steps = ties.counting([one, *further], {"PersonalID": "reported"})
        run_steps(connection, [one, *tie_steps])
        return [(tie.words, tie.number) for tie in ties.found(connection, [one])]


@pytest.mark.parametrize(
    ("rows", "number"),
    [
        pytest.param("('A', '1', 1, 'x'), ('A', '2', 2, 'y')", 0, id="a value decides"),
        pytest.param("('A', '1', 1, 'x'), ('A', '2', 1, 'y')", 1, id="the key decides"),
        pytest.param("('A', '1', 1, 'x'), ('A', '2', 1, 'x')", 0, id="the key decides nothing"),
        pytest.param("('A', '1', 1, 'x'), ('A', '2', 1, NULL)", 1, id="a value and none"),
        pytest.param("('A', '1', 1, NULL), ('A', '2', 1, NULL)", 0, id="none and none"),
        pytest.param("('A', '1', 1, 'x'), ('A', '2', 1, 'y'), ('A', '3', 2, 'z')", 0, id="not of the last"),
        pytest.param("('A', '1', 1, 'x'), ('A', '2', 1, 'y'), ('A', '3', 1, 'z')", 1, id="three are one tie"),
        pytest.param(
            "('A', '1', 1, 'x'), ('A', '2', 1, 'y'), ('B', '3', 5, 'x'), ('B', '4', 5, 'z')",
            2,
            id="of two people",
        ),
        pytest.param("('A', '1', NULL, 'x'), ('A', '2', NULL, 'y')", 1, id="without a value that orders"),
    ],
)
def test_a_tie_is_counted_where_the_key_decides_something(tmp_path: Path, rows: str, number: int) -> None:
    assert counted(step(tmp_path, ALIKE), rows) == [("stays of one day", number)]


def test_a_tie_counts_once_for_each_that_it_is_of(tmp_path: Path) -> None:
    """The partition is finer here than what a tie is of."""
    sql = (
        "SELECT PersonalID, row_number() OVER (PARTITION BY PersonalID, Place ORDER BY Day, StayID) AS Number"
        " FROM stay"
    )
    rows = "('A', '1', 1, 'x'), ('A', '2', 1, 'x'), ('A', '3', 1, 'y'), ('A', '4', 1, 'y')"
    one = step(tmp_path, "stays: latest.Number per PersonalID by StayID", sql)
    assert counted(one, rows) == [("stays", 1)]
    assert counted(step(tmp_path, "stays: latest.Number by StayID", sql), rows) == [("stays", 2)]


def test_a_tie_of_what_is_not_reported_does_not_count(tmp_path: Path) -> None:
    one = step(tmp_path, "stays: numbered.Number per PersonalID by Place")
    rows = "('A', '1', 1, 'x'), ('A', '2', 1, 'y'), ('B', '3', 5, 'x'), ('B', '4', 5, 'z')"
    assert counted(one, rows, "('B'), ('C')") == [("stays", 1)]
    assert counted(one, rows) == [("stays", 2)]  # a kind of report without that table


def test_a_window_of_the_step_itself(tmp_path: Path) -> None:
    sql = "SELECT PersonalID, Place, row_number() OVER (ORDER BY StayID) AS Number FROM stay"
    rows = "('A', '1', 1, 'x'), ('B', '2', 2, 'y')"
    assert counted(step(tmp_path, "all: latest.Number by Place", sql), rows) == [("all", 1)]


def test_what_decides_nothing_is_declared_and_not_counted(tmp_path: Path) -> None:
    assert step(tmp_path, "stays: numbered.Number by nothing").ties == ()


@pytest.mark.parametrize(
    ("said", "sql", "message"),
    [
        pytest.param("", LATEST, r"a key decides ties in numbered.Number; say under 'Ties'", id="not said"),
        pytest.param("stays", LATEST, "is not of the form", id="not of the form"),
        pytest.param(
            f"{ALIKE}; exits: numbered.Other by Place", LATEST, "no window numbered.Other", id="stale"
        ),
        pytest.param(
            "", LATEST.replace("Day DESC, StayID", "Day DESC"), r"let its ORDER BY end in a key", id="no key"
        ),
        pytest.param(
            "",
            LATEST.replace("row_number()", "max(Day)").replace("Number = 1", "Number > 1"),
            "a key decides ties in numbered.Number",
            id="any window",
        ),
        pytest.param(
            "", "SELECT arg_min(Place, StayID) AS Place FROM stay", "takes one of equal rows", id="arg_min"
        ),
        pytest.param("", "SELECT first(Place) AS Place FROM stay", "takes one of equal rows", id="first"),
        pytest.param(
            "", "SELECT any_value(Place) AS Place FROM stay", "takes one of equal rows", id="any_value"
        ),
        pytest.param(
            "stays: latest.Number by Place",
            "SELECT Place, row_number() OVER (ORDER BY StayID) AS Number FROM stay GROUP BY Place, StayID",
            "without GROUP BY",
            id="grouped",
        ),
    ],
)
def test_a_step_says_what_its_keys_decide(tmp_path: Path, said: str, sql: str, message: str) -> None:
    with pytest.raises(PlanError, match=message):
        step(tmp_path, said, sql)


def test_a_window_by_values_alone_declares_nothing(tmp_path: Path) -> None:
    sql = "SELECT Place, max(Day) OVER (PARTITION BY PersonalID ORDER BY Day) AS Until FROM stay"
    assert step(tmp_path, "", sql).ties == ()


def test_the_ties_of_kept_steps_are_those_of_parsed_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEARTH_HOME", str(tmp_path / "home"))
    (tmp_path / "steps").mkdir()
    one = step(tmp_path / "steps", ALIKE)
    assert [read_steps(tmp_path / "steps", CODES) for _ in range(2)] == [[one], [one]]
    assert one.ties


def test_what_is_said_of_ties() -> None:
    found = (ties.Ties("stays of one day", 1), ties.Ties("exits", 0), ties.Ties("beds", 1200))
    ends = "no value says which of them counts, so the order of their keys decides."
    assert Notes(ties=found).tie_sentences() == [
        f"Stays of one day, once: {ends}", f"Beds, 1,200 times: {ends}",
    ]  # fmt: skip
