"""Sections 3.3 to 3.6, 5.1 and 5.2: households with their effective dates, members, ages, household types."""

from dataclasses import dataclass, field
from datetime import date

from .rows import Record, World, plus, plus_years

AGES = [(65, 65), (55, 64), (45, 54), (35, 44), (25, 34), (22, 24), (18, 21), (6, 17), (3, 5), (1, 2)]
COHORT_OF = {"Active": 1, "Exit1": -1, "Exit2": -2}


@dataclass
class Member:
    """A row of tlsa_Enrollment."""

    EnrollmentID: str
    PersonalID: str
    HouseholdID: str
    RelationshipToHoH: int
    LSAProjectType: int
    EntryDate: date
    ExitDate: date | None
    MoveInDate: date | None
    LastBedNight: date | None
    DisabilityStatus: int | None
    DVStatus: int | None = None
    nights: dict[str, int] = field(default_factory=dict)  # 9.2: there on the night of each quarter
    ages: dict[str, int] = field(default_factory=dict)
    Active: int = 0
    AIR: int = 0
    SystemActive: int = 0


@dataclass
class Household:
    """A row of tlsa_HHID."""

    HouseholdID: str
    HoHID: str
    EnrollmentID: str
    ProjectID: str
    LSAProjectType: int
    EntryDate: date
    MoveInDate: date | None
    ExitDate: date | None
    LastBedNight: date | None
    ExitDest: int
    members: list[Member] = field(default_factory=list)
    types: dict[str, int] = field(default_factory=dict)
    Active: int = 0
    AIR: int = 0
    SystemActive: int = 0
    HHChronic: int = 0


def households(world: World) -> list[Household]:
    """All of 3.3 to 3.6 and 5.1 to 5.2, in the order of the sections."""
    found = [one for one in (_household(world, head) for head in _heads(world)) if one]
    for household in found:
        household.members = _members(world, household)
    _set_ages(world, [member for household in found for member in household.members])
    in_coc = _projects_of_the_coc(world)
    for household in found:
        _set_types(world, household)
        _set_active(world, household, in_coc)
    return found


# --- 3.3 -------------------------------------------------------------------------------------------------


def _heads(world: World) -> list[Record]:
    """Enrollments of heads, of households that have exactly one."""
    by_household: dict[str, list[Record]] = {}
    for row in world.table["Enrollment"]:
        if row["RelationshipToHoH"] == 1 and row["HouseholdID"] is not None:
            by_household.setdefault(row["HouseholdID"], []).append(row)
    return [heads[0] for heads in by_household.values() if len(heads) == 1]


def _project(world: World, project_id: str) -> Record | None:
    for project in world.table["Project"]:
        if project["ProjectID"] != project_id:
            continue
        victims = [
            row["VictimServiceProvider"]
            for row in world.table["Organization"]
            if row["OrganizationID"] == project["OrganizationID"]
        ]
        kind, ended = project["ProjectType"], project["OperatingEndDate"]
        if (
            victims == [0]
            and project["ContinuumProject"] == 1
            and (kind in (0, 1, 2, 3, 8) or (kind == 13 and project["RRHSubType"] in (1, 2)))
            and project["OperatingStartDate"] <= world.end
            and (ended is None or (ended > world.lookback and ended > project["OperatingStartDate"]))
        ):
            return project
    return None


def _household(world: World, head: Record) -> Household | None:
    project = _project(world, head["ProjectID"])
    if project is None or (head["EnrollmentCoC"] or "").upper() != world.coc or head["EntryDate"] > world.end:
        return None
    operating_end = project["OperatingEndDate"]
    if operating_end is not None and operating_end > world.end:
        operating_end = None
    if operating_end is not None and head["EntryDate"] >= operating_end:
        return None
    # As in HUD's sample: with each participation record an exit after its end, or after the project's, is no
    # exit; and the record counts if it is the latest one that the stay so understood touches.
    for taken in sorted(world.table["HMISParticipation"], key=lambda row: row["HMISParticipationID"]):
        if taken["ProjectID"] != head["ProjectID"]:
            continue
        taken_end = taken["HMISParticipationStatusEndDate"]
        if taken_end is not None and taken_end > world.end:
            taken_end = None
        exited = world.exit.get(head["EnrollmentID"], Record())["ExitDate"]
        if exited is not None and any(end is not None and exited > end for end in (operating_end, taken_end)):
            exited = None
        if _latest_participation(world, head, exited) != taken["HMISParticipationID"]:
            continue
        starts = (project["OperatingStartDate"], taken["HMISParticipationStatusStartDate"])
        ends = [end for end in (operating_end, taken_end) if end is not None]
        if exited is None or (
            exited > world.lookback and exited > head["EntryDate"] and all(exited > one for one in starts)
        ):
            return _effective(world, head, project, exited, max(starts), min(ends, default=None))
    return None


