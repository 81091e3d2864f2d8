"""Steps are read, checked against their headers and put in order."""

from pathlib import Path

import pytest

from hearth.reporting.runtime.codes import of_year
from hearth.reporting.runtime.plan import PlanError, Step, mentioned, needed, plan
from hearth.reporting.runtime.step_files import read_step, tables_of
from hearth.standards.load import MODEL_YEAR

CODES = of_year(MODEL_YEAR)


def step_file(folder: Path, name: str, inputs: str, sql: str, header: str = "") -> Path:
    path = folder / f"{name}.sql"
    path.write_text(
        header or f"-- Section: 1\n-- Grain: one row\n-- Inputs: {inputs}\n-- For the reader.\n{sql}"
    )
    return path


def step(name: str, *inputs: str) -> Step:
    return Step(name, "SELECT 1", "1", "one row", inputs)


def test_a_step_is_read_with_its_header(tmp_path: Path) -> None:
    path = step_file(
        tmp_path,
        "people",
        "Client,\n--   stays",
        "WITH own AS (SELECT * FROM Client) SELECT * FROM own JOIN stays ON TRUE",
    )
    read = read_step(path, CODES)
    assert (read.name, read.section, read.grain, read.inputs) == (
        "people",
        "1",
        "one row",
        ("Client", "stays"),
    )


@pytest.mark.parametrize(
    ("inputs", "sql", "said"),
    [
        ("Client", "SELECT * FROM Client JOIN Project ON TRUE", "project"),
        ("Client, Exit", "SELECT * FROM Client", "exit"),
        ("Client", "SELECT * FROM Client; SELECT 1", "one SELECT"),
        ("Client", "DELETE FROM Client", "one SELECT"),
        ("Client", "SELECT FROM WHERE", "parsed"),
    ],
)
def test_a_step_that_is_not_what_it_says_is_refused(tmp_path: Path, inputs: str, sql: str, said: str) -> None:
    with pytest.raises(PlanError, match=said):
        read_step(step_file(tmp_path, "people", inputs, sql), CODES)


def test_a_header_must_be_whole(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="grain, inputs"):
        read_step(step_file(tmp_path, "people", "", "", header="-- Section: 1\nSELECT 1"), CODES)


def test_a_cte_is_not_an_input() -> None:
    import sqlglot

    parsed = sqlglot.parse_one("WITH a AS (SELECT 1 AS x) SELECT * FROM a JOIN b USING (x)", dialect="duckdb")
    assert tables_of(parsed) == {"b"}


def test_steps_come_after_what_they_read() -> None:
    ordered = plan([step("c", "B", "Client"), step("b", "a"), step("a")], ["Client"])
    assert [one.name for one in ordered] == ["a", "b", "c"]


def test_only_what_is_needed() -> None:
    ordered = plan([step("c", "b"), step("b"), step("a")], [])
    assert [one.name for one in needed(ordered, ["C"])] == ["b", "c"]


def test_a_circle_is_named() -> None:
    with pytest.raises(PlanError, match=r"circle: .*a.*b"):
        plan([step("a", "b"), step("b", "a")], [])


def test_a_table_that_nobody_makes_is_named() -> None:
    with pytest.raises(PlanError, match="a reads nothing_like_it"):
        plan([step("a", "nothing_like_it")], ["Client"])


def test_a_step_must_not_hide_a_given_table() -> None:
    with pytest.raises(PlanError, match="client"):
        plan([step("Client")], ["client"])


def test_a_table_is_read_in_the_columns_that_its_readers_mention(tmp_path: Path) -> None:
    sql = "SELECT c.PersonalID, CASE WHEN c.dob IS NULL THEN 1 ELSE n END AS known FROM Client AS c"
    one = read_step(step_file(tmp_path, "one", "Client", sql), CODES)
    other = read_step(step_file(tmp_path, "other", "stays", "SELECT EntryDate FROM stays"), CODES)
    assert mentioned([one, other], "client") == {"personalid", "dob", "n"}
    assert mentioned([one, other], "Exit") == set()
