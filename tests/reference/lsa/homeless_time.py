"""Sections 5.3 to 5.10 and HHChronic of 5.12: the last three years of heads and adults, day by day."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from .rows import Record, World, days, plus, plus_years
from .stays import Household, Member

UNKNOWN = (8, 9, 99, None)


@dataclass
class Episode:
    """Days in ES/SH or on the street without a break of seven nights; both days included."""

    EpisodeStart: date
    EpisodeEnd: date

    @property
    def EpisodeDays(self) -> int:
        return (self.EpisodeEnd - self.EpisodeStart).days + 1


@dataclass
class Person:
    """A row of tlsa_Person, as far as time homeless goes."""

    PersonalID: str
    members: list[Member]
    HoHAdult: int = 0
    DisabilityStatus: int = -1
    LastActive: date | None = None
    CHStart: date | None = None
    episodes: list[Episode] = field(default_factory=list)
    CHTime: int = -1
    CHTimeStatus: int = -1


def episodes(included: set[date], excluded: set[date]) -> list[Episode]:
    """Included days that are not excluded, with gaps of less than seven days filled whatever was then."""
    counted = sorted(included - excluded)
    whole = set(counted)
    for one, other in pairwise(counted):
        if plus(one, 7) >= other:
            whole.update(days(one, other))
    found = []
    for day in sorted(whole):
        if plus(day, -1) not in whole:
            last = day
            while plus(last, 1) in whole:
                last = plus(last, 1)
            found.append(Episode(day, last))
    return found


def people(world: World, households: list[Household]) -> dict[str, Person]:
    """5.3 to 5.10: everybody whom the report counts, by PersonalID."""
    stays: dict[str, list[Member]] = {}
    for household in households:
        for member in household.members:
            stays.setdefault(member.PersonalID, []).append(member)
    found = {}
    for personal_id, members in stays.items():
        counted = [one for one in members if one.AIR == 1 or (one.Active == 1 and world.scope != 3)]
        if counted:
            person = Person(personal_id, members)
            _demographics(world, person, counted)
            if person.HoHAdult > 0:
                _three_years(world, person)
                _time(world, person)
            found[personal_id] = person
    return found


def is_adult(age: int) -> bool:
    return 18 <= age <= 65


def _demographics(world: World, person: Person, counted: list[Member]) -> None:
    if any(is_adult(one.ages["Active"]) for one in counted):
        person.HoHAdult += 1
    if any(one.RelationshipToHoH == 1 for one in counted):
        person.HoHAdult += 2
    told = [one.DisabilityStatus for one in counted]
    if any(_has_condition(world, one) for one in counted):
        person.DisabilityStatus = 1
    elif person.HoHAdult > 0:
        person.DisabilityStatus = 1 if 1 in told else 0 if 0 in told else 98 if -2 in told else 99


def _has_condition(world: World, member: Member) -> bool:
    """5.4: HIV, serious mental illness or substance use disorder of an adult in residence."""
    if member.AIR == 0 or not is_adult(member.ages["Active"]):
        return False
    for row in world.table["Disabilities"]:
        if row["EnrollmentID"] == member.EnrollmentID and row["InformationDate"] <= world.end:
            lasting = row["IndefiniteAndImpairs"] == 1
            kind, answer = row["DisabilityType"], row["DisabilityResponse"]
            if (
                (kind == 8 and answer == 1)
                or (kind == 9 and answer == 1 and lasting)
                or (kind == 10 and answer in (1, 2, 3) and lasting)
            ):
                return True
    return False


def _three_years(world: World, person: Person) -> None:
    """5.5; chronic homelessness is told from the whole system, whichever projects are chosen (3.1)."""
    last = []
    for stay in person.members:
        if stay.SystemActive == 1:
            if stay.LastBedNight is not None and not (
                stay.ExitDate is None and stay.LastBedNight == world.end
            ):
                # A recorded exit after the report's end gives the day after the report, as in HUD's sample.
                last.append(plus(stay.LastBedNight, 1))
            else:
                last.append(stay.ExitDate or world.end)
    person.LastActive = max(last, default=None)
    if person.LastActive is not None:
        person.CHStart = plus(plus_years(person.LastActive, -3), 1)


def _relevant(person: Person) -> list[Member]:
    """5.6"""
    assert person.CHStart is not None and person.LastActive is not None
    return [
        stay
        for stay in person.members
        if stay.EntryDate <= person.LastActive and (stay.ExitDate is None or stay.ExitDate > person.CHStart)
    ]


def housed_or_in_th(stay: Member, last: date, moved_types: Iterable[int]) -> list[date]:
    """Days of a stay in TH, or after the move-in of one in PSH or RRH; an open stay up to `last`."""
    first = stay.EntryDate if stay.LSAProjectType == 2 else None
    if stay.LSAProjectType in moved_types:
        first = stay.MoveInDate
    if first is None:
        return []
    return list(days(first, last if stay.ExitDate is None else plus(stay.ExitDate, -1)))


def in_shelter(world: World, stay: Member, last: date) -> list[date]:
    """Days in ES or SH; an open stay up to `last`."""
    until = last if stay.ExitDate is None else plus(stay.ExitDate, -1)
    if stay.LSAProjectType in (0, 8):
        return list(days(stay.EntryDate, until))
    if stay.LSAProjectType == 1:
        return [
            night
            for night in world.nights[stay.EnrollmentID]
            if night >= stay.EntryDate and (stay.ExitDate is None or night < stay.ExitDate)
        ]
    return []


def from_the_street(answers: Record, kind: int) -> bool:
    """Whether a stay's living situation (3.917) tells of ES, SH or the street before the entry."""
    situation, length = answers["LivingSituation"] or 0, answers["LengthOfStay"]
    if 100 <= situation <= 199:
        return True
    if kind in (0, 1, 8) or answers["PreviousStreetESSH"] != 1:
        return False
    return length in (10, 11) or (length in (2, 3) and 200 <= situation <= 299)


