"""The cases of `cases/*.yaml`: rows that a check must find, and rows that it must not.

`cases/README.md` tells how they are written.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import yaml

from hearth.standards import Check, load

CASES = Path(__file__).parent / "cases"
REGISTRY = load(2026)
TYPES = {"S": "VARCHAR", "I": "BIGINT", "D": "DATE", "T": "TIMESTAMP", "M": "DECIMAL(12, 2)"}
IDENTIFIERS = {file.key for file in REGISTRY.files.values()} | {"HouseholdID"}

Row = dict[str, str | None]
Rows = dict[str, list[Row]]
"""File → rows."""


@dataclass(frozen=True)
class Case:
    """Rows of all files, and whether the check must find something in them."""

    rows: Rows
    bad: bool


def read(name: str) -> dict[str, dict[str, Any]]:
    """One file of cases; every value is text."""
    written: dict[str, dict[str, Any]] = yaml.load(
        (CASES / name).read_text(encoding="utf-8"), Loader=yaml.BaseLoader
    )
    return written


def cases(written: Mapping[str, Any], file: str) -> Iterator[Case]:
    """The cases of a check, for the rows of one of its files."""
    shared = {name: _listed(rows) for name, rows in (written.get("rows") or {}).items()}
    for word in ("bad", "good"):
        said = written[word]
        for one in said["each"] if isinstance(said, dict) and "each" in said else [said]:
            own = one if isinstance(one, dict) and "this" in one else {"this": one}
            others = shared | {name: _listed(rows) for name, rows in (own.get("with") or {}).items()}
            together = {**others, file: [*others.get(file, []), *_listed(own["this"])]}
            for rows in _each_value(together):
                yield Case(rows, word == "bad")


def _listed(written: Any) -> list[Any]:
    return written if isinstance(written, list) else [written or {}]


def _each_value(rows: dict[str, list[dict[str, Any]]]) -> Iterator[Rows]:
    """A cell that lists values stands for one case of each."""
    cells = [
        (file, number, column, value)
        for file, some in rows.items()
        for number, row in enumerate(some)
        for column, value in row.items()
        if isinstance(value, list)
    ]
    for chosen in product(*(value for *_, value in cells)):
        made: Rows = {file: [dict(row) for row in some] for file, some in rows.items()}
        for (file, number, column, _), value in zip(cells, chosen, strict=True):
            made[file][number][column] = value
        yield made


def empty_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Typed tables of the newest year."""
    for file in REGISTRY.files.values():
        typed = ", ".join(f'"{c.name}" {TYPES[c.type]}' for c in file.columns)
        connection.execute(f'CREATE TABLE "{file.name}" ({typed})')


def put(connection: duckdb.DuckDBPyConnection, rows: Rows) -> None:
    """Store rows; an identifier that is not written is `1`, so that everything belongs together."""
    for name, some in rows.items():
        identifiers = [c.name for c in REGISTRY.file(name).columns if c.name in IDENTIFIERS]
        for row in some:
            full: Row = {**dict.fromkeys(identifiers, "1"), **row}
            names = ", ".join(f'"{column}"' for column in full)
            values = ", ".join(
                "NULL" if value is None or value == "" else "'" + value.replace("'", "''") + "'"
                for value in full.values()
            )
            connection.execute(f'INSERT INTO "{name}" ({names}) VALUES ({values})')


def query(check: Check, file: str) -> str:
    """The rows or groups that violate a check, as checks/README.md says to build it."""
    joins = " ".join(f'LEFT JOIN "{j.file}" AS {j.alias} ON {j.on}' for j in check.joins)
    if check.per:
        groups = ", ".join(f'this."{name}"' for name in check.per)
        where = f"WHERE {check.where}" if check.where else ""
        return f'SELECT 1 FROM "{file}" AS this {joins} {where} GROUP BY {groups} HAVING {check.violates}'
    where = " AND ".join(f"({part})" for part in (check.where, check.violates) if part)
    return f'SELECT 1 FROM "{file}" AS this {joins} WHERE {where}'


def finds(connection: duckdb.DuckDBPyConnection, check: Check, file: str) -> bool:
    """Whether a check finds something in the rows that are stored."""
    return connection.execute(query(check, file) + " LIMIT 1").fetchone() is not None