def _latest_participation(world: World, head: Record, exited: date | None) -> str | None:
    """The ID of HMISStart's record."""
    fit = []
    for row in world.table["HMISParticipation"]:
        start, end = row["HMISParticipationStatusStartDate"], row["HMISParticipationStatusEndDate"]
        if (
            row["ProjectID"] == head["ProjectID"]
            and row["HMISParticipationType"] == 1
            and start <= world.end
            and (exited is None or exited > start)
            and (end is None or (end > head["EntryDate"] and end > world.lookback))
        ):
            fit.append(row)
    fit.sort(key=lambda row: row["HMISParticipationID"])
    fit.sort(key=lambda row: row["HMISParticipationStatusStartDate"], reverse=True)
    return fit[0]["HMISParticipationID"] if fit else None


def _effective(
    world: World, head: Record, project: Record, exited: date | None, opened: date, closed: date | None
) -> Household | None:
    kind = project["ProjectType"]
    if kind == 13 and project["RRHSubType"] == 1:
        kind = 15
    first = last = None
    if kind == 1:
        nights = [
            night
            for night in world.nights[head["EnrollmentID"]]
            if night >= max(world.lookback, opened, head["EntryDate"])
            and night <= world.end
            and (exited is None or night < exited)
            and (closed is None or night < closed)
        ]
        if not nights:
            return None
        first, last = min(nights), max(nights)
    entry = first if first is not None else max(head["EntryDate"], opened)

    moved = head["MoveInDate"]
    if moved is not None and (
        kind not in (3, 13, 15)
        or moved < head["EntryDate"]
        or (exited is not None and (moved > exited or (moved == exited and kind == 3)))
        or moved > world.end
        or (closed is not None and moved >= closed)
    ):
        moved = None
    housed_on_exit = (
        kind in (13, 15)
        and exited is not None
        and head["MoveInDate"] == exited
        and (closed is None or exited < closed)
    )
    if moved is not None:
        moved = max(moved, opened)

    if last == world.end and last is not None:
        left = None
    elif last is not None and (plus(last, 90) <= world.end or (exited is not None and exited < world.end)):
        left = plus(last, 1)
    elif housed_on_exit and exited == world.end:
        left = None
    elif housed_on_exit and exited is not None and exited < world.end:
        left = plus(exited, 1)
    elif closed is not None and (exited is None or exited > closed):
        left = closed
    else:
        left = exited
    if left is not None and left > world.end:
        left = None

    recorded = world.exit.get(head["EnrollmentID"], Record())
    return Household(
        HouseholdID=head["HouseholdID"],
        HoHID=head["PersonalID"],
        EnrollmentID=head["EnrollmentID"],
        ProjectID=head["ProjectID"],
        LSAProjectType=kind,
        EntryDate=entry,
        MoveInDate=moved,
        ExitDate=left,
        LastBedNight=last,
        ExitDest=_destination(recorded, left, moved),
    )


def _destination(recorded: Record, left: date | None, moved: date | None) -> int:
    if left is None:
        return -1
    # An exit without a date ends no stay, but tells the destination where something else ended it.
    if not recorded or recorded["ExitDate"] not in (left, moved, None):
        return 99
    told = recorded["Destination"]
    if told in (8, 9):
        return 98
    if told in (None, 17, 30, 99):
        return 99
    if told == 435:
        return recorded["DestinationSubsidyType"] or 99
    return told


# --- 3.4 -------------------------------------------------------------------------------------------------