def reported(answers: Record, stay: Member, last: date) -> list[date]:
    """Days from DateToStreetESSH to the entry, or while waiting in PSH or RRH for the move-in."""
    first = answers["DateToStreetESSH"]
    if first is None or not from_the_street(answers, stay.LSAProjectType):
        return []
    if stay.LSAProjectType in (0, 1, 2, 8):
        return list(days(first, plus(stay.EntryDate, -1)))
    if stay.MoveInDate is not None:
        return list(days(first, plus(stay.MoveInDate, -1)))
    return list(days(first, last if stay.ExitDate is None else plus(stay.ExitDate, -1)))


def _time(world: World, person: Person) -> None:
    """5.7 to 5.10"""
    start, last = person.CHStart, person.LastActive
    if start is None or last is None:
        person.CHTime, person.CHTimeStatus = 0, -1
        return
    included: set[date] = set()
    excluded: set[date] = set()
    for stay in _relevant(person):
        excluded.update(housed_or_in_th(stay, last, (3, 13, 15)))
        included.update(in_shelter(world, stay, last))
        if stay.EntryDate > start:
            included.update(reported(world.enrollment[stay.EnrollmentID], stay, last))
    within = set(days(start, last))
    person.episodes = episodes(included & within, excluded & within)

    total = sum(one.EpisodeDays for one in person.episodes)
    a_year_ago = plus_years(last, -1)
    answers = [(world.enrollment[stay.EnrollmentID], stay) for stay in _relevant(person)]
    if any(one.EpisodeDays >= 365 and one.EpisodeEnd > a_year_ago for one in person.episodes):
        person.CHTime, person.CHTimeStatus = 365, 1
    elif total >= 365 and len(person.episodes) >= 4:
        person.CHTime, person.CHTimeStatus = 365, 2
    elif any(four_times_a_year(row) and stay.EntryDate > a_year_ago for row, stay in answers):
        person.CHTime, person.CHTimeStatus = 400, 2
    elif total >= 365:
        person.CHTime, person.CHTimeStatus = 365, 3
    else:
        person.CHTime, person.CHTimeStatus = 270 if total >= 270 else 0, -1
    too_short = person.CHTime in (0, 270) or person.CHTimeStatus == 3
    if too_short and any(something_missing(row, stay) for row, stay in answers):
        person.CHTimeStatus = 99


def four_times_a_year(answers: Record) -> bool:
    return answers["TimesHomelessPastThreeYears"] == 4 and answers["MonthsHomelessPastThreeYears"] in (
        112,
        113,
    )


def something_missing(answers: Record, stay: Member) -> bool:
    """5.10, last part: whether the living situation of a stay leaves open how long somebody was homeless."""
    street, situation = answers["DateToStreetESSH"], answers["LivingSituation"]
    if street is not None and street > stay.EntryDate:
        return True
    if situation is None or situation < 100 or answers["LengthOfStay"] in UNKNOWN:
        return True
    history_missing = (
        street is None
        or answers["TimesHomelessPastThreeYears"] in UNKNOWN
        or answers["MonthsHomelessPastThreeYears"] in UNKNOWN
    )
    if (stay.LSAProjectType in (0, 1, 8) or 100 <= situation <= 199) and history_missing:
        return True
    length = answers["LengthOfStay"]
    if stay.LSAProjectType in (0, 1, 8):
        return False
    if length in (10, 11) or (length in (2, 3) and 200 <= situation <= 299):
        before = answers["PreviousStreetESSH"]
        return before not in (0, 1) or (before == 1 and history_missing)
    return False


def chronic(disability: int, time: int | None, status: int | None) -> int:
    """HHChronic of one head or adult; 0 when nothing applies."""
    if disability == 1 and ((time == 365 and status in (1, 2)) or (time == 400 and status == 2)):
        return 1
    if time in (365, 400):
        return {1: 2, 98: 3, 99: 3, 0: 4}.get(disability, 0)
    if time == 270 and disability == 1:
        return 5 if status == 99 else 6
    return 9 if status == 99 and disability != 0 else 0


def set_chronic(households: list[Household], persons: dict[str, Person]) -> None:
    """5.12, HHChronic: the first value that a head or adult of an active household has."""
    for household in households:
        if household.Active == 1:
            values = []
            for member in household.members:
                if member.Active == 1 and (member.RelationshipToHoH == 1 or is_adult(member.ages["Active"])):
                    person = persons[member.PersonalID]
                    values.append(chronic(person.DisabilityStatus, person.CHTime, person.CHTimeStatus))
            household.HHChronic = min((value for value in values if value), default=0)
