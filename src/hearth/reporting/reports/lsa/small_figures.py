"""The figures of a run for whoever may not see the people behind them: small cells are hidden, and whatever
would give one of them back (see `outputs.small_cells`).

    shown(folder, "lsa")["type-2-RRH"]      # None where it is hidden

By the keys of `figures.conditions`, and `average-3-1` (row and household type), `night-8-people` (of a
project type), `report-NoCoC` (a count of LSAReport).
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from hearth.reporting.opening import members
from hearth.reporting.outputs.small_cells import Sum, hide, is_small

from . import figures

#: Which averages are made of the days of which others: a hidden one hides them, too.
_MADE_OF = {3: (1, 2), 5: (3, 4), 7: (5,), 9: (5, 8)}
#: Household types of averages; 0 is all of them.
_TYPES = ("1", "2", "3")
#: Project types that a HIC counts by project only (section 9.6).
_BY_PROJECT_ONLY = (9, 10)
_HEADS = Callable[[int, str], int]


def shown(folder: Path, kind: str) -> dict[str, int | None]:
    """The figures of a run in `folder` with its tables. None: hidden. Raises `BundleError`."""
    found = figures.of_run(folder, kind)
    cells = night(found) if kind == "hic" else time(found, lambda row, of: _averaged(folder, row, of))
    return cells | quality(found["report"])


def time(found: dict[str, Any], averaged: _HEADS) -> dict[str, int | None]:
    """Of an LSA. `averaged`: how many households an average is of, by row and household type."""
    cells = {"people": found["people"], "households": found["households"]}
    parts = []
    for group, count in found["groups"].items():
        cells[f"group-{group}"] = count
        parts.append((f"group-{group}", "people"))
    for row in found["household_types"]:
        of_type = f"type-{row['code']}"
        cells[of_type] = row["households"]
        for group in (key for key in row if key not in ("code", "households")):
            cells[f"{of_type}-{group}"] = row[group]
            parts.append((f"{of_type}-{group}", of_type))
    types = tuple(f"type-{row['code']}" for row in found["household_types"])
    for row in found["cohorts"]:
        left, returned = f"exits-{row['code']}", f"returned-{row['code']}"
        cells |= {left: row["exits"], returned: row["returned"]}
        parts.append((returned, left))
    sums = [Sum("households", types)] if types else []
    return hide(cells, sums, parts) | averages(found["averages"], averaged)


def averages(rows: list[dict[str, Any]], averaged: _HEADS) -> dict[str, int | None]:
    """Averages of 11 households or more. One of few hides that of all household types beside it, and those
    that its days are a part of."""
    days = {(row["row"], of): value for row in rows for of, value in row["days"].items()}
    heads = {place: averaged(*place) for place in days}
    numbers = sorted({row for row, _ in days})
    hidden = {place for place, count in heads.items() if is_small(count)}
    for row in numbers:
        known = {of: heads.get((row, of), 0) for of in _TYPES}
        others = heads.get((row, "0"), 0) - sum(known.values())
        if others < 0 or any(is_small(count) for count in (others, *known.values())):
            hidden.add((row, "0"))
    for row in numbers:  # in their order, so that what is made of made ones follows
        for of in ("0", *_TYPES):
            if any((part, of) in hidden for part in _MADE_OF.get(row, ())):
                hidden.add((row, of))
    return {
        f"average-{row}-{of}": None if (row, of) in hidden else value
        for (row, of), value in days.items()
        if of in ("0", *_TYPES)
    }


def night(found: dict[str, Any]) -> dict[str, int | None]:
    """Of a HIC: people by project type; projects, beds and units are no people, and stand as they are."""
    cells = {f"night-{row['code']}-people": row["people"] for row in found["project_types"]}
    here = tuple(
        f"night-{row['code']}-people" for row in found["project_types"] if row["code"] not in _BY_PROJECT_ONLY
    )
    cells["here"] = sum(cells[key] for key in here)
    cells["people"] = found["people"]
    cells["twice"] = cells["here"] - cells["people"]  # in two projects on the night
    sums = [Sum("here", here)] if here else []
    if cells["twice"] < 0:  # nothing is known of how they hang together
        del cells["twice"], cells["people"]
        shown = hide(cells, sums, unshown=["here"]) | {"people": None}
    else:
        shown = hide(cells, [*sums, Sum("here", ("people", "twice"))], unshown=["here", "twice"])
    beds: dict[str, int | None] = {part: found[part] for part in ("projects", "beds", "units")}
    for row in found["project_types"]:
        beds |= {f"night-{row['code']}-{part}": row[part] for part in ("projects", "beds", "units")}
    return shown | beds


def quality(report: dict[str, int]) -> dict[str, int | None]:
    """Of the counts of LSAReport."""
    cells = {f"report-{column}": count for column, count in report.items()}
    parts = [
        (f"report-{fault}", f"report-{total}")
        for fault, total in figures.FAULTS.items()
        if total and fault in report and total in report and report[fault] <= report[total]
    ]
    return hide(cells, parts=parts)


def _averaged(folder: Path, row: int, of: str) -> int:
    """How many households an average is of."""
    try:
        values = figures.average_row(row, of)
        return members.members(folder, "LSACalculated", values, choose=lambda lines: ()).total
    except members.NoSuchRow:
        return 0
