"""Sections 7.1 to 7.8, 7.10 to 7.12 and HHChronic of 7.9.

Exits of three cohorts, returns, time homeless of who left, paths.
"""

from dataclasses import dataclass, field
from datetime import date

from .homeless_time import (
    chronic,
    episodes,
    four_times_a_year,
    housed_or_in_th,
    in_shelter,
    is_adult,
    reported,
    something_missing,
)
from .rows import World, days, plus, plus_years
from .stays import Household, Member

MOMENT = {0: "Active", -1: "Exit1", -2: "Exit2"}
EXIT_FROM = {0: 2, 1: 2, 2: 3, 8: 4}
PATHS = {
    "E": 1, "T": 2, "ET": 3, "R": 4, "ER": 5, "TR": 6, "ETR": 7, "P": 8, "EP": 9, "ERP": 10, "RP": 11,
}  # fmt: skip


@dataclass
class Adult:
    """A row of tlsa_ExitHoHAdult."""

    PersonalID: str
    LastActive: date
    CHStart: date
    DisabilityStatus: int = 99
    FourTimesAYear: bool = False
    CHTime: int | None = None
    CHTimeStatus: int | None = None


@dataclass
class Left:
    """A row of tlsa_Exit: a head of household, household type and cohort with the exit that is reported."""

    Cohort: int
    HoHID: str
    HHType: int
    stays: list[Household]  # all of the head with that household type
    household: Household
    ReturnTime: int = -1
    Stat: int = 1
    ExitFrom: int = 0
    LastInactive: date = date.min
    adults: list[Adult] = field(default_factory=list)
    HHChronic: int = 0
    SystemPath: int = 12


def left(world: World, households: list[Household]) -> list[Left]:
    """All rows of LSAExit before they are counted."""
    found = []
    for cohort in (0, -1, -2):
        by_key: dict[tuple[str, int], list[Household]] = {}
        for household in households:
            by_key.setdefault((household.HoHID, household.types[MOMENT[cohort]]), []).append(household)
        for (head, kind), stays in by_key.items():
            exits = _qualifying(world, cohort, stays)
            if exits:
                found.append(Left(cohort, head, kind, stays, _reportable(exits)))
    for one in found:
        _exit_from(one)
        _return(one)
        _engagement(one)
        one.LastInactive = _last_inactive(world, one)
        _path(world, one)
        _adults(world, one)
    _time_homeless(world, households, found)
    return found


def exit_date(household: Household) -> date:
    assert household.ExitDate is not None
    return household.ExitDate


def _qualifying(world: World, cohort: int, stays: list[Household]) -> list[Household]:
    """7.1: exits in the cohort after which the household was in no project for 14 days."""
    start, end = world.cohort(cohort)
    listed = _listed(world)
    found = []
    for stay in stays:
        if stay.ExitDate is None or not start <= stay.ExitDate <= end:
            continue
        if world.scope == 2 and stay.ProjectID not in listed:
            continue
        others = [
            other
            for other in stays
            if other is not stay
            and (other.ExitDate is None or other.ExitDate > stay.ExitDate)
            and other.EntryDate < plus(stay.ExitDate, 14)
        ]
        if not others:
            found.append(stay)
    return found


def _listed(world: World) -> set[str]:
    in_coc = {
        row["ProjectID"] for row in world.table["ProjectCoC"] if (row["CoCCode"] or "").upper() == world.coc
    }
    return in_coc & set(world.projects)


def _reportable(exits: list[Household]) -> Household:
    """7.2: the first exit to permanent housing, else to a temporary place, else the first at all."""

    def kind(stay: Household) -> int:
        return 2 if 400 <= stay.ExitDest <= 499 else 3 if 100 <= stay.ExitDest <= 399 else 4

    best = min(kind(stay) for stay in exits)
    fit = [stay for stay in exits if kind(stay) == best]
    fit = [stay for stay in fit if stay.ExitDate == min(map(exit_date, fit))]
    fit = [stay for stay in fit if stay.ExitDest == min(stay.ExitDest for stay in fit)]
    # The text says the earliest entry, HUD's sample takes the latest.
    fit = [stay for stay in fit if stay.EntryDate == max(stay.EntryDate for stay in fit)]
    return max(fit, key=lambda stay: stay.EnrollmentID)


def _exit_from(one: Left) -> None:
    kind, moved = one.household.LSAProjectType, one.household.MoveInDate is not None
    if kind in EXIT_FROM:
        one.ExitFrom = EXIT_FROM[kind]
    else:
        one.ExitFrom = {(13, True): 5, (3, True): 6, (13, False): 7, (3, False): 8, (15, True): 9}.get(
            (kind, moved), 10
        )


