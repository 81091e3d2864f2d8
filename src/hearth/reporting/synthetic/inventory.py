"""Inventory.csv: beds and units, counted from the people who slept there."""

from __future__ import annotations

import numpy as np

from hearth.reporting.synthetic import arrays
from hearth.reporting.synthetic.arrays import FAR, NOTHING, Bools, Ints
from hearth.reporting.synthetic.random_values import Random
from hearth.reporting.synthetic.stays import MOVE_IN_TYPES, NIGHT_BY_NIGHT
from hearth.reporting.synthetic.world import RRH, RRH_SERVICES_ONLY, Project, World

WITHOUT_CHILDREN, WITH_CHILDREN, ONLY_CHILDREN = 1, 3, 4  # list 2.07.4
HOUSEHOLD_TYPES = (WITHOUT_CHILDREN, WITH_CHILDREN, ONLY_CHILDREN)
BED_TYPES = (0, 1, 2, 3, 8, 9, 10, 13)  # project types with beds
SHELTERS = (0, 1)
FACILITY, VOUCHER = 1, 2  # list 2.07.5
YEAR_ROUND, SEASONAL, OVERFLOW = 1, 2, 3  # list 2.07.6
TENANT_BASED = 3  # list 2.02.D
_FULL_ENOUGH = 0.96  # beds cover all but the fullest nights
_FAMILY_SIZE = 3.1


class Occupancy:
    """People in beds per project, CoC, household type and day of the period, added block by block."""

    def __init__(self, world: World) -> None:
        self.start, self.end = arrays.day(world.settings.start), arrays.day(world.settings.end)
        self.days = self.end - self.start + 1
        self.place = np.full((len(world.projects) + 1, len(world.cocs)), -1, dtype=np.int32)
        places = [(project.number, coc.number) for project in world.projects for coc in project.cocs]
        for number, (project, coc) in enumerate(places):
            self.place[project, coc] = number
        self.change = np.zeros((len(places) * len(HOUSEHOLD_TYPES), self.days + 1), dtype=np.int32)

    def cell(self, project: Ints, coc: Ints, household_type: Ints) -> Ints:
        """The row of a project in one of its CoCs for a household type (an index of HOUSEHOLD_TYPES)."""
        return (self.place[project, coc] * len(HOUSEHOLD_TYPES) + household_type).astype(np.int32)

    def add(self, cell: Ints, first: Ints, last: Ints) -> None:
        """Somebody sleeps there from `first` to the night before `last`."""
        begin = np.clip(first - self.start, 0, self.days)
        end = np.clip(np.minimum(last, self.end + 1) - self.start, 0, self.days)
        np.add.at(self.change, (cell, begin), 1)
        np.add.at(self.change, (cell, end), -1)

    def beds(self, cell: int) -> tuple[int, int, int]:
        """Beds needed in all but the fullest nights: in the first half, in the second, and at the peak."""
        nights = np.cumsum(self.change[cell, :-1])
        half = len(nights) // 2
        return (
            int(np.ceil(np.quantile(nights[:half], _FULL_ENOUGH))),
            int(np.ceil(np.quantile(nights[half:], _FULL_ENOUGH))),
            int(nights.max()),
        )


def sleeps_in(project_type: Ints, entry: Ints, exit: Ints, move_in: Ints) -> tuple[Bools, Ints]:
    """Which stays take a bed from a first to a last night, and from when: from move-in in housing."""
    housing = np.isin(project_type, MOVE_IN_TYPES)
    counted = np.isin(project_type, BED_TYPES) & (project_type != NIGHT_BY_NIGHT)
    counted &= ~housing | ((move_in != NOTHING) & (move_in < exit))
    since = np.where(housing, np.maximum(entry, move_in), entry).astype(np.int32)
    return counted & (exit > since) & (since < FAR), since