def _members(world: World, household: Household) -> list[Member]:
    found = []
    for row in world.table["Enrollment"]:
        if row["HouseholdID"] == household.HouseholdID and row["RelationshipToHoH"] in (1, 2, 3, 4, 5):
            kind = _member_by_night if household.LSAProjectType == 1 else _member_by_dates
            dates = kind(world, household, row)
            if dates is not None:
                entry, left, last = dates
                told = row["DisablingCondition"]
                found.append(
                    Member(
                        EnrollmentID=row["EnrollmentID"],
                        PersonalID=row["PersonalID"],
                        HouseholdID=row["HouseholdID"],
                        RelationshipToHoH=row["RelationshipToHoH"],
                        LSAProjectType=household.LSAProjectType,
                        EntryDate=entry,
                        ExitDate=left,
                        MoveInDate=_moved(household, entry, left),
                        LastBedNight=last,
                        # -2 keeps "does not know" and "prefers not to answer" apart from what is missing
                        DisabilityStatus=told if told in (0, 1) else -2 if told in (8, 9) else None,
                        DVStatus=_violence(world, row["EnrollmentID"], entry, left),
                    )
                )
    return found


def _violence(world: World, enrollment: str, entry: date, left: date | None) -> int | None:
    """The lowest status that an answer told within the stay and the report gives; None without an answer."""
    found = []
    for row in world.table["HealthAndDV"]:
        told = row["InformationDate"]
        if row["EnrollmentID"] != enrollment or told > world.end or told < entry:
            continue
        if left is not None and told > left:
            continue
        survivor, fleeing = row["DomesticViolenceSurvivor"], row["CurrentlyFleeing"]
        if survivor == 1:
            found.append({1: 1, 0: 2}.get(fleeing, 3))
        else:
            # As in HUD's sample any answer but yes and no.
            found.append(10 if survivor == 0 else 98)
    return min(found, default=None)


Dates = tuple[date, date | None, date | None]


def _member_by_dates(world: World, household: Household, row: Record) -> Dates | None:
    exited = world.exit.get(row["EnrollmentID"], Record())["ExitDate"]
    if exited is not None and exited > world.end:
        exited = None
    if row["EntryDate"] > world.end:
        return None
    # As in HUD's sample: who came after the household had left is not there.
    if household.ExitDate is not None and row["EntryDate"] > household.ExitDate:
        return None
    if exited is not None and not (
        exited > world.lookback and exited > row["EntryDate"] and exited > household.EntryDate
    ):
        return None
    left = exited
    if household.ExitDate is not None and (exited is None or exited >= household.ExitDate):
        left = household.ExitDate
    elif household.LSAProjectType in (13, 15) and exited is not None and exited == household.MoveInDate:
        left = plus(exited, 1) if exited < world.end else None
    return max(row["EntryDate"], household.EntryDate), left, None


def _member_by_night(world: World, household: Household, row: Record) -> Dates | None:
    exited = world.exit.get(row["EnrollmentID"], Record())["ExitDate"]
    nights = [
        night
        for night in world.nights[row["EnrollmentID"]]
        if world.lookback <= night <= world.end
        and night >= row["EntryDate"]
        and night >= household.EntryDate
        and (exited is None or night < exited)
        # The text has "on or before", HUD's sample "before": nobody stays after the head.
        and (household.ExitDate is None or night < household.ExitDate)
    ]
    if not nights:
        return None
    last = max(nights)
    still_there = exited is None and household.ExitDate is None and plus(last, 90) > world.end
    return min(nights), None if still_there else plus(last, 1), last


def _moved(household: Household, entry: date, left: date | None) -> date | None:
    moved = household.MoveInDate
    if household.LSAProjectType not in (3, 13, 15) or moved is None:
        return None
    if moved < entry:
        return entry
    if left is not None and moved > left:
        return None
    if moved == left and (household.ExitDate is None or household.ExitDate > moved):
        return None
    return moved


# --- 3.5 and 3.6 -----------------------------------------------------------------------------------------


def _age(born: date, day: date) -> int:
    for years, band in AGES:
        if plus_years(born, years) <= day:
            return band
    return 0


def _entry_age(member: Member, client: Record) -> int:
    born = client["DOB"]
    if client["DOBDataQuality"] in (8, 9):
        return 98
    if client["DOBDataQuality"] not in (1, 2) or born is None or born == date(1900, 1, 1):
        return 99
    if born > member.EntryDate or (member.RelationshipToHoH == 1 and born == member.EntryDate):
        return 99
    if plus_years(born, 105) <= member.EntryDate:
        return 99
    return _age(born, member.EntryDate)


