"""The order of a report's steps, from the tables that their SQL names.

A step is one file `<table>.sql`: one SELECT that is the table of that name, under a header of comments:

    -- Section: 3.3 HMIS household enrollments
    -- Grain: one row per HouseholdID
    -- Inputs: lsa_parameters, Enrollment,
    --   Project

A field goes on in lines that are indented; other comment lines are for the reader. `Inputs` must name
exactly the tables that the SELECT reads; a header that has gone stale is an error, so that it can be
trusted. A step that counts may add `Members`: the columns by which what it counted can be found again (see
`members`). Table names compare without regard to case, as in the engine.

Errors: `PlanError`, always with the file and what to do about it.
"""

from __future__ import annotations

import graphlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlglot
from sqlglot import exp

DIALECT = "duckdb"
HEADER = ("section", "grain", "inputs")
OPTIONAL = ("members",)


class PlanError(Exception):
    """A step file is not what it should be. The message names the file and the fault."""


@dataclass(frozen=True, slots=True)
class Step:
    """One table of a report. `inputs` are the tables it reads, in the order of the header; `members` the
    header's list of columns of the rows that it counts, '' when it counts nothing that can be opened;
    `columns` the names of all columns that the SELECT mentions, of whatever table."""

    name: str
    sql: str
    section: str
    grain: str
    inputs: tuple[str, ...]
    members: str = ""
    columns: frozenset[str] = frozenset()


def read_step(path: Path) -> Step:
    """Parse one step file and compare its header with the tables that it names."""
    text = path.read_text(encoding="utf-8")
    header = _header(path, text)
    try:
        statements = [one for one in sqlglot.parse(text, dialect=DIALECT) if one is not None]
    except sqlglot.errors.ParseError as error:
        raise PlanError(f"{path.name} cannot be parsed: {error}") from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise PlanError(f"{path.name} must hold exactly one SELECT.")
    parsed = tables_of(statements[0])
    declared = tuple(one.strip() for one in header["inputs"].split(",") if one.strip())
    stale = {one.casefold() for one in declared} ^ {one.casefold() for one in parsed}
    if stale:
        raise PlanError(
            f"{path.name}: the header's inputs and the SELECT differ in {', '.join(sorted(stale))}."
            f" The SELECT reads {', '.join(sorted(parsed))}."
        )
    members = header.get("members", "")
    columns = frozenset(column.name for column in statements[0].find_all(exp.Column))
    return Step(path.stem, text, header["section"], header["grain"], declared, members, columns)


def tables_of(statement: exp.Query) -> set[str]:
    """Names of the tables that a query reads, without its own CTEs."""
    own = {cte.alias_or_name.casefold() for cte in statement.find_all(exp.CTE)}
    named = {table.name for table in statement.find_all(exp.Table) if isinstance(table.this, exp.Identifier)}
    return {name for name in named if name.casefold() not in own}


def plan(steps: Iterable[Step], given: Iterable[str]) -> list[Step]:
    """The steps in an order in which every table is there before it is read; stable for the same input.

    `given` are the tables that exist beforehand (the staged files, the parameters, reference lists).
    """
    by_name = {step.name.casefold(): step for step in sorted(steps, key=lambda one: one.name)}
    known = {name.casefold() for name in given}
    both = sorted(by_name.keys() & known)
    if both:
        raise PlanError(f"A step has the name of a table that is given: {', '.join(both)}.")
    sorter: graphlib.TopologicalSorter[str] = graphlib.TopologicalSorter()
    for name, step in by_name.items():
        wanted = {one.casefold() for one in step.inputs}
        unknown = sorted(wanted - by_name.keys() - known)
        if unknown:
            raise PlanError(f"{step.name} reads {', '.join(unknown)}, which no step makes and nobody gives.")
        sorter.add(name, *sorted(wanted & by_name.keys()))
    try:
        return [by_name[name] for name in sorter.static_order()]
    except graphlib.CycleError as error:
        round_trip: Sequence[str] = error.args[1]
        raise PlanError(f"Steps read each other in a circle: {' ← '.join(round_trip)}.") from error


def needed(steps: Sequence[Step], targets: Iterable[str]) -> list[Step]:
    """Those of the planned steps that the targets rest on, in the same order."""
    wanted = {one.casefold() for one in targets}
    kept: list[Step] = []
    for step in reversed(steps):
        if step.name.casefold() in wanted:
            wanted.update(one.casefold() for one in step.inputs)
            kept.append(step)
    return kept[::-1]


def mentioned(steps: Iterable[Step], table: str) -> set[str]:
    """Names, in lower case, of the columns that the steps which read `table` mention: what they read of it,
    and more."""
    return {
        column.casefold()
        for step in steps
        if table.casefold() in {one.casefold() for one in step.inputs}
        for column in step.columns
    }


def read_steps(folder: Path) -> list[Step]:
    """All step files of a folder."""
    return [read_step(path) for path in sorted(folder.glob("*.sql"))]


def _header(path: Path, text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    field = ""
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        said = line[2:].strip()
        key, colon, rest = said.partition(":")
        if colon and key.casefold() in (*HEADER, *OPTIONAL):
            field = key.casefold()
            found[field] = rest.strip()
        elif field and line.startswith("--   "):
            found[field] = f"{found[field]} {said}"
        else:
            field = ""
    missing = [field for field in HEADER if field not in found]
    if missing:
        raise PlanError(f"{path.name}: the header lacks {', '.join(missing)}.")
    return found
