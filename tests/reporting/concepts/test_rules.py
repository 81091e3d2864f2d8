"""Rules of `concepts/rules`: how a step names one, and that each is what its header says."""

import re
from pathlib import Path

import pytest
import sqlglot

from hearth.reporting import concepts
from hearth.reporting.runtime.codes import of_year
from hearth.reporting.runtime.plan import PlanError
from hearth.reporting.runtime.step_files import read_step, rule_select
from hearth.standards.load import MODEL_YEAR
from tests.reporting.reports.steps import FILES

CODES = of_year(MODEL_YEAR)
RULES = sorted(concepts.RULES.glob("*.sql"))
READ = "SELECT * FROM {homeless_episode(intervals = days)} AS e"


def step(folder: Path, sql: str) -> Path:
    path = folder / "episodes.sql"
    path.write_text(f"-- Section: 1\n-- Grain: one row\n-- Inputs: days\n{sql}\n")
    return path


def test_a_step_reads_a_rule_like_a_table(tmp_path: Path) -> None:
    read = read_step(step(tmp_path, READ), CODES)
    assert (read.name, read.section, read.inputs) == ("episodes", "1", ("days",))
    assert "FROM days" in read.sql
    assert "{" not in read.sql


def test_what_a_rule_reads_may_be_a_part_of_the_step(tmp_path: Path) -> None:
    sql = f"WITH nights AS (SELECT * FROM days) {READ.replace('= days', '= nights')}"
    assert read_step(step(tmp_path, sql), CODES).inputs == ("days",)


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        (
            READ.replace("episode", "episodes"),
            r"episodes\.sql: There is no rule homeless_episodes\.",
        ),
        (READ.replace("intervals", "stays"), "wants intervals; the step gives stays"),
        (READ.replace("= days", "= days, stays = days"), "wants intervals; the step gives intervals, stays"),
        (READ.replace("= days", "= nights"), "differ in days, nights"),
        (READ.replace("= days", "= segment"), "has a table segment of its own; call yours otherwise"),
    ],
)
def test_a_step_that_reads_a_rule_wrongly_is_refused(tmp_path: Path, sql: str, told: str) -> None:
    with pytest.raises(PlanError, match=told):
        read_step(step(tmp_path, sql), CODES)


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_a_rule_says_what_it_wants(path: Path) -> None:
    """Its `Given` are the tables in braces, and it has cases or is read by a step, else nobody sees what it
    does."""
    header = "".join(line[2:] for line in path.read_text().splitlines() if line.startswith("--"))
    assert {"Section", "Grain", "Given"} <= set(re.findall(r" (\w+):", header))
    given = re.findall(r"(?:Given: |; )(\w+): \w+", header)
    select = CODES.filled(rule_select(path.stem, {name: f"given_{name}" for name in given}))
    assert sqlglot.parse_one(select, dialect="duckdb")
    cases = Path(__file__).parent / "cases" / f"{path.stem}.yaml"
    assert cases.is_file() or any(f"{{{path.stem}(" in one.read_text() for one in FILES)


def test_there_are_rules() -> None:
    assert RULES
