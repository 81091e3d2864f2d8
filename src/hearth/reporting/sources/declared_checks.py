"""Checks that the registry declares as SQL: predicates over a row, its joins, or groups of rows.

The convention is `standards/checks/README.md`. Predicates see the rows that are not deleted: tables of the
schema `live`, which are views. Predicates of one file with the same joins are counted in one scan, and only
those that hold somewhere are run again for the rows. Those that cannot hold, with what the export has values
in, are not run at all (`possible_checks`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

from hearth.reporting import engine
from hearth.reporting.engine import Connection, name
from hearth.standards.load import Registry
from hearth.standards.model import Check, File

from .findings_table import Collected, Rule
from .possible_checks import can_hold

LIVE = "live"
KINDS = ("sql", "dependent")
_AT_ONCE = 60  # predicates of one scan: enough to save scans, few enough for the planner


@contextmanager
def live_rows(
    connection: Connection,
    files: Iterable[File],
    filled: Mapping[str, frozenset[str]] = MappingProxyType({}),
) -> Iterator[None]:
    """While it lasts, bare table names mean the rows that are not deleted. `filled`: by file, the columns
    with any value where that is known: the table of a file without a DateDeleted is its live rows."""
    connection.execute(f"DROP SCHEMA IF EXISTS {LIVE} CASCADE")
    connection.execute(f"CREATE SCHEMA {LIVE}")
    for file in files:
        if "DateDeleted" not in filled.get(file.name, ("DateDeleted",)):
            continue
        where = " WHERE DateDeleted IS NULL" if "DateDeleted" in file else ""
        connection.execute(
            f"CREATE VIEW {LIVE}.{name(file.name)} AS SELECT * FROM main.{name(file.name)}{where}"
        )
    before = engine.scalar(connection, "SELECT current_schema()")
    connection.execute(f"SET search_path = '{LIVE},main'")
    try:
        yield
    finally:
        connection.execute(f"SET schema = '{before}'")
        connection.execute(f"DROP SCHEMA {LIVE} CASCADE")


def check_declared(
    collected: Collected,
    registry: Registry,
    file: File,
    filled: Mapping[str, frozenset[str]] = MappingProxyType({}),
    *,
    partial: bool = False,
) -> None:
    """Run every declared check whose rows are of `file`. Must be called within `live_rows`. `filled`: by
    file, the columns with any value where that is known.

    Of a `partial` export those are left out that conclude from what is not there: NOT EXISTS, and groups of
    rows (a household without a head)."""
    wanted = [
        check
        for check in registry.checks.values()
        if check.kind in KINDS
        and not (partial and (check.per or "NOT EXISTS" in (check.violates or "").upper()))
    ]
    for check in may_be_broken(collected.connection, wanted, file, filled):
        _collect(collected, check, file)


def may_be_broken(
    connection: Connection,
    checks: Iterable[Check],
    file: File,
    filled: Mapping[str, frozenset[str]] = MappingProxyType({}),
) -> Iterator[Check]:
    """The checks of rows of `file` that something may break: those that look at one row at a time are counted
    in one scan, the others are there unless nothing can break them."""
    together: dict[str, list[Check]] = defaultdict(list)
    for check in checks:
        if file.name not in check.files or check.violates is None or not can_hold(check, file, filled):
            continue
        if check.per or "SELECT" in check.violates.upper():
            yield check
        else:
            together[_from(check, file)].append(check)
    for source, ones in together.items():
        for start in range(0, len(ones), _AT_ONCE):
            chunk = ones[start : start + _AT_ONCE]
            counts = engine.row(
                connection,
                "SELECT " + ", ".join(f"count_if({check.violates})" for check in chunk) + f" {source}",
            )
            for check, count in zip(chunk, counts, strict=True):
                if count:
                    yield check


def _from(check: Check, file: File) -> str:
    where = f" WHERE ({check.where})" if check.where else ""
    return f"FROM {name(file.name)} AS this{_joins(check)}{where}"


def _joins(check: Check) -> str:
    return "".join(f" LEFT JOIN {name(j.file)} AS {j.alias} ON {j.on}" for j in check.joins)


def _collect(collected: Collected, check: Check, file: File) -> None:
    column = next((column for column in check.columns if column in file), None)
    collected.add(Rule.of(check, file.name, column), rows(check, file))


def rows(check: Check, file: File) -> str:
    """SELECT line, key and value class of what a declared check finds."""
    key, source = name(file.key), _from(check, file)
    if check.per:
        per = [column if "." in column else f"this.{name(column)}" for column in check.per]
        groups = ", ".join(per)
        where = check.where or "TRUE"
        blank = "".join(f" AND {column} IS NOT NULL" for column in per)
        tables = f"FROM {name(file.name)} AS this{_joins(check)}"
        # Groups first, without their rows' lines: nearly always there is none of them to look for.
        wrong = ", ".join(f"{column} AS per{number}" for number, column in enumerate(per))
        same = " AND ".join(f"wrong.per{number} = {column}" for number, column in enumerate(per))
        return (
            f"SELECT min(this._line), arg_min(this.{key}, this._line), NULL::VARCHAR {tables}"
            f" SEMI JOIN (SELECT {wrong} {tables} WHERE ({where}){blank}"
            f" GROUP BY {groups} HAVING {check.violates}) AS wrong ON {same}"
            f" WHERE ({where}){blank} GROUP BY {groups}"
        )
    keyword = "AND" if check.where else "WHERE"
    distinct = "DISTINCT " if check.joins else ""  # wrong data may join one row to several
    return f"SELECT {distinct}this._line, this.{key}, NULL::VARCHAR {source} {keyword} ({check.violates})"
