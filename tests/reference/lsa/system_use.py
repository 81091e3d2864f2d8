"""Sections 6.1, 6.3, 6.4 and 6.9 to 6.18: what households of LSAHousehold did in the system, day by day."""

from dataclasses import dataclass, field
from datetime import date

from .homeless_time import from_the_street
from .rows import World, days, plus
from .stays import Household

GROUPS = {"EST": (0, 1, 2, 8), "RRH": (13,), "PSH": (3,), "RRHSO": (15,)}


@dataclass
class System:
    """A row of tlsa_Household: a head of household and a household type."""

    HoHID: str
    HHType: int
    stays: list[Household]  # of the head, by the household type of the active cohort
    entered: list[Household]  # by the household type at entry
    FirstEntry: date = date.max
    Stat: int = 1
    ReturnTime: int = -1
    LastInactive: date = date.min
    Status: dict[str, int] = field(default_factory=dict)
    MoveIn: dict[str, int] = field(default_factory=dict)
    status_of_day: dict[date, int] = field(default_factory=dict)
    days: dict[str, int] = field(default_factory=dict)
    SystemPath: int = 12

    @property
    def active(self) -> list[Household]:
        return [stay for stay in self.stays if stay.Active == 1]


def systems(world: World, households: list[Household]) -> list[System]:
    """All households of LSAHousehold."""
    by_key: dict[tuple[str, int], list[Household]] = {}
    for household in households:
        by_key.setdefault((household.HoHID, household.types["Active"]), []).append(household)
    found = [
        System(
            head,
            kind,
            stays,
            [stay for stay in households if stay.HoHID == head and stay.types["Entry"] == kind],
        )
        for (head, kind), stays in by_key.items()
        if any(stay.Active for stay in stays)
    ]
    for one in found:
        one.FirstEntry = min(stay.EntryDate for stay in one.active)
        _groups(world, one)
        _engagement(one)
        one.LastInactive = _last_inactive(world, one)
        _status_of_days(world, one)
        _count_days(world, one)
        _path(one)
    return found


def _groups(world: World, one: System) -> None:
    """6.3 and 6.4"""
    for group, kinds in GROUPS.items():
        stays = [stay for stay in one.active if stay.LSAProjectType in kinds]
        if not stays:
            one.Status[group], one.MoveIn[group] = 0, -1
            continue
        from_before = any(stay.EntryDate < world.start for stay in stays)
        still_there = any(stay.ExitDate is None for stay in stays)
        one.Status[group] = (10 if from_before else 20) + (1 if still_there else 2)
        moves = [stay.MoveInDate for stay in stays if stay.MoveInDate is not None]
        one.MoveIn[group] = 0 if not moves else 1 if max(moves) >= world.start else 2


def _engagement(one: System) -> None:
    """6.9"""
    before = [
        stay
        for stay in one.stays
        if stay.ExitDate is not None and plus(one.FirstEntry, -730) <= stay.ExitDate < one.FirstEntry
    ]
    # The text asks for an entry before the report; HUD's sample does not count services-only RRH there.
    if any(one.Status[group] in (11, 12) for group in ("EST", "RRH", "PSH")):
        one.Stat = 5
    elif not before:
        one.Stat = 1
    else:
        # of equal exits the lowest HouseholdID
        prior = sorted(before, key=lambda stay: stay.HouseholdID)
        prior.sort(key=lambda stay: stay.ExitDate or date.min, reverse=True)
        since = (one.FirstEntry - (prior[0].ExitDate or date.min)).days
        if since < 15:
            one.Stat = 5
        else:
            one.ReturnTime = since
            one.Stat = 2 if 400 <= prior[0].ExitDest <= 499 else 3 if 100 <= prior[0].ExitDest <= 399 else 4


def _last_inactive(world: World, one: System) -> date:
    """6.12: the last day before the first entry in no stay and not within six days after one.

    Stays of the whole system count, whichever projects are chosen (3.1).
    """
    used = [stay for stay in one.stays if stay.SystemActive == 1]
    if _goes_back(world, one, min(stay.EntryDate for stay in used)):
        used += [stay for stay in one.stays if stay.ExitDate is not None and stay.ExitDate < world.start]
    covered: set[date] = set()
    for stay in used:
        if stay.LSAProjectType == 1:
            for night in _bed_nights(world, stay):
                covered.update(days(night, min(plus(night, 6), world.end)))
        else:
            last = world.end if stay.ExitDate is None else min(plus(stay.ExitDate, 6), world.end)
            covered.update(days(stay.EntryDate, last))
    day = plus(one.FirstEntry, -1)
    while day >= world.lookback and day in covered:
        day = plus(day, -1)
    return max(day, plus(world.lookback, -1))


def _goes_back(world: World, one: System, first: date) -> bool:
    """Whether stays that ended before the report can belong to what began with the `first` entry.

    As in HUD's sample not for who first came during the report period, not for who is not engaged
    continuously, and not where no stay ended within six days before the entry, although the text's padding
    still covers the seventh. Services-only RRH counts.
    """
    ended = [stay.ExitDate for stay in one.stays if stay.ExitDate is not None]
    from_before = any(
        stay.SystemActive == 1 and stay.EntryDate < world.start and stay.LSAProjectType != 15
        for stay in one.stays
    )
    just_left = any(left < first and (first - left).days < 15 for left in ended)
    just_before = any(left < world.start and plus(left, 6) >= first for left in ended)
    return first <= world.start and just_before and (from_before or just_left)


