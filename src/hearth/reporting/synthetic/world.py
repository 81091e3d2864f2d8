"""The organizations and projects of an invented state, before anybody is served.

A CoC gets the kinds of projects of `data/projects.yaml` that its size supports, several of a kind when
it is large. Everything here is small (some thousand projects at the most) and made one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from hearth.reporting.synthetic import arrays
from hearth.reporting.synthetic.arrays import Ints
from hearth.reporting.synthetic.cocs import City, Coc, cocs
from hearth.reporting.synthetic.data import material
from hearth.reporting.synthetic.random_values import Random
from hearth.reporting.synthetic.required_elements import required_elements
from hearth.reporting.synthetic.world_settings import WorldSettings
from hearth.standards import Registry

CLIENTS_A_PROJECT = 400  # expected admissions before a second project of a kind opens
MOST_OF_A_KIND = 12
LONGEST_BEFORE = 2_190  # days before the period that somebody may already have been housed
TRIBAL_COLLABORATIVE = "Minnesota Tribal Collaborative"
NOT_PARTICIPATING, PARTICIPATING, COMPARABLE_DATABASE = 0, 1, 2  # list 2.08.1
RRH = 13
RRH_SERVICES_ONLY, RRH_HOUSING = 1, 2  # list 2.02.A


@dataclass(slots=True)
class Organization:
    """An agency; `number` from 1."""

    number: int
    name: str
    common_name: str | None
    city: City
    coc: Coc
    survivors: bool  # a victim service provider: no client data in HMIS
    users: range = range(0)


@dataclass(slots=True)
class Project:
    """A project; `number` from 1. Days as in `arrays`; `closes` is None while it operates."""

    number: int
    kind: str
    name: str
    organization: Organization
    type: int
    rrh_type: int | None
    housing: int | None
    funders: tuple[int, ...]
    other_funder: str | None
    serves: frozenset[str]
    weight: float
    cocs: tuple[Coc, ...]
    opens: int
    closes: int | None
    participation: int
    elements: frozenset[str] = frozenset()
    affiliated_with: str | None = None
    zip_code: dict[int, str] = field(default_factory=dict)
    address: dict[int, str] = field(default_factory=dict)

    def is_funded_by(self, *codes: int) -> bool:
        """Whether one of these funders (list 2.06.1) pays."""
        return any(code in codes for code in self.funders)


@dataclass(slots=True)
class World:
    """Everything that exists before the first client."""

    settings: WorldSettings
    registry: Registry
    cocs: tuple[Coc, ...]
    organizations: list[Organization]
    projects: list[Project]
    user_count: int

    def serving(self) -> Iterator[Project]:
        """Projects whose clients are in this HMIS."""
        return (project for project in self.projects if project.serves)

    def facts(self, fact: str) -> Ints:
        """A number of every project as an array, at the project's own number (0 is unused)."""
        values = np.full(len(self.projects) + 1, arrays.NOTHING, dtype=np.int32)
        for project in self.projects:
            value = getattr(project, fact)
            values[project.number] = arrays.NOTHING if value is None else value
        return values

    def flags(self, *elements: str) -> arrays.Bools:
        """Whether every project (at its own number) collects one of these data elements."""
        values = np.zeros(len(self.projects) + 1, dtype=bool)
        for project in self.projects:
            values[project.number] = any(element in project.elements for element in elements)
        return values

    def funded(self, *codes: int) -> arrays.Bools:
        """Whether every project (at its own number) is paid by one of these funders."""
        values = np.zeros(len(self.projects) + 1, dtype=bool)
        for project in self.projects:
            values[project.number] = project.is_funded_by(*codes)
        return values

    def first_user(self) -> Ints:
        """The first user number of every project's organization."""
        return np.array([0, *(p.organization.users.start for p in self.projects)], dtype=np.int32)

    def users_of(self) -> Ints:
        """How many users every project's organization has."""
        return np.array([1, *(len(p.organization.users) for p in self.projects)], dtype=np.int32)


