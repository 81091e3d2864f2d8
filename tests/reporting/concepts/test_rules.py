"""Rules of `concepts/rules`: how a step names one, and that each is what its header says."""

import re
from pathlib import Path

import pytest
import sqlglot

from hearth.reporting import concepts
from hearth.reporting.runtime.plan import PlanError
from hearth.reporting.runtime.step_files import read_step, rule_select
from tests.reporting.reports.steps import FILES

RULES = sorted(concepts.RULES.glob("*.sql"))
EPISODES = "homeless_episode; intervals = days"


def step(folder: Path, rule: str, sql: str = "") -> Path:
    path = folder / "episodes.sql"
    path.write_text(f"-- Section: 1\n-- Grain: one row\n-- Inputs: days\n-- Rule: {rule}\n{sql}")
    return path


def test_a_step_is_the_rule_over_its_table(tmp_path: Path) -> None:
    read = read_step(step(tmp_path, EPISODES))
    assert (read.name, read.section, read.inputs) == ("episodes", "1", ("days",))
    assert "FROM days" in read.sql
    assert "{" not in read.sql


@pytest.mark.parametrize(
    ("rule", "sql", "said"),
    [
        ("homeless_episodes; intervals = days", "", "not there. There are .*homeless_episode"),
        ("homeless_episode", "", "wants intervals"),
        ("homeless_episode; days = days", "", "wants intervals; the step gives days"),
        ("homeless_episode; intervals = nights", "", "differ in days, nights"),
        (EPISODES, "SELECT 1", "has a SELECT of its own"),
    ],
)
def test_a_step_that_names_a_rule_wrongly_is_refused(tmp_path: Path, rule: str, sql: str, said: str) -> None:
    with pytest.raises(PlanError, match=said):
        read_step(step(tmp_path, rule, sql))


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_a_rule_says_what_it_wants(path: Path) -> None:
    """Its `Given` are the tables in braces, and it is used by a step, else nobody sees what it does."""
    header, _, _ = path.read_text().partition("\nWITH ")
    given = re.findall(r"(?:Given: |; )(\w+):", header.replace("\n--  ", ""))
    assert {"Section", "Grain", "Given"} <= set(re.findall(r"^-- (\w+):", header, re.MULTILINE))
    select = rule_select(path.stem, {name: name for name in given})
    assert sqlglot.parse_one(re.sub(r"\{[\w.]+\}", "1", select), dialect="duckdb")
    assert any(f"-- Rule: {path.stem};" in one.read_text() for one in FILES)


def test_there_are_rules() -> None:
    assert RULES
