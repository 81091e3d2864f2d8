"""The project descriptor files but Inventory: who runs what, where, paid by whom, and takes part in what."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from hearth.reporting.synthetic import arrays
from hearth.reporting.synthetic.coordinated_entry import receives_referrals
from hearth.reporting.synthetic.data import material
from hearth.reporting.synthetic.random_values import Random
from hearth.reporting.synthetic.required_elements import LOCAL_OR_OTHER
from hearth.reporting.synthetic.world import (
    COMPARABLE_DATABASE,
    RRH,
    RRH_SERVICES_ONLY,
    Project,
    World,
)

NOT_HUD_FUNDED = 34  # "N/A" in list 2.06.1
SERVICES_ONLY, COORDINATED_ENTRY = 6, 14
TENANT_BASED = 3  # list 2.02.D
HIV_POPULATION, SURVIVORS, NO_POPULATION = 3, 1, 4  # list 2.02.7
NOT_HOPWA = 2  # list 2.02.8
_ACCESS_POINT_TYPES = (0, 1, 4, 11, 14)

Columns = dict[str, list[object]]


def files(world: World) -> dict[str, dict[str, np.ndarray]]:
    """Columns of Organization, User, Project, Funder, ProjectCoC, Affiliation and the participations."""
    random = Random(world.settings.seed, 1)
    made = {
        "Organization": _organizations(world),
        "User": _users(world, random),
        "Project": _projects(world),
        "Funder": _funders(world, random),
        "ProjectCoC": _places(world),
        "Affiliation": _affiliations(world),
        "HMISParticipation": _participation(world),
        "CEParticipation": _coordinated_entry(world),
    }
    return {
        name: {column: _array(values) for column, values in columns.items()} for name, columns in made.items()
    }


def _array(values: list[object]) -> np.ndarray:
    if any(isinstance(value, str) for value in values):
        texts = np.empty(len(values), dtype=object)
        texts[:] = values
        return texts
    numbers = [arrays.NOTHING if value is None else value for value in values]
    large = any(isinstance(value, int) and value > 2**31 - 1 for value in numbers)
    return np.array(numbers, dtype=np.int64 if large else np.int32)


def _stamped(columns: Columns, days: list[int], users: list[int]) -> Columns:
    created: list[object] = [day * arrays.SECONDS_A_DAY + 9 * 3600 for day in days]
    return columns | {"DateCreated": created, "DateUpdated": list(created), "UserID": list(users)}


def _listed(projects: list[Project], facts: dict[str, Callable[[Project], object]]) -> Columns:
    columns: Columns = {name: [fact(project) for project in projects] for name, fact in facts.items()}
    return _stamped(
        columns, [project.opens for project in projects], [_user(project) for project in projects]
    )


def _user(project: Project) -> int:
    users = project.organization.users
    return users.start + project.number % len(users)


def _organizations(world: World) -> Columns:
    first = arrays.day(world.settings.start) - 5_000
    organizations = world.organizations
    return _stamped(
        {
            "OrganizationID": [o.number for o in organizations],
            "OrganizationName": [o.name for o in organizations],
            "VictimServiceProvider": [int(o.survivors) for o in organizations],
            "OrganizationCommonName": [o.common_name for o in organizations],
        },
        [first] * len(organizations),
        [o.users.start for o in organizations],
    )


def _users(world: World, random: Random) -> Columns:
    facts = material("names")
    size = world.user_count
    families = facts["european"]["family"] + facts["scandinavian"]["family"] + facts["somali"]["family"]
    given = facts["european"]["female"] + facts["scandinavian"]["male"] + facts["native"]["female"]
    first = random.among(given, size)
    last = random.among(families, size)
    day = arrays.day(world.settings.start) - 400
    return _stamped(
        {
            "UserID": list(range(1, size + 1)),
            "UserFirstName": list(first),
            "UserLastName": list(last),
            # 555-01xx numbers and example.org addresses belong to nobody.
            "UserPhone": [f"651555{100 + number % 100:04d}" for number in range(size)],
            "UserEmail": [f"user{number + 1}@example.org" for number in range(size)],
        },
        [day] * size,
        list(range(1, size + 1)),
    )


def _projects(world: World) -> Columns:
    kinds = {(p.cocs[0].number, p.kind) for p in world.projects}

    def affiliated(p: Project) -> object:
        if p.type != SERVICES_ONLY and not (p.type == RRH and p.rrh_type == RRH_SERVICES_ONLY):
            return None
        return int(p.affiliated_with is not None and (p.cocs[0].number, p.affiliated_with) in kinds)

    hopwa = tuple(int(code) for code in world.registry.list("2.06.1").in_category("HUD: HOPWA"))

    def facility(p: Project) -> int:
        return int(p.kind == "th_hopwa") if p.is_funded_by(*hopwa) else NOT_HOPWA

    return _listed(
        world.projects,
        {
            "ProjectID": lambda p: p.number,
            "OrganizationID": lambda p: p.organization.number,
            "ProjectName": lambda p: p.name,
            "OperatingStartDate": lambda p: p.opens,
            "OperatingEndDate": lambda p: p.closes,
            "ContinuumProject": lambda p: 1,
            "ProjectType": lambda p: p.type,
            "HousingType": lambda p: p.housing,
            "RRHSubType": lambda p: p.rrh_type,
            "ResidentialAffiliation": affiliated,
            "TargetPopulation": lambda p: (
                SURVIVORS
                if p.organization.survivors
                else HIV_POPULATION
                if p.serves == {"hiv"}
                else NO_POPULATION
            ),
            "HOPWAMedAssistedLivingFac": facility,
        },
    )


def _funders(world: World, random: Random) -> Columns:
    """One record per grant; federal grants are renewed each year, of which the last two are kept."""
    rows: list[tuple[Project, int, int, int | None]] = []
    end = arrays.day(world.settings.end)
    for project in world.projects:
        last = project.closes
        for funder in project.funders:
            renewed = (
                project.opens < end - 900 and last is None and funder not in (LOCAL_OR_OTHER, NOT_HUD_FUNDED)
            )
            if renewed:
                rows.append((project, funder, project.opens, end - 366))
                rows.append((project, funder, end - 365, None))
            else:
                rows.append((project, funder, project.opens, last))
    columns: Columns = {
        "ProjectID": [p.number for p, _, _, _ in rows],
        "Funder": [funder for _, funder, _, _ in rows],
        "OtherFunder": [p.other_funder if funder == LOCAL_OR_OTHER else None for p, funder, _, _ in rows],
        "GrantID": [
            f"{p.cocs[0].state}{random.generator.integers(1000, 9999)}-{funder:02d}-{p.number}"
            for p, funder, _, _ in rows
        ],
        "StartDate": [start for _, _, start, _ in rows],
        "EndDate": [last for _, _, _, last in rows],
    }
    return _stamped(columns, [start for _, _, start, _ in rows], [_user(p) for p, _, _, _ in rows])


def _places(world: World) -> Columns:
    rows = [(p, coc) for p in world.projects for coc in p.cocs]
    columns: Columns = {
        name: []
        for name in ("ProjectID", "CoCCode", "Geocode", "Address1", "City", "State", "ZIP", "GeographyType")
    }
    for project, coc in rows:
        own = project.organization.coc is coc
        city = project.organization.city if own else coc.cities[0]
        withheld = project.organization.survivors or project.housing == TENANT_BASED
        columns["ProjectID"].append(project.number)
        columns["CoCCode"].append(coc.code)
        columns["Geocode"].append(city.geocode)
        columns["Address1"].append(None if withheld else project.address[coc.number])
        columns["City"].append(None if withheld else city.name)
        columns["State"].append(None if withheld else coc.state)
        columns["ZIP"].append(project.zip_code[coc.number])
        columns["GeographyType"].append(coc.geography)
    return _stamped(columns, [p.opens for p, _ in rows], [_user(p) for p, _ in rows])


def _affiliations(world: World) -> Columns:
    rows = []
    for project in world.projects:
        if project.affiliated_with is None:
            continue
        target = next(
            (
                other
                for other in world.projects
                if other.kind == project.affiliated_with and other.cocs[0] is project.cocs[0]
            ),
            None,
        )
        if target is not None:
            rows.append((project, target))
    columns: Columns = {
        "ProjectID": [p.number for p, _ in rows],
        "ResProjectID": [target.number for _, target in rows],
    }
    return _stamped(columns, [p.opens for p, _ in rows], [_user(p) for p, _ in rows])


def _participation(world: World) -> Columns:
    return _listed(
        world.projects,
        {
            "ProjectID": lambda p: p.number,
            "HMISParticipationType": lambda p: p.participation,
            "HMISParticipationStatusStartDate": lambda p: p.opens,
            "HMISParticipationStatusEndDate": lambda p: p.closes,
        },
    )


def _coordinated_entry(world: World) -> Columns:
    def access(p: Project) -> int:
        open_door = p.type in _ACCESS_POINT_TYPES and p.participation != COMPARABLE_DATABASE
        return int(p.type == COORDINATED_ENTRY or (open_door and p.number % 3 == 0))

    def does(choice: int) -> Callable[[Project], object]:
        # Every access point does something: direct services are its least.
        return lambda p: int(choice == 3 or (p.number >> choice) % 2 == 0) if access(p) else None

    return _listed(
        world.projects,
        {
            "ProjectID": lambda p: p.number,
            "AccessPoint": access,
            "PreventionAssessment": does(0),
            "CrisisAssessment": does(1),
            "HousingAssessment": does(2),
            "DirectServices": does(3),
            "ReceivesReferrals": lambda p: int(bool(p.serves) and receives_referrals(p.kind)),
            "CEParticipationStatusStartDate": lambda p: p.opens,
            "CEParticipationStatusEndDate": lambda p: p.closes,
        },
    )
