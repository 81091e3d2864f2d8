"""The order of a report's steps, from the tables that they read (`step_files` reads them).

Table names compare without regard to case, as in the engine. Errors: `PlanError`, always with the step and
what to do about it.
"""

from __future__ import annotations

import graphlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

DIALECT = "duckdb"


class PlanError(Exception):
    """A step file is not what it should be. The message names the file and the fault."""


@dataclass(frozen=True, slots=True)
class Tie:
    """A choice that a key may decide, see `ties`: what is alike, in words. `rows` is a SELECT of One (a text
    for each tie), its Place by values alone and what the choice is used for, of which `differ` says that it
    is not the same; it reads the step's CTEs `before` it. `per`: the column that One is of, '' where it is of
    several. `columns` are all that it mentions."""

    words: str
    before: tuple[str, ...]
    rows: str
    groups: str
    differ: str
    per: str = ""
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One table of a report. `sql` has codes where the file has names. `inputs` are the tables it reads, in
    the order of the header; `members` the header's list of columns of the rows that it counts, '' when it
    counts nothing that can be opened; `columns` the names of all columns that the SELECT mentions, of
    whatever table; `ties` the choices that a key may decide."""

    name: str
    sql: str
    section: str
    grain: str
    inputs: tuple[str, ...]
    members: str = ""
    columns: frozenset[str] = frozenset()
    ties: tuple[Tie, ...] = ()


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
