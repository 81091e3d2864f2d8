"""Step files keep to the SQL that gives the same result on every engine they are meant for."""

import re
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from hearth.reporting.runtime.step_files import read_step, step_text
from tests.reporting.reports.steps import FILES, codes_of

# Differ silently between engines, or exist on one only.
BANNED = {
    "date_diff by month": r"date_diff\(\s*'(month|quarter|year|week)'",
    "cast of a fraction to an integer": r"CAST\([^()]*\.5 AS (INT|INTEGER|BIGINT)\)",
    "dayofweek": r"\b(dayofweek|isodow)\b",
    "GROUP BY ALL": r"\bGROUP BY ALL\b",
    "EXCLUDE": r"\bEXCLUDE\b",
    "ASOF JOIN": r"\bASOF\b",
    "quantile_cont": r"\bquantile_cont\b",
    "rows made from nothing": r"\b(unnest|generate_series|range)\(",
    "substr from 0": r"\bsubstr(ing)?\([^()]*,\s*0\s*,",  # Spark counts 0 as 1
    "LIKE with a backslash": r"LIKE '[^']*\\",  # Spark escapes with it
}
WHOLE = {exp.DataType.Type.INT, exp.DataType.Type.BIGINT, exp.DataType.Type.SMALLINT}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_step_is_portable(path: Path) -> None:
    step = read_step(path, codes_of(path))
    code = "\n".join(line for line in step.sql.splitlines() if not line.strip().startswith("--"))
    assert [what for what, found in BANNED.items() if re.search(found, code, re.IGNORECASE)] == []
    assert max(len(line) for line in step_text(path).splitlines()) <= 120


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_step_stands_in_the_folder_of_its_section(path: Path) -> None:
    """`-- Section: 6.19 LSAHousehold` stands in `steps/06_households/`."""
    folder = path.parent
    if folder.parent.name == "steps":
        section = read_step(path, codes_of(path)).section
        assert int(folder.name.partition("_")[0]) == int(re.match(r"\d+", section)[0])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_quotient_is_cut_or_rounded_by_name(path: Path) -> None:
    """CAST to a whole number rounds in DuckDB and cuts in Spark."""
    assert whole_casts_of_quotients(codes_of(path).filled(step_text(path))) == []


def whole_casts_of_quotients(sql: str) -> list[str]:
    return [
        cast.sql(dialect="duckdb")
        for cast in sqlglot.parse_one(sql, dialect="duckdb").find_all(exp.Cast)
        if cast.to.this in WHOLE and isinstance(cast.this.unnest(), exp.Div | exp.Avg)
    ]


@pytest.mark.parametrize(
    ("sql", "what"),
    [
        ("SELECT substr(a, 0, 2)", "substr from 0"),
        (r"SELECT a LIKE 'a\_b'", "LIKE with a backslash"),
        ("SELECT unnest([1])", "rows made from nothing"),
    ],
)
def test_the_ban_finds_it(sql: str, what: str) -> None:
    assert [name for name, found in BANNED.items() if re.search(found, sql, re.IGNORECASE)] == [what]


def test_the_ban_finds_a_quotient() -> None:
    assert len(whole_casts_of_quotients("SELECT CAST((a / b) AS INTEGER), CAST(avg(a) AS BIGINT)")) == 2
    assert whole_casts_of_quotients("SELECT CAST(floor(a / b) AS BIGINT)") == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_left_join_is_on_equalities_alone(path: Path) -> None:
    """Anything else becomes a nested loop."""
    for join in sqlglot.parse_one(codes_of(path).filled(step_text(path)), dialect="duckdb").find_all(
        exp.Join
    ):
        if join.side and join.args.get("on") is not None:
            assert not list(join.args["on"].find_all(exp.Or)), join.sql(dialect="duckdb")


def test_there_are_steps() -> None:
    assert len(FILES) > 20
