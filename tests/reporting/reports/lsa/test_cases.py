"""Small invented households, and what the report must make of them. The cases are in cases/, by section.

A case: `title` (starting with the section of the specifications), `report` (parameters that differ from
those in `world.parameters_of`), rows by file (see `world`), and `expect`: for a step or a file of the upload
all its rows, in the columns that the case names; or for some of the rows a list of
`{where: {column: value}, rows: …}`.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from hearth.reporting import engine
from hearth.reporting.engine import Connection
from tests.reporting.cases import assert_table

from .world import filled, own_tables, parameters_of, rows_of, run, stage_rows, table_named

CASES = [
    pytest.param(case, id=f"{path.stem}: {case['title']}")
    for path in sorted((Path(__file__).parent / "cases").glob("*.yaml"))
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
]
ABOUT = {"title", "report", "expect"}


@pytest.fixture(scope="module")
def connection() -> Iterator[Connection]:
    with engine.connected(threads=1) as connection:
        yield connection


@pytest.mark.parametrize("case", CASES)
def test_a_case(connection: Connection, case: Mapping[str, Any]) -> None:
    assert case["expect"], "a case must expect something"
    parameters = parameters_of(case.get("report"))
    with own_tables(connection):
        stage_rows(
            connection,
            filled({file: rows for file, rows in case.items() if file not in ABOUT}, parameters.coc),
        )
        run(connection, parameters, case["expect"])
        for table, expected in case["expect"].items():
            whole = rows_of(connection, f"SELECT * FROM {table_named(table)}")
            assert_table(table, whole, expected)
