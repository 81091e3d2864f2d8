"""Random small worlds for the LSA: families with a few stays each, realistic ones and faulty ones.

Dates gather around those at which a rule turns: the report's first and last day, the exit cohorts, the
lookback date, gaps of 6, 7, 14 and 15 days, a year and three years, two years after an exit. Every file has
deleted rows that would change the report, and on the quarterly nights there are services that are no bed
nights.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from .world import COC, REGISTRY, Rows, filled

Short = dict[str, Any]

GONE = "2026-01-01 10:00:00"

ORGANIZATIONS = [
    {"OrganizationID": "O1", "VictimServiceProvider": 0},
    {"OrganizationID": "Victims", "VictimServiceProvider": 1},
    {"OrganizationID": "Gone", "VictimServiceProvider": 0, "DateDeleted": GONE},
]
PROJECTS: dict[str, Short] = {
    "ES": {}, "ES2": {}, "NBN": {}, "NBN2": {}, "TH": {}, "SH": {}, "PSH": {}, "PSH2": {}, "RRH": {},
    "RRH2": {}, "RRHSO": {},
    "ESclosing": {"OperatingEndDate": "2026-03-15"}, "NBNclosing": {"OperatingEndDate": "2026-07-10"},
    "THlate": {"OperatingStartDate": "2025-11-20"}, "PSHlate": {"OperatingStartDate": "2024-02-10"},
    "RRHgap": {}, "NBNgap": {}, "PSHleft": {}, "ESclosed": {"OperatingEndDate": "2018-09-01"},
    "ESvictims": {"OrganizationID": "Victims"}, "ESlocal": {"ContinuumProject": 0},
    "ESelsewhere": {}, "RRHunsaid": {"RRHSubType": None}, "PSHpaper": {},
    "THgone": {"DateDeleted": GONE}, "ESorphan": {"OrganizationID": "Gone"},
}  # fmt: skip
USUAL = ["ES", "ES2", "NBN", "NBN2", "TH", "SH", "PSH", "PSH2", "RRH", "RRH2", "RRHSO"]
PARTICIPATION = [
    {"ProjectID": "RRHgap", "HMISParticipationStatusEndDate": "2024-03-01"},
    {"ProjectID": "RRHgap", "HMISParticipationStatusStartDate": "2024-09-01"},
    {"ProjectID": "NBNgap", "HMISParticipationStatusEndDate": "2025-06-30"},
    {"ProjectID": "NBNgap", "HMISParticipationStatusStartDate": "2025-09-10"},
    {"ProjectID": "PSHleft", "HMISParticipationStatusEndDate": "2026-04-01"},
    {"ProjectID": "PSHpaper", "HMISParticipationType": 0},
    {"ProjectID": "PSHpaper", "HMISParticipationType": 1, "DateDeleted": GONE},
    {"ProjectID": "ES2", "HMISParticipationStatusStartDate": "2020-01-01"},
    {"ProjectID": "ES2", "HMISParticipationStatusStartDate": "2022-01-01", "HMISParticipationType": 0},
]
TURNS = [
    date(2018, 10, 1), date(2023, 10, 1), date(2024, 10, 1), date(2024, 9, 30), date(2025, 10, 1),
    date(2025, 9, 30), date(2026, 3, 30), date(2026, 7, 2), date(2026, 9, 30),
]  # fmt: skip
QUARTERS = [date(2025, 10, 31), date(2026, 1, 31), date(2026, 4, 30), date(2026, 7, 31)]
GAPS = [-40, -3, 0, 1, 5, 6, 7, 8, 13, 14, 15, 16, 40, 200, 364, 365, 729, 730, 731]
EDGES = [5, 6, 6, 7, 7, 8, 13, 14, 14, 15, 15, 16, 729, 730, 731]
LENGTHS = [0, -2, 1, 2, 6, 7, 30, 89, 90, 91, 270, 363, 364, 365, 366, 367, 400, 800]


def random_world(seed: int, families: int = 240) -> Rows:
    """All rows of a world; the same for the same seed."""
    rng = random.Random(seed)
    short: dict[str, Any] = {
        "Organization": ORGANIZATIONS,
        "Project": PROJECTS,
        "ProjectCoC": [
            {"ProjectID": "ESelsewhere", "CoCCode": "XX-502"},
            {"ProjectID": "ESelsewhere", "CoCCode": COC, "DateDeleted": GONE},
        ],
        "HMISParticipation": PARTICIPATION,
        "Client": {},
        "Enrollment": [],
        "Exit": [],
        "Services": [],
        "HealthAndDV": [],
        "Disabilities": [],
        **_beside_projects(),
    }
    for number in range(families):
        _family(rng, short, f"F{number:03}")
    rng.shuffle(short["Enrollment"])
    _delete(random.Random(f"deleted {seed}"), short)
    return filled(short)


def _beside_projects() -> dict[str, list[Short]]:
    """Funders, beds and affiliations of all projects, some of them deleted."""
    beds = {
        column.name: 1
        for column in REGISTRY.file("Inventory").columns
        if column.name.endswith("BedInventory")
    }
    inventory: list[Short] = []
    funders: list[Short] = []
    for number, project in enumerate(PROJECTS):
        gone = GONE if number % 4 == 0 else None
        inventory.append(
            {
                "ProjectID": project,
                "CoCCode": COC,
                "InventoryStartDate": "2020-01-01",
                "UnitInventory": 1,
                **beds,
                "DateDeleted": gone,
            }
        )
        funders.append({"ProjectID": project, "Funder": 9, "StartDate": "2020-01-01", "DateDeleted": gone})
    affiliations: list[Short] = [
        {"ProjectID": "RRHSO", "ResProjectID": "ES", "DateDeleted": gone} for gone in (None, GONE)
    ]
    return {"Inventory": inventory, "Funder": funders, "Affiliation": affiliations}


def _delete(rng: random.Random, short: dict[str, Any]) -> None:
    """Deleted clients, and deleted answers, services, exits and enrollments that would count for something;
    on the quarterly nights other services, too."""
    for client in rng.sample(list(short["Client"].values()), len(short["Client"]) // 40):
        client["DateDeleted"] = GONE
    for row in list(short["Enrollment"]):
        enrollment, entry = row["EnrollmentID"], row["EntryDate"]
        told: Short = {"EnrollmentID": enrollment, "InformationDate": entry, "DateDeleted": GONE}
        if rng.random() < 0.1:
            short["HealthAndDV"].append({**told, "DomesticViolenceSurvivor": 1, "CurrentlyFleeing": 1})
        if rng.random() < 0.1:
            short["Disabilities"].append({**told, "DisabilityType": 8, "DisabilityResponse": 1})
        if rng.random() < 0.05:
            left = entry + timedelta(rng.choice([1, 5, 30]))
            short["Exit"].append(
                {"EnrollmentID": enrollment, "ExitDate": left, "Destination": 410, "DateDeleted": GONE}
            )
        if rng.random() < 0.03:
            short["Enrollment"].append({**row, "RelationshipToHoH": 1, "Nights": [], "DateDeleted": GONE})
        if row["ProjectID"].startswith("NBN"):
            for night in rng.sample(QUARTERS, 2):
                service: Short = {"EnrollmentID": enrollment, "DateProvided": night}
                short["Services"].append(
                    {**service, "RecordType": 200, "TypeProvided": 200, "DateDeleted": GONE}
                )
                short["Services"].append({**service, "RecordType": 144, "TypeProvided": 3})


def _family(rng: random.Random, short: dict[str, Any], name: str) -> None:
    if rng.random() < 0.5:
        _plain_life(rng, short, name)
        return
    people = [f"{name}{letter}" for letter in "ABCD"[: rng.choice([1, 1, 1, 2, 2, 3, 4])]]
    for person in people:
        short["Client"][person] = _client(rng, child=person[-1] in "CD" or rng.random() < 0.2)
    day = rng.choice(TURNS) + timedelta(rng.choice([-800, -400, -90, -30, -6, -1, 0, 1, 30]))
    for number in range(rng.randint(1, 6)):
        together = people if rng.random() < 0.7 else rng.sample(people, rng.randint(1, len(people)))
        left = _stay(rng, short, f"{name}H{number}", together, day)
        if left is None and rng.random() < 0.4:
            return
        day = (left or day) + timedelta(rng.choice(GAPS))
        if rng.random() < 0.15:
            day = rng.choice(TURNS) + timedelta(rng.randint(-20, 3))


def _plain_life(rng: random.Random, short: dict[str, Any], person: str) -> None:
    """One adult, nothing wrong, stays with gaps at which the rules turn."""
    short["Client"][person] = {"DOB": "1984-06-01"}
    day = rng.choice(TURNS) - timedelta(rng.choice([0, 0, 1, 7, 14, 15, 100, 364, 365, 366, 730]))
    for number in range(rng.randint(1, 6)):
        project = rng.choice(USUAL)
        left = day + timedelta(rng.choice([1, 6, 7, 8, 30, 89, 90, 91, 200, 364, 365, 366]))
        if rng.random() < 0.3:
            left = day + timedelta(rng.choice([-7, -1, 0, 1])) + timedelta(365 * rng.choice([0, 1, 2]) + 8)
        row: Short = {
            "EnrollmentID": f"{person}E{number}", "PersonalID": person, "ProjectID": project,
            "EntryDate": day,
            "ExitDate": left, "Destination": rng.choice([410, 101, 24]), "DisablingCondition": 1,
            "DateToStreetESSH": day - timedelta(rng.choice([0, 5, 6, 7, 8, 300, 364, 365])),
            "LivingSituation": rng.choice([116, 116, 422]),
            "TimesHomelessPastThreeYears": 4,
            "MonthsHomelessPastThreeYears": rng.choice([105, 105, 105, 112]),
        }  # fmt: skip
        if project in ("RRH", "RRH2", "RRHSO", "PSH", "PSH2"):
            moved = rng.choice(
                [day, left, left - timedelta(365), left - timedelta(366), day + timedelta(3), None]
            )
            row["MoveInDate"] = moved
        if project in ("NBN", "NBN2"):
            last = rng.choice([left, left, date(2026, 9, 30), date(2026, 7, 2), date(2026, 7, 3)])
            step = rng.choice([1, 6, 7, 8])
            row["Nights"] = [day] if last <= day else [last - timedelta(n) for n in range(1, 60, step)]
            if last != left:
                row["Nights"].append(last)
                row["ExitDate"] = left = None
        short["Enrollment"].append(row)
        if left is None or rng.random() < 0.1:
            row["ExitDate"] = None
            return
        day = left + timedelta(rng.choice(EDGES))


def _client(rng: random.Random, *, child: bool) -> Short:
    if child:
        # mostly about to turn 18 at one of the turns, or small
        born = rng.choice(TURNS).replace(year=rng.choice([2006, 2007, 2008, 2015, 2023])) + timedelta(
            rng.randint(-3, 3)
        )
    else:
        born = date(rng.choice([1915, 1955, 1962, 1970, 1980, 1990, 2000, 2003, 2004]), 2, 28) + timedelta(
            rng.choice([0, 1, 200])
        )
    client: Short = {
        "DOB": born,
        "VeteranStatus": rng.choice([0, 0, 1, 8, 99, None]),
        "SSN": rng.choice([None, f"2190{rng.randint(10, 40)}123", "xxxxx1234", "111111111"]),
        "SSNDataQuality": rng.choice([1, 1, 2, 8, 99]),
        "White": rng.choice([0, 1, 1]),
        "HispanicLatinao": rng.choice([0, 0, 1]),
        "RaceNone": rng.choice([None, None, None, 8]),
    }
    if rng.random() < 0.06:
        client |= rng.choice(
            [
                {"DOB": None},
                {"DOB": "1900-01-01"},
                {"DOBDataQuality": 8},
                {"DOBDataQuality": 99},
                {"DOBDataQuality": None},
                {"DOB": "2026-08-01"},
                {"DOB": "1918-01-01"},
            ]
        )
    return client


def _stay(
    rng: random.Random, short: dict[str, Any], household: str, people: list[str], entry: date
) -> date | None:
    """Add a household's stay; returns the day on which its head leaves, None for an open stay."""
    project = rng.choice(USUAL) if rng.random() < 0.75 else rng.choice(list(PROJECTS))
    left = None if rng.random() < 0.2 else entry + timedelta(rng.choice(LENGTHS))
    if left is not None and rng.random() < 0.1:
        left = rng.choice(TURNS)
    relations = [1, *(rng.choice([2, 2, 3, 4, 5]) for _ in people[1:])]
    if rng.random() < 0.06:
        relations = rng.choice([[3] * len(people), [1] * len(people), [1] + [99] * (len(people) - 1)])
    for number, (person, relation) in enumerate(zip(people, relations, strict=True)):
        mine = entry + timedelta(rng.choice([0, 0, 0, 0, 4, 30, -3])) if number else entry
        out = left
        if number and rng.random() < 0.3:
            out = (left or entry + timedelta(300)) + timedelta(rng.choice([-10, -1, 0, 5]))
        row: Short = {
            "EnrollmentID": f"{household}{person[-1]}", "HouseholdID": household, "PersonalID": person,
            "ProjectID": project, "EntryDate": mine, "ExitDate": None, "Nights": [],
            "RelationshipToHoH": relation,
            "DisablingCondition": rng.choice([0, 0, 1, 1, 8, 9, 99, None]), **_prior_situation(rng, mine),
        }  # fmt: skip
        if number == 0 and rng.random() < 0.03:
            row["EnrollmentCoC"] = rng.choice(["XX-502", None, COC.lower()])
        if rng.random() < 0.02:
            row["DateDeleted"] = GONE
        if project.startswith(("RRH", "PSH", "TH")):
            row["MoveInDate"] = _move_in(rng, mine, out)
        if project.startswith("NBN"):
            short["Services"].extend(_nights(rng, row["EnrollmentID"], mine, out))
        if out is not None:
            short["Exit"].extend(_exits(rng, row["EnrollmentID"], out))
        if rng.random() < 0.2:
            short["Disabilities"].append(
                {
                    "EnrollmentID": row["EnrollmentID"],
                    "InformationDate": mine,
                    "DisabilityType": rng.choice([8, 9, 10]),
                    "DisabilityResponse": rng.choice([0, 1, 2, 3, 8]),
                    "IndefiniteAndImpairs": rng.choice([0, 1, None]),
                }
            )
        if rng.random() < 0.3:
            short["HealthAndDV"].append(
                {
                    "EnrollmentID": row["EnrollmentID"],
                    "InformationDate": mine + timedelta(rng.choice([0, 0, 10, -1])),
                    "DomesticViolenceSurvivor": rng.choice([0, 1, 1, 8, 99, None]),
                    "CurrentlyFleeing": rng.choice([0, 1, None]),
                }
            )
        short["Enrollment"].append(row)
    return left