class _Builder:
    def __init__(self, settings: WorldSettings, registry: Registry) -> None:
        self.settings = settings
        self.registry = registry
        self.random = Random(settings.seed, 0)
        self.start, self.end = arrays.day(settings.start), arrays.day(settings.end)
        self.organizations: list[Organization] = []
        self.projects: list[Project] = []
        self.names: set[str] = set()

    @cached_property
    def kinds(self) -> dict[str, dict]:
        return material("projects")

    @cached_property
    def agencies(self) -> dict:
        return material("organizations")

    def organization(self, pattern: str, city: City, coc: Coc, **facts: object) -> Organization:
        name = pattern.format(city=city.name, county=city.county)
        number = 2
        while name in self.names:
            name = f"{pattern.format(city=city.name, county=city.county)} {number}"
            number += 1
        self.names.add(name)
        made = Organization(len(self.organizations) + 1, name, None, city, coc, False)
        for fact, value in facts.items():
            setattr(made, fact, value)
        self.organizations.append(made)
        return made

    def project(self, kind: str, organization: Organization, cocs: tuple[Coc, ...], suffix: str) -> None:
        facts = self.kinds[kind]
        project_type = facts["type"]
        opens = self.start - int(self.random.whole(LONGEST_BEFORE + 30, LONGEST_BEFORE + 3_500, 1)[0])
        closes = None
        if "closes" in facts:
            closes = max(self.end - facts["closes"], self.start + 90)
        if "opens" in facts:
            opens = self.end - facts["opens"]
        rrh_type = None
        if project_type == RRH:
            rrh_type = RRH_SERVICES_ONLY if facts.get("services_only") else RRH_HOUSING
        made = Project(
            number=len(self.projects) + 1,
            kind=kind,
            name=f"{organization.name.split(' of ')[0]} – {facts['name']}{suffix}",
            organization=organization,
            type=project_type,
            rrh_type=rrh_type,
            housing=facts.get("housing") if rrh_type != RRH_SERVICES_ONLY else None,
            funders=tuple(facts["funders"]),
            other_funder=facts.get("other"),
            serves=frozenset(facts["serves"]),
            weight=float(facts["weight"]),
            cocs=cocs,
            opens=opens,
            closes=closes,
            participation=facts.get("participation", PARTICIPATING),
            affiliated_with=facts.get("affiliated_with"),
        )
        made.elements = required_elements(self.registry, made.type, made.funders)
        for coc in cocs:
            street, house = self.random.whole(0, len(_STREETS) - 1, 1)[0], self.random.whole(101, 9899, 1)[0]
            made.address[coc.number] = f"{house} {_STREETS[street]}"
            tail = self.random.whole(1, 99, 1)[0]
            made.zip_code[coc.number] = f"{coc.zip_start}{tail:02d}" if coc.zip_start else f"{tail:05d}"
        self.projects.append(made)

    def coc(self, coc: Coc, all_cocs: tuple[Coc, ...]) -> None:
        expected = self.settings.clients * coc.share
        agencies: dict[str, list[Organization]] = {}
        metro = tuple(other for other in all_cocs if other.is_metro)
        for kind, facts in self.kinds.items():
            if facts["run_by"] == "tribal" or facts["from"] > expected:
                continue
            if facts.get("only") == "rural" and not coc.is_rural:
                continue
            shared = bool(facts.get("metro")) and coc.is_metro
            if shared and coc is not metro[0]:
                continue  # the first metro CoC has the program for all of them
            copies = min(MOST_OF_A_KIND, max(1, round(expected * facts["weight"] / 120 / CLIENTS_A_PROJECT)))
            for copy in range(copies):
                made = agencies.setdefault(facts["run_by"], [])
                patterns = self.agencies[facts["run_by"]]
                if copy >= len(made) and len(made) < max(1, len(patterns), round(expected / 800)):
                    city = coc.cities[self.city(coc)]
                    made.append(
                        self.organization(
                            patterns[(len(made) + coc.number) % len(patterns)],
                            city,
                            coc,
                            survivors=facts["run_by"] == "survivors",
                        )
                    )
                suffix = "" if copy < len(made) else f" {copy // len(made) + 1}"
                self.project(kind, made[copy % len(made)], metro if shared else (coc,), suffix)

    def city(self, coc: Coc) -> int:
        return int(self.random.pick({n: city.weight for n, city in enumerate(coc.cities)}, 1)[0])

    def tribal(self, all_cocs: tuple[Coc, ...]) -> None:
        by_code = {coc.code: coc for coc in all_cocs}
        for program in self.agencies["tribal"]:
            coc = by_code.get(program["coc"])
            if coc is None:
                continue
            city = next(city for city in coc.cities if city.name == program["city"])
            made = self.organization(program["name"], city, coc)
            made.common_name = f"{TRIBAL_COLLABORATIVE}: {program['nation']}"
            offered = self.agencies["tribal_projects"]
            count = 2 if self.settings.clients < 1_000 else int(self.random.whole(3, len(offered), 1)[0])
            first = int(self.random.whole(0, len(offered) - 1, 1)[0])
            for step in range(count):
                self.project(offered[(first + step) % len(offered)], made, (coc,), "")

    def users(self) -> int:
        reached = 1
        for organization in self.organizations:
            count = int(self.random.whole(2, 5, 1)[0]) + round(self.settings.clients / 40_000)
            organization.users = range(reached, reached + count)
            reached += count
        return reached - 1


def build(settings: WorldSettings, registry: Registry) -> World:
    """The world of some settings."""
    made = _Builder(settings, registry)
    all_cocs = cocs(settings.cocs)
    for coc in all_cocs:
        made.coc(coc, all_cocs)
    made.tribal(all_cocs)
    users = made.users()
    return World(settings, registry, all_cocs, made.organizations, made.projects, users)


_STREETS = (
    "Portage Ave", "Birch St", "Superior Way", "Tamarack Ln", "Main St", "Wild Rice Rd", "2nd Ave N",
    "Old Depot St", "Prairie Blvd", "Mill St", "County Road 8", "Lakeshore Dr", "Agate St", "5th St SE",
)  # fmt: skip