def _bed_nights(world: World, stay: Household) -> list[date]:
    return [
        night
        for night in world.nights[stay.EnrollmentID]
        if stay.EntryDate <= night <= world.end
        and night >= world.lookback
        and (stay.ExitDate is None or night < stay.ExitDate)
    ]


def _status_of_days(world: World, one: System) -> None:
    """6.11, 6.13 and the first part of 6.14: each day has one status, the lowest."""

    def count(status: int, first: date, last: date) -> None:
        for day in days(max(first, world.lookback), min(last, world.end)):
            one.status_of_day[day] = min(status, one.status_of_day.get(day, 9))

    for stay in one.stays:
        last = world.end if stay.ExitDate is None else plus(stay.ExitDate, -1)
        from_day = max(stay.EntryDate, plus(one.LastInactive, 1))
        kind = stay.LSAProjectType
        if kind in (3, 13):
            if stay.MoveInDate is not None and stay.Active == 1:
                count(1 if kind == 3 else 2, stay.MoveInDate, last)
            waited = last if stay.MoveInDate is None else plus(stay.MoveInDate, -1)
            count(5 if kind == 3 else 6, from_day, waited)
        elif kind == 2:
            count(3, from_day, last)
        elif kind in (0, 8):
            count(4, from_day, last)
        elif kind == 1:
            for night in _bed_nights(world, stay):
                if night > one.LastInactive:
                    count(4, night, night)


def _homeless_before(world: World, stay: Household) -> date | None:
    """DateToStreetESSH, where the stay's living situation tells of the street, ES or SH."""
    answers = world.enrollment[stay.EnrollmentID]
    if stay.LSAProjectType in (0, 1, 8) or from_the_street(answers, stay.LSAProjectType):
        return answers["DateToStreetESSH"]
    return None


def _count_days(world: World, one: System) -> None:
    """6.10, 6.14 and 6.15"""
    waiting: set[date] = set()
    for stay in one.active:
        if stay.LSAProjectType == 13:
            last = stay.ExitDate or world.end
            waiting.update(
                days(stay.EntryDate, last if stay.MoveInDate is None else plus(stay.MoveInDate, -1))
            )
    # As in HUD's sample the last inactive day is in both parts, and the days after it go by the household
    # type at entry of any household of the head.
    reported: set[date] = set()
    for stay in one.entered:
        street = _homeless_before(world, stay)
        if street is not None and street < stay.EntryDate and stay.EntryDate > one.LastInactive:
            reported.update(days(max(street, one.LastInactive), plus(stay.EntryDate, -1)))
    earliest = [
        street
        for stay in one.stays
        if stay.EntryDate > one.LastInactive
        and (street := _homeless_before(world, stay)) is not None
        and street <= one.LastInactive
    ]
    before = (one.LastInactive - min(earliest)).days + 1 if earliest else 0
    by_status = {
        status: sum(1 for found in one.status_of_day.values() if found == status) for status in range(1, 7)
    }
    other = before + len(reported - set(one.status_of_day))
    homeless = sum(by_status[status] for status in (3, 4, 5, 6))
    one.days = {
        "RRHPreMoveInDays": len(waiting),
        "ESDays": by_status[4],
        "THDays": by_status[3],
        "ESTDays": by_status[3] + by_status[4],
        "RRHPSHPreMoveInDays": by_status[5] + by_status[6],
        "RRHHousedDays": by_status[2],
        "SystemDaysNotPSHHoused": homeless + by_status[2],
        "SystemHomelessDays": homeless,
        "Other3917Days": other,
        "TotalHomelessDays": homeless + other,
        "PSHHousedDays": by_status[1],
    }
    # 6.16
    for group, statuses in {"EST": (3, 4), "RRH": (6,), "PSH": (5,)}.items():
        if one.Status[group] == 0 and any(by_status[status] for status in statuses):
            one.Status[group] = 2


def _path(one: System) -> None:
    """6.18: the first line that fits. For services-only RRH alone the text has -1, HUD's sample 12."""
    est, rrh, psh, moved = one.Status["EST"], one.Status["RRH"], one.Status["PSH"], one.MoveIn["PSH"]
    es, th = one.days["ESDays"] >= 1, one.days["THDays"] >= 1
    new_est, new_rrh = est in (21, 22), rrh in (21, 22)
    table = [
        (-1, not new_est and not new_rrh and moved == 2),
        (1, es and not th and rrh == 0 and psh == 0),
        (2, not es and th and rrh == 0 and psh == 0),
        (3, es and th and rrh == 0 and psh == 0),
        (4, est == 0 and rrh >= 11 and psh == 0),
        (5, es and not th and rrh >= 2 and psh == 0),
        (6, not es and th and rrh >= 2 and psh == 0),
        (7, es and th and rrh >= 2 and psh == 0),
        (8, est == 0 and rrh == 0 and psh >= 11 and moved != 2),
        (9, es and not th and rrh == 0 and psh >= 11 and moved != 2),
        (9, new_est and es and not th and rrh == 0 and psh >= 11 and moved == 2),
        (10, es and not th and rrh >= 2 and psh >= 11 and moved != 2),
        (10, new_est and es and not th and new_rrh and psh >= 11 and moved == 2),
        (11, est == 0 and rrh >= 2 and psh >= 11 and moved != 2),
        (11, est == 0 and new_rrh and psh >= 11 and moved == 2),
        (12, True),
    ]
    one.SystemPath = next(path for path, fits in table if fits)