def file(world: World, occupancy: Occupancy) -> dict[str, np.ndarray]:
    """Columns of Inventory.csv. Where demand changed, an older record gives way to a newer one."""
    random = Random(world.settings.seed, 2)
    rows: list[dict[str, int | str | None]] = []
    for project in world.projects:
        if project.type not in BED_TYPES or project.rrh_type == RRH_SERVICES_ONLY:
            continue
        for coc in project.cocs:
            made: list[dict[str, int | str | None]] = []
            for number, household_type in enumerate(HOUSEHOLD_TYPES):
                cell = int(occupancy.place[project.number, coc.number]) * len(HOUSEHOLD_TYPES) + number
                before, now, peak = occupancy.beds(cell)
                if peak:
                    made += _records(project, coc.code, household_type, before, now, peak, world, random)
            if not made:
                # Nobody slept there yet, or its people are not in this HMIS: a few beds all the same.
                beds = int(random.whole(2, 8, 1)[0])
                kind = WITHOUT_CHILDREN if "families" not in project.serves else WITH_CHILDREN
                made = [_record(project, coc.code, kind, beds, project.opens, project.closes)]
            rows += made
    columns = {name: [row[name] for row in rows] for name in rows[0]} if rows else {}
    users = [row["UserID"] for row in rows]
    created = [int(row["InventoryStartDate"] or 0) * arrays.SECONDS_A_DAY + 9 * 3600 for row in rows]
    result: dict[str, np.ndarray] = {}
    for name, values in columns.items():
        if name == "CoCCode":
            result[name] = np.array(values, dtype=object)
        else:
            result[name] = np.array([NOTHING if v is None else v for v in values], dtype=np.int32)
    result["DateCreated"] = np.array(created, dtype=np.int64)
    result["DateUpdated"] = result["DateCreated"]
    result["UserID"] = np.array(users, dtype=np.int32)
    return result


def _records(
    project: Project, coc: str, kind: int, before: int, now: int, peak: int, world: World, random: Random
) -> list[dict[str, int | str | None]]:
    before, now = max(before, 1), max(now, 1)
    middle = (
        arrays.day(world.settings.start)
        + (arrays.day(world.settings.end) - arrays.day(world.settings.start)) // 2
    )
    changed = abs(before - now) > max(2, 0.15 * now)
    lasts = project.closes is None or project.closes > middle
    made = []
    if changed and lasts and project.opens < middle - 1:
        made.append(_record(project, coc, kind, before, project.opens, middle - 1))
        made.append(_record(project, coc, kind, now, middle, project.closes))
    else:
        made.append(_record(project, coc, kind, max(before, now), project.opens, project.closes))
    beds = max(before, now)
    if project.type in SHELTERS and peak > beds + 1 and kind == WITHOUT_CHILDREN:
        made.append(
            _record(project, coc, kind, peak - beds, project.opens, project.closes, availability=OVERFLOW)
        )
        winter = arrays.day(world.settings.end) - 330
        if project.opens < winter and project.closes is None and random.happens(0.5, 1)[0]:
            made.append(_record(project, coc, kind, peak - beds, winter, winter + 150, availability=SEASONAL))
    return made


def _record(
    project: Project,
    coc: str,
    kind: int,
    beds: int,
    first: int,
    last: int | None,
    *,
    availability: int = YEAR_ROUND,
) -> dict[str, int | str | None]:
    shelter = project.type in SHELTERS
    units = max(1, round(beds / _FAMILY_SIZE)) if kind == WITH_CHILDREN else beds
    serves = project.serves
    veterans = beds if serves and all("veteran" in group for group in serves) else 0
    youth = beds if serves and all(group.split()[-1] in _YOUNG for group in serves) else 0
    chronic = (beds * 2) // 5 if project.type == 3 and not veterans and not youth else 0
    users = project.organization.users
    assert project.type != RRH or project.rrh_type != RRH_SERVICES_ONLY
    return {
        "ProjectID": project.number,
        "CoCCode": coc,
        "HouseholdType": kind,
        "Availability": availability if shelter else None,
        "UnitInventory": units,
        "BedInventory": beds,
        "CHVetBedInventory": 0,
        "YouthVetBedInventory": 0,
        "VetBedInventory": veterans,
        "CHYouthBedInventory": 0,
        "YouthBedInventory": youth,
        "CHBedInventory": chronic,
        "OtherBedInventory": beds - veterans - youth - chronic,
        "ESBedType": (VOUCHER if project.housing == TENANT_BASED else FACILITY) if shelter else None,
        "InventoryStartDate": first,
        "InventoryEndDate": last,
        "UserID": users.start + project.number % len(users),
    }


_YOUNG = ("youth", "minors")
