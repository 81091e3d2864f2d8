"""Every check with a predicate finds what it should and nothing else, in the engine that runs it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from hearth.standards import Check, load
from hearth.standards.predicates import columns, compared_codes

CASES = Path(__file__).parent / "cases"
REGISTRY = load(2026)
TYPES = {"S": "VARCHAR", "I": "BIGINT", "D": "DATE", "T": "TIMESTAMP", "M": "DECIMAL(12, 2)"}
PREDICATES = {c.id: c for c in REGISTRY.checks.values() if c.violates and c.kind != "dependent"}
DEPENDENTS = {c.id: c for c in REGISTRY.checks.values() if c.kind == "dependent"}
WRITTEN: dict[str, dict[str, Any]] = {
    name: case
    for path in sorted(CASES.glob("*.yaml"))
    for name, case in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader).items()
}

IDENTIFIERS = {file.key for file in REGISTRY.files.values()} | {"HouseholdID"}

Row = dict[str, str | None]


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    """Empty typed tables of the newest year."""
    with duckdb.connect() as connection:
        for file in REGISTRY.files.values():
            typed = ", ".join(f'"{c.name}" {TYPES[c.type]}' for c in file.columns)
            connection.execute(f'CREATE TABLE "{file.name}" ({typed})')
        yield connection


def query(check: Check, file: str) -> str:
    """The rows or groups that violate a check, as checks/README.md says to build it."""
    joins = " ".join(f'LEFT JOIN "{j.file}" AS {j.alias} ON {j.on}' for j in check.joins)
    if check.per:
        groups = ", ".join(f'this."{name}"' for name in check.per)
        where = f"WHERE {check.where}" if check.where else ""
        return f'SELECT 1 FROM "{file}" AS this {joins} {where} GROUP BY {groups} HAVING {check.violates}'
    where = " AND ".join(f"({part})" for part in (check.where, check.violates) if part)
    return f'SELECT 1 FROM "{file}" AS this {joins} WHERE {where}'


def found(engine: duckdb.DuckDBPyConnection, check: Check, file: str, rows: dict[str, list[Row]]) -> int:
    """How often a check finds something in these rows."""
    engine.execute("BEGIN")
    try:
        for name, some in rows.items():
            identifiers = [c.name for c in REGISTRY.file(name).columns if c.name in IDENTIFIERS]
            for row in some:
                full: Row = {**dict.fromkeys(identifiers, "1"), **row}
                names = ", ".join(f'"{column}"' for column in full)
                marks = ", ".join("?" for _ in full)
                engine.execute(f'INSERT INTO "{name}" ({names}) VALUES ({marks})', list(full.values()))
        return len(engine.execute(query(check, file)).fetchall())
    finally:
        engine.execute("ROLLBACK")


def as_rows(written: Any) -> list[Row]:
    return written if isinstance(written, list) else [written or {}]


def alternatives(written: Any) -> list[list[Row]]:
    """What `bad` or `good` says: one set of rows, or several under `each`."""
    if isinstance(written, dict) and "each" in written:
        return [as_rows(one) for one in written["each"]]
    return [as_rows(written)]


def test_every_check_has_a_case_and_every_case_a_check() -> None:
    assert set(WRITTEN) == set(PREDICATES)


@pytest.mark.parametrize("name", sorted(PREDICATES))
def test_check(engine: duckdb.DuckDBPyConnection, name: str) -> None:
    check, case = PREDICATES[name], WRITTEN[name]
    others = {file: as_rows(rows) for file, rows in (case.get("rows") or {}).items()}
    for file in check.files:
        for rows in alternatives(case["bad"]):
            assert found(engine, check, file, {**others, file: [*others.get(file, []), *rows]}), (file, rows)
        for rows in alternatives(case["good"]):
            assert not found(engine, check, file, {**others, file: [*others.get(file, []), *rows]}), (
                file,
                rows,
            )


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
    for row, expected in (({**holds, column.name: value}, 0), ({column.name: value}, 1), (holds, 0)):
        assert found(engine, check, column.file, {column.file: [row]}) == expected, row