def _return(one: Left) -> None:
    """7.3"""
    exited = exit_date(one.household)
    entries = [
        stay.EntryDate for stay in one.stays if plus(exited, 15) <= stay.EntryDate <= plus(exited, 730)
    ]
    if entries:
        one.ReturnTime = (min(entries) - exited).days


def _engagement(one: Left) -> None:
    """7.10"""
    exit_stay = one.household
    before = [
        stay
        for stay in one.stays
        if stay.EntryDate < exit_stay.EntryDate
        and stay.ExitDate is not None
        and plus(exit_stay.EntryDate, -730) <= stay.ExitDate <= exit_date(exit_stay)
    ]
    if not before:
        one.Stat = 1
        return
    before = [stay for stay in before if stay.ExitDate == max(map(exit_date, before))]
    before = [stay for stay in before if stay.ExitDest == min(stay.ExitDest for stay in before)]
    # The text says the most recent entry, HUD's sample takes the earliest; the destination is the same.
    last = before[0]
    if exit_date(last) > plus(exit_stay.EntryDate, -15):
        one.Stat = 5
    else:
        one.Stat = 2 if 400 <= last.ExitDest <= 499 else 3 if 100 <= last.ExitDest <= 399 else 4


def _last_inactive(world: World, one: Left) -> date:
    """7.11; as in HUD's sample, only where a stay ended within six days before the entry, see 6.12."""
    _, end = world.cohort(one.Cohort)
    covered: set[date] = set()
    just_before = any(
        stay.EntryDate < one.household.EntryDate
        and stay.ExitDate is not None
        and plus(stay.ExitDate, 6) >= one.household.EntryDate
        for stay in one.stays
    )
    for stay in one.stays if just_before else []:
        if stay.ExitDate is None or stay.ExitDate > exit_date(one.household):
            continue
        if stay.LSAProjectType == 1:
            for night in world.nights[stay.EnrollmentID]:
                if stay.EntryDate <= night < stay.ExitDate:
                    covered.update(days(night, min(plus(night, 6), end)))
        elif stay.LSAProjectType != 15:
            covered.update(days(stay.EntryDate, min(plus(stay.ExitDate, 6), end)))
    day = plus(one.household.EntryDate, -1)
    while day >= world.lookback and day in covered:
        day = plus(day, -1)
    return max(day, plus(world.lookback, -1))


def _path(world: World, one: Left) -> None:
    """7.12"""
    start, _ = world.cohort(one.Cohort)
    moved, exited = one.household.MoveInDate, exit_date(one.household)
    housed_before = one.ExitFrom == 6 and moved is not None and moved < start
    housed_a_year = one.ExitFrom in (5, 6) and moved is not None and (exited - moved).days >= 365
    if housed_before or housed_a_year:
        one.SystemPath = -1
        return
    used = set()
    for stay in one.stays:
        if stay.EntryDate > exited:
            continue
        # A stay that goes on from before the lookback date counts when nothing before is known.
        from_before = one.LastInactive == plus(world.lookback, -1) and (
            stay.ExitDate is None or stay.ExitDate > one.LastInactive
        )
        if stay.EntryDate > one.LastInactive or from_before:
            used.add({0: "E", 1: "E", 8: "E", 2: "T", 13: "R", 3: "P"}.get(stay.LSAProjectType, ""))
    one.SystemPath = PATHS.get("".join(letter for letter in "ETRP" if letter in used), 12)


# --- 7.4 to 7.9: time homeless of heads and adults ---------------------------------------------------------


def _members(world: World, one: Left) -> list[Member]:
    """Heads and adults of the household who left in the cohort."""
    start, end = world.cohort(one.Cohort)
    return [
        member
        for member in one.household.members
        if member.ExitDate is not None
        and start <= member.ExitDate <= end
        and (member.RelationshipToHoH == 1 or is_adult(member.ages[MOMENT[one.Cohort]]))
    ]