def _set_ages(world: World, members: list[Member]) -> None:
    for member in members:
        member.ages["Entry"] = _entry_age(member, world.client[member.PersonalID])
    faulty = {member.PersonalID for member in members if member.ages["Entry"] == 99}
    for member in members:
        if member.PersonalID in faulty:
            member.ages["Entry"] = 99
    for member in members:
        for moment, number in COHORT_OF.items():
            if moment != "Active" and world.scope == 3:
                continue
            start, end = world.cohort(number)
            here = member.EntryDate < start
            if moment == "Active":
                here = here and (member.ExitDate is None or member.ExitDate >= start)
            else:
                here = here and member.ExitDate is not None and start <= member.ExitDate <= end
            known = member.ages["Entry"] not in (98, 99)
            member.ages[moment] = member.ages["Entry"]
            if here and known:
                member.ages[moment] = _age(world.client[member.PersonalID]["DOB"], start)


def _type_of(ages: list[int]) -> int:
    adults = [age for age in ages if 18 <= age <= 65]
    children = [age for age in ages if age < 18]
    unknown = [age for age in ages if age in (98, 99)]
    if adults and children:
        return 2
    if unknown or not ages:
        return 99
    return 1 if adults else 3


def _set_types(world: World, household: Household) -> None:
    household.types["Entry"] = _type_of([member.ages["Entry"] for member in household.members])
    for moment, number in COHORT_OF.items():
        if moment != "Active" and world.scope == 3:
            continue
        start, _ = world.cohort(number)
        if household.EntryDate >= start or (household.ExitDate is not None and household.ExitDate < start):
            household.types[moment] = household.types["Entry"]
        else:
            # The text leaves out who came after an exit cohort's end; HUD's sample does not.
            household.types[moment] = _type_of(
                [
                    member.ages[moment]
                    for member in household.members
                    if member.ExitDate is None or member.ExitDate >= start
                ]
            )


# --- 5.1 and 5.2 -----------------------------------------------------------------------------------------


def _projects_of_the_coc(world: World) -> set[str]:
    """4.1, as far as 5.1 needs it: continuum projects of the CoC."""
    in_coc = {
        row["ProjectID"] for row in world.table["ProjectCoC"] if (row["CoCCode"] or "").upper() == world.coc
    }
    return {
        row["ProjectID"]
        for row in world.table["Project"]
        if row["ProjectID"] in in_coc and row["ContinuumProject"] == 1
    }


def _set_active(world: World, household: Household, in_coc: set[str]) -> None:
    """Active, and in residence, which only an active household can be. Chosen projects narrow both; what the
    whole system would count as active is kept beside them."""
    in_report = household.ProjectID in in_coc
    chosen = world.scope != 2 or household.ProjectID in world.projects
    household.SystemActive = int(in_report and _touches(world, household))
    household.Active = int(household.SystemActive == 1 and chosen)
    household.AIR = int(household.Active == 1 and _resident(world, household))
    for member in household.members:
        there = _touches(world, member)
        member.SystemActive = int(household.SystemActive == 1 and there)
        member.Active = int(household.Active == 1 and there)
        member.AIR = int(household.AIR == 1 and _resident(world, member))
        member.nights = {
            month: int(world.scope != 3 and member.AIR == 1 and _there(world, member, night))
            for month, night in world.quarters().items()
        }


def _there(world: World, member: Member, night: date) -> bool:
    """9.2: in residence on a night of the report, night by night with a bed night."""
    if not world.start <= night <= world.end or (member.ExitDate is not None and member.ExitDate <= night):
        return False
    if member.LSAProjectType in (3, 13):
        return member.MoveInDate is not None and member.MoveInDate <= night
    if member.LSAProjectType == 1 and night not in world.nights[member.EnrollmentID]:
        return False
    return member.EntryDate <= night


def _touches(world: World, stay: Household | Member) -> bool:
    return stay.ExitDate is None or stay.ExitDate >= world.start


def _resident(world: World, stay: Household | Member) -> bool:
    if stay.ExitDate is not None and stay.ExitDate <= world.start:
        return False
    if stay.LSAProjectType == 1:
        return stay.LastBedNight is not None and world.start <= stay.LastBedNight <= world.end
    if stay.LSAProjectType in (3, 13):
        return stay.MoveInDate is not None
    return stay.LSAProjectType in (0, 2, 8)
