"""What HUD means by a word: small invented cases for every branch, in cases/, a file for each concept.

A case: `title`; rows by file of HMIS CSV, short as in the cases of the LSA (see its `world`); for a rule
`given`, the tables that it wants by name, each with its rows; and `expect`, rows of the concept in
the columns that the case names.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlglot
import yaml

from hearth.reporting import concepts, engine
from hearth.reporting.engine import Connection
from hearth.reporting.runtime.codes import of_year
from hearth.reporting.runtime.plan import DIALECT, Step, needed, plan
from hearth.reporting.runtime.run import run_steps
from hearth.reporting.runtime.step_files import read_steps, rule_select, tables_of
from hearth.standards.load import MODEL_YEAR
from tests.reporting.cases import Row, assert_table
from tests.reporting.reports.lsa.world import REGISTRY, filled, own_tables, rows_of, stage_rows

FOLDER = Path(__file__).parent / "cases"
CASES = [
    pytest.param(path.stem, case, id=f"{path.stem}: {case['title']}")
    for path in sorted(FOLDER.glob("*.yaml"))
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
]
CODES = of_year(MODEL_YEAR)
TYPES = {bool: "BOOLEAN", int: "BIGINT", str: "VARCHAR", date: "DATE"}
# Told in a case of its own, as it needs more than rows.
ELSEWHERE = {"client_ssn": "test_client_ssn", "homeless_episode": "test_episodes of the LSA"}


@pytest.fixture(scope="module")
def connection() -> Iterator[Connection]:
    with engine.connected(threads=1) as connection:
        yield connection


@pytest.mark.parametrize(("concept", "case"), CASES)
def test_a_case(connection: Connection, concept: str, case: Mapping[str, Any]) -> None:
    files = {file: rows for file, rows in case.items() if file not in ("title", "given", "expect")}
    with own_tables(connection):
        stage_rows(connection, filled(files))
        for table, rows in case.get("given", {}).items():
            give(connection, table, rows)
        run_concept(connection, concept, list(case.get("given", {})))
        assert_table(concept, rows_of(connection, f"SELECT * FROM {concept}"), case["expect"])


def run_concept(connection: Connection, concept: str, given: Sequence[str] = ()) -> None:
    """Make the table of a concept, or of a rule over the given tables, and what it rests on."""
    steps = read_steps(concepts.FOLDER, CODES)
    rule = concepts.RULES / f"{concept}.sql"
    if rule.is_file():
        select = CODES.filled(rule_select(concept, {one: one for one in given}))
        reads = tables_of(sqlglot.parse_one(select, dialect=DIALECT))
        steps = [*steps, Step(concept, select, "", "", tuple(reads))]
    run_steps(connection, needed(plan(steps, [*REGISTRY.files, *given]), [concept]))


def give(connection: Connection, table: str, rows: Sequence[Row]) -> None:
    """A table of these rows; the first row has a value in every column."""
    kinds = ", ".join(f"{column} {TYPES[type(value)]}" for column, value in rows[0].items())
    connection.execute(f"CREATE TABLE {table} ({kinds})")
    places = ", ".join("?" * len(rows[0]))
    for row in rows:
        assert set(row) <= set(rows[0]), f"{table}: {row}"
        connection.execute(f"INSERT INTO {table} VALUES ({places})", [row.get(column) for column in rows[0]])


def test_every_concept_has_cases() -> None:
    files = {path.stem for folder in (concepts.FOLDER, concepts.RULES) for path in folder.glob("*.sql")}
    told = {path.stem for path in FOLDER.glob("*.yaml")}
    assert told.isdisjoint(ELSEWHERE)
    assert files == told | set(ELSEWHERE)