def _adults(world: World, one: Left) -> None:
    """7.4"""
    stay, a_year_ago = one.household, plus_years(exit_date(one.household), -1)
    if one.ExitFrom == 3 and stay.EntryDate <= a_year_ago:
        return
    if one.ExitFrom in (5, 6) and stay.MoveInDate is not None and stay.MoveInDate <= a_year_ago:
        return
    members = _members(world, one)
    for person in sorted({member.PersonalID for member in members}):
        last = max(
            member.ExitDate
            for member in members
            if member.PersonalID == person and member.ExitDate is not None
        )
        adult = Adult(person, last, plus(plus_years(last, -3), 1))
        told = [member.DisabilityStatus for member in stay.members if member.PersonalID == person]
        adult.DisabilityStatus = 1 if 1 in told else 0 if 0 in told else 99
        # What one head or adult tells counts for all of the household.
        for member in members:
            answers = world.enrollment[member.EnrollmentID]
            if (
                four_times_a_year(answers)
                and answers["EntryDate"] == member.EntryDate
                and member.EntryDate > plus_years(last, -1)
            ):
                adult.FourTimesAYear = True
        one.adults.append(adult)


def _time_homeless(world: World, households: list[Household], found: list[Left]) -> None:
    """7.5 to 7.9"""
    records: dict[str, list[Adult]] = {}
    of_cohort: dict[tuple[int, str], list[Adult]] = {}
    for one in found:
        for adult in one.adults:
            records.setdefault(adult.PersonalID, []).append(adult)
            of_cohort.setdefault((one.Cohort, adult.PersonalID), []).append(adult)
    episodes_of = {person: _episodes(world, households, some) for person, some in records.items()}
    for one in found:
        values = []
        for adult in one.adults:
            together = of_cohort[one.Cohort, adult.PersonalID]
            _time(world, one, adult, together, episodes_of[adult.PersonalID])
            values.append(chronic(adult.DisabilityStatus, adult.CHTime, adult.CHTimeStatus))
        one.HHChronic = min((value for value in values if value), default=0)


def _episodes(world: World, households: list[Household], records: list[Adult]) -> list[tuple[date, date]]:
    """7.5 to 7.7 for one person: one span of years for all cohorts. Open stays do not count here."""
    unknown = [adult for adult in records if not adult.FourTimesAYear]
    if not unknown:
        return []
    start, last = min(adult.CHStart for adult in records), max(adult.LastActive for adult in records)
    included: set[date] = set()
    excluded: set[date] = set()
    for household in households:
        for stay in household.members:
            if stay.PersonalID != records[0].PersonalID:
                continue
            if stay.ExitDate is not None:
                # Unlike in 5.7, services-only RRH does not exclude days.
                excluded.update(housed_or_in_th(stay, last, (3, 13)))
                included.update(in_shelter(world, stay, last))
            waits = stay.LSAProjectType in (3, 13, 15) and stay.MoveInDate is None
            if (stay.ExitDate is not None or not waits) and stay.EntryDate > min(
                adult.CHStart for adult in unknown
            ):
                included.update(reported(world.enrollment[stay.EnrollmentID], stay, last))
    within = set(days(start, last))
    return [(one.EpisodeStart, one.EpisodeEnd) for one in episodes(included & within, excluded & within)]


def _time(
    world: World, one: Left, adult: Adult, together: list[Adult], found: list[tuple[date, date]]
) -> None:
    """7.8, with what HUD's sample does otherwise than the text.

    `together` are the person's records in the cohort: who leaves with two households has one count of days.
    """
    a_year_ago = plus_years(adult.LastActive, -1)
    # A one-day episode ends with the next episode, or never.
    ended: list[tuple[date, date | None]] = []
    for number, (first, last) in enumerate(found):
        later = found[number + 1][1] if number + 1 < len(found) else None
        ended.append((first, last if last > first else later))
    homeless = {day for first, last in found for day in days(first, last)}
    within: set[date] = set()
    counted: set[date] = set()
    for record in together:
        starts = {
            first for first, last in ended if last is not None and record.CHStart <= last <= record.LastActive
        }
        if starts:
            counted |= starts
            within |= homeless & set(days(record.CHStart, record.LastActive))
    # A year takes 366 days.
    if any(last is not None and last > a_year_ago and first <= plus_years(last, -1) for first, last in ended):
        adult.CHTime, adult.CHTimeStatus = 365, 1
    elif adult.FourTimesAYear:
        adult.CHTime, adult.CHTimeStatus = 400, 2
    else:
        count = len(counted)
        if within and count:
            # The number of episodes gives a status even where the days are too few.
            adult.CHTime = 365 if len(within) >= 365 else 270 if len(within) >= 270 else None
            adult.CHTimeStatus = 2 if count >= 4 else 3
    if adult.CHTime in (None, 0, 270) or adult.CHTimeStatus == 3:
        for member in _members(world, one):
            if member.PersonalID == adult.PersonalID and something_missing(
                world.enrollment[member.EnrollmentID], member
            ):
                adult.CHTimeStatus = 99