def _prior_situation(rng: random.Random, entry: date) -> Short:
    street = rng.choice([None, 0, 0, 3, 6, 7, 8, 90, 365, 1100, -2])
    return {
        "LivingSituation": rng.choice([116, 101, 118, 116, 204, 215, 302, 422, 435, 8, 99, None]),
        "LengthOfStay": rng.choice([10, 11, 2, 3, 4, 5, 5, 8, 99, None]),
        "PreviousStreetESSH": rng.choice([0, 1, 1, None, 8]),
        "DateToStreetESSH": None if street is None else entry - timedelta(street),
        "TimesHomelessPastThreeYears": rng.choice([1, 2, 3, 4, 4, 4, 8, None]),
        "MonthsHomelessPastThreeYears": rng.choice([101, 105, 112, 113, 113, 99, None]),
    }


def _move_in(rng: random.Random, entry: date, left: date | None) -> date | None:
    if rng.random() < 0.3:
        return None
    if left is not None and rng.random() < 0.35:
        return left + timedelta(rng.choice([0, 0, -1, 1, -366, -365, -364]))
    return entry + timedelta(rng.choice([0, 1, 20, 100, 300, -1]))


def _nights(rng: random.Random, enrollment: str, entry: date, left: date | None) -> Iterator[Short]:
    """Bed nights, thin or dense, a few outside the stay, twice on one day, deleted, or other services."""
    length = ((left or entry + timedelta(rng.choice([10, 100, 900]))) - entry).days
    first = rng.choice([0, 0, 2])
    step = rng.choice([1, 1, 3, 6, 7, 8, 95])
    offsets = list(range(first, max(first + 1, length), step))[:80]
    if rng.random() < 0.3:
        offsets += [-4, length, length + 9]
    for offset in offsets:
        row: Short = {
            "EnrollmentID": enrollment, "DateProvided": entry + timedelta(offset), "RecordType": 200,
            "TypeProvided": 200,
        }  # fmt: skip
        if rng.random() < 0.02:
            row["DateDeleted"] = GONE
        if rng.random() < 0.02:
            row |= {"RecordType": 144, "TypeProvided": 3}
        yield row
        if rng.random() < 0.02:
            yield dict(row)


def _exits(rng: random.Random, enrollment: str, left: date) -> Iterator[Short]:
    exit_row: Short = {
        "EnrollmentID": enrollment,
        "ExitDate": left,
        "Destination": rng.choice([410, 422, 435, 435, 101, 116, 302, 24, 8, 17, 30, 99, None, 206]),
        "DestinationSubsidyType": rng.choice([428, 439, None]),
    }
    if rng.random() < 0.02:
        exit_row["DateDeleted"] = GONE
    if rng.random() < 0.02:
        exit_row["ExitDate"] = None
    yield exit_row
    if rng.random() < 0.02:
        yield {**exit_row, "ExitDate": left + timedelta(3), "Destination": 421}
