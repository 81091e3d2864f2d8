"""Of which day an answer may be: the days of a stage, read from `elements/_stages.yaml`.

Source: HMIS Data Standards Manual FY2026 v1, 5.03 Data Collection Stage and 5.04 Information Date.
"""

import re
from calendar import isleap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType

from hearth.standards.document import Block, StandardsError, read
from hearth.standards.element import STAGES
from hearth.standards.load import FOLDER, LATEST, load
from hearth.standards.model import NOWHERE, Place
from hearth.standards.problem import Problem

STAGES_FILE, RECORDED_AS = "elements/_stages.yaml", "5.03.1"
_BOUND = re.compile(r"(EntryDate|ExitDate|Anniversary)(?: ([+-]) (\d+))?")


@dataclass(frozen=True, slots=True)
class Bound:
    """A day counted from another one: `ExitDate + 180`."""

    day: str
    plus: int = 0


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: the code of list 5.03.1 that its records carry, or None, and its first and last day."""

    name: str
    recorded_as: str | None = None
    first: Bound | None = None
    last: Bound | None = None
    at: Place = field(default=NOWHERE, compare=False)


@cache
def stages(folder: Path = FOLDER) -> Mapping[str, Stage]:
    """The stages by the names of `element.STAGES`. StandardsError names what cannot be read."""
    document = read(folder, STAGES_FILE)
    document.allow(STAGES.values())
    found = {}
    for name in document:
        block = document.block(name)
        block.allow(("recorded_as", "first", "last"))
        found[name] = Stage(
            name,
            block.optional("recorded_as"),
            _bound(block, "first"),
            _bound(block, "last"),
            document.at(name),
        )
    return MappingProxyType(found)


def _bound(block: Block, key: str) -> Bound | None:
    written = block.optional(key)
    if written is None:
        return None
    match = _BOUND.fullmatch(written)
    if not match:
        raise StandardsError(
            block.at(key),
            f"'{key}: {written}' is no day.",
            "Write EntryDate, ExitDate or Anniversary, with days added or taken off: 'ExitDate + 180'.",
        )
    return Bound(match[1], int(f"{match[2]}{match[3]}") if match[2] else 0)


def anniversary(entry: date, years: int) -> date:
    """The day on which a stay turns `years` years old; February 28 where there is no 29th.

    ValueError where the calendar ends (year 9999).
    """
    year = entry.year + years
    if (entry.month, entry.day) == (2, 29) and not isleap(year):
        return date(year, 2, 28)
    return entry.replace(year=year)


def days(
    stage: str, *, entry: date, exit: date | None = None, head_entry: date | None = None, years: int = 1
) -> tuple[date | None, date | None]:
    """First and last day of which an answer of a stage may be, both included; None where there is no bound.

    `entry` and `exit` are those of the person, `head_entry` that of the head of household (the person's own
    if not given), `years` the anniversary of an annual assessment. The last day lies before the first where
    none is left, as for an update of a stay of one day. KeyError for a stage that is none; ValueError for
    `years` below 1.
    """
    if years < 1:
        raise ValueError("The first anniversary is that of one year.")
    known = {"EntryDate": entry, "ExitDate": exit, "Anniversary": anniversary(head_entry or entry, years)}
    one = stages()[stage]

    def day(bound: Bound | None) -> date | None:
        start = known[bound.day] if bound else None
        return start + timedelta(days=bound.plus) if start and bound else None

    return day(one.first), day(one.last)


def lint_stages(folder: Path) -> Iterator[Problem]:
    """Stages that are missing, and codes that the records of a stage cannot carry."""
    stages.cache_clear()
    codes = load(LATEST, folder).list(RECORDED_AS)
    found = stages(folder)
    for name in STAGES.values():
        if name not in found:
            yield Problem(
                Place(STAGES_FILE, 1),
                f"The stage {name} is missing.",
                f"Add '{name}:', as its neighbors are.",
            )
    for one in found.values():
        if one.recorded_as is not None and one.recorded_as not in codes:
            yield Problem(
                one.at,
                f"{one.recorded_as} is no code of list {RECORDED_AS}.",
                "Write the code that the records of this stage carry.",
            )
