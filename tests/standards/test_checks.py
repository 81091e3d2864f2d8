"""Every check with a predicate finds what it should and nothing else, in the engine that runs it.

A case is worth something when it notices a mistake: every branch of every predicate is broken once, and some
case must come out otherwise (`mutations`).
"""

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from hearth.standards.document import Block
from hearth.standards.document import read as read_yaml
from hearth.standards.model import Check
from hearth.standards.predicates import columns, compared_codes
from hearth.standards.read_checks import CONDITIONS, expand, joins

from .cases_of_checks import CASES, REGISTRY, Row, cases, empty_tables, finds, put, read
from .mutations import Predicate, broken

PREDICATES = {c.id: c for c in REGISTRY.checks.values() if c.violates and c.kind != "dependent"}
DEPENDENTS = {c.id: c for c in REGISTRY.checks.values() if c.kind == "dependent"}
WRITTEN = {name: case for path in sorted(CASES.glob("[!_]*.yaml")) for name, case in read(path.name).items()}
SHARED = read("_conditions.yaml")
# Branches whose breaking changes no result, and why.
SAME_ALL_THE_SAME = {
    "homeless_months_contradict": {"+ 1 > 13 with its equal case changed": "13 months are 13 either way"},
    "vsp_has_clients": {
        "COUNT(*) > 0 with its equal case changed": "a group has a row",
        "per: without ProjectID": "it decides how many findings there are, not whether",
    },
}


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 1}) as connection:
        empty_tables(connection)
        yield connection


def unnoticed(engine: duckdb.DuckDBPyConnection, predicate: Predicate, written: dict[str, Any]) -> list[str]:
    """Run every case, assert what it says, and tell which broken branches no case notices."""
    check = predicate.check
    left = dict(enumerate(broken(predicate)))
    for position, file in enumerate(check.files):
        for case in cases(written, file):
            engine.execute("BEGIN")
            try:
                put(engine, case.rows)
                assert finds(engine, check, file) == case.bad, (
                    "bad" if case.bad else "good",
                    file,
                    case.rows,
                )
                if position == 0:
                    noticed = [n for n, one in left.items() if finds(engine, one.check, file) != case.bad]
                    for number in noticed:
                        del left[number]
            finally:
                engine.execute("ROLLBACK")
    same = SAME_ALL_THE_SAME.get(check.id, {})
    return [one.what for one in left.values() if not any(part in one.what for part in same)]


def predicate_of(check: Check) -> Predicate:
    written = read_yaml(REGISTRY.folder, f"checks/{check.family}.yaml").block(check.id)
    return Predicate(
        check,
        written.optional("where"),
        written.text("violates"),
        lambda whole: expand(REGISTRY.folder, REGISTRY.elements, whole, check.files),
    )


def test_every_check_has_a_case_and_every_case_a_check() -> None:
    assert set(WRITTEN) == set(PREDICATES)


@pytest.mark.parametrize("name", sorted(PREDICATES))
def test_check(engine: duckdb.DuckDBPyConnection, name: str) -> None:
    assert unnoticed(engine, predicate_of(PREDICATES[name]), WRITTEN[name]) == []


def test_every_shared_condition_has_a_case() -> None:
    assert set(SHARED) == set(read_yaml(REGISTRY.folder, CONDITIONS))


@pytest.mark.parametrize("name", sorted(SHARED))
def test_shared_condition(engine: duckdb.DuckDBPyConnection, name: str) -> None:
    """`bad` rows are those where the condition holds."""
    written = SHARED[name]
    text = read_yaml(REGISTRY.folder, CONDITIONS).text(name)
    files = (written["file"],)
    block = Block("_conditions.yaml", 1)
    block["joins"] = written.get("joins", [])
    holds = written.get("holds", f"{{{name}}}")

    def of(text: str) -> str:
        return expand(REGISTRY.folder, REGISTRY.elements, text, files)

    check = Check(
        name, "", "info", "row", "sql", files, (), "", "",
        joins=joins(block, lambda: REGISTRY.files, files), violates=of(holds),
    )  # fmt: skip
    predicate = Predicate(check, None, holds.replace(f"{{{name}}}", f"({text})"), of)
    assert unnoticed(engine, predicate, written) == []


@pytest.mark.parametrize("name", sorted(DEPENDENTS))
def test_dependent(engine: duckdb.DuckDBPyConnection, name: str) -> None:
    """A value is found where the column's condition does not hold, and not where it does."""
    check = DEPENDENTS[name]
    column = REGISTRY.column(f"{check.files[0]}.{check.columns[0]}")
    value = {"S": "x", "D": "2024-01-01", "M": "1.00"}.get(column.type, "1")
    condition = column.only_if or ""
    holds: Row = {}
    for named, code in compared_codes(condition):
        holds.setdefault(named.column, code)
    for named in columns(condition):
        holds.setdefault(named.column, "1")
    for row, expected in (
        ({**holds, column.name: value}, False),
        ({column.name: value}, True),
        (holds, False),
    ):
        engine.execute("BEGIN")
        put(engine, {column.file: [row]})
        found = finds(engine, check, column.file)
        engine.execute("ROLLBACK")
        assert found == expected, row
