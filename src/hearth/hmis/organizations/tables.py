"""Rows of the tables on the pages of regions and organizations."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from hearth.hmis.hud.display import code_words
from hearth.hmis.organizations.map.geography import geography
from hearth.hmis.organizations.models import (
    Organization,
    Project,
    ProjectCoC,
    Region,
    RegionContact,
    TribalNation,
)
from hearth.hmis.organizations.models.region import ContactRole
from hearth.hmis.organizations.queries import YES, Activity, BedRow, is_open
from hearth.standards import load
from hearth.standards.load import MODEL_YEAR

HOUSEHOLD_TYPES = "2.07.4"
PROJECTS_SHOWN = 6


@dataclass(frozen=True)
class RegionRow:
    """One region in the table below the map."""

    region: Region
    activity: Activity
    counties: str
    coordinator: RegionContact | None


def region_row(region: Region, activity: Activity) -> RegionRow:
    """One region; its counties as a sentence."""
    coordinators = (c for c in region.contacts.all() if c.role == ContactRole.COORDINATOR)
    names = [county.name for county in region.counties.all()]
    return RegionRow(region, activity, ", ".join(names), next(coordinators, None))


@dataclass(frozen=True)
class NationRow:
    """A tribal nation and the regions in which its lands mainly lie."""

    nation: TribalNation
    regions: tuple[Region, ...]


def nation_rows(nations: Iterable[TribalNation], regions: Sequence[Region]) -> list[NationRow]:
    """Nations, each with the regions of the counties that hold its lands on the map."""
    shapes = geography()
    region_of = {c.fips: region for region in regions if not region.overlays for c in region.counties.all()}
    rows = []
    for nation in nations:
        lands = [land for land in shapes.lands if land.nation == nation.name] if shapes else []
        found = {
            region_of[fips].code: region_of[fips]
            for land in lands
            for fips in land.counties
            if fips in region_of
        }
        rows.append(NationRow(nation, tuple(found[code] for code in sorted(found))))
    return rows


@dataclass(frozen=True)
class BedTable:
    """Beds by project type and household type, with totals."""

    households: tuple[str, ...]
    rows: tuple[tuple[str, BedRow, tuple[int, ...]], ...]
    totals: tuple[int, ...]
    projects: int
    units: int
    beds: int


def bed_rows(rows: list[BedRow]) -> BedTable | None:
    """The table of beds; None where no inventory is recorded."""
    if not rows:
        return None
    known = [int(option.code) for option in load(MODEL_YEAR).list(HOUSEHOLD_TYPES).options]
    # A column of its own for inventory whose household type is missing or unknown, where there is any.
    other = any(set(row.beds_by_household) - set(known) for row in rows)
    columns = [code_words("Inventory.HouseholdType", code) or "" for code in known]
    if other:
        columns.append("Not recorded")

    def cells(row: BedRow) -> tuple[int, ...]:
        values = [row.beds_by_household.get(code, 0) for code in known]
        return (*values, row.beds - sum(values)) if other else tuple(values)

    table = [
        (code_words("Project.ProjectType", row.project_type) or "Not recorded", row, cells(row))
        for row in rows
    ]
    return BedTable(
        households=tuple(columns),
        rows=tuple(table),
        totals=tuple(sum(column) for column in zip(*(values for _, _, values in table), strict=True)),
        projects=sum(row.projects for row in rows),
        units=sum(row.units for row in rows),
        beds=sum(row.beds for row in rows),
    )


@dataclass(frozen=True)
class OrganizationRow:
    """One organization in the list: a few of its open projects, how many more, and its regions."""

    organization: Organization
    projects: tuple[Project, ...]
    more: int
    regions: tuple[Region, ...]
    other_cocs: tuple[str, ...]


def organization_row(organization: Any, regions: Sequence[Region]) -> OrganizationRow:
    """A row for an organization of `queries.organizations`."""
    projects = organization.open_projects
    codes = {coc.coc_code for project in projects for coc in project.cocs.all() if coc.coc_code}
    by_code = {region.code: region for region in regions}
    found = [by_code[code] for code in sorted(codes & set(by_code))]
    nation = organization.tribal_nation
    found += [region for region in regions if nation and region.pk == nation.member_of_id]
    return OrganizationRow(
        organization=organization,
        projects=tuple(projects[:PROJECTS_SHOWN]),
        more=max(0, len(projects) - PROJECTS_SHOWN),
        regions=tuple(found),
        other_cocs=tuple(sorted(codes - set(by_code))),
    )


@dataclass(frozen=True)
class ProjectRow:
    """One project in a list; `participation` is what holds in HMIS today, in HUD's words."""

    project: Project
    is_open: bool
    coc_codes: tuple[str, ...]
    participation: str


def project_row(project: Any, today: date) -> ProjectRow:
    """A row for a project that comes with its CoCs and current participation."""
    codes = [row.hmis_participation_type for row in project.current_participation]
    words = dict.fromkeys(code_words("HMISParticipation.HMISParticipationType", code) or "" for code in codes)
    return ProjectRow(
        project=project,
        is_open=is_open(project, today),
        coc_codes=tuple(dict.fromkeys(coc.coc_code for coc in project.cocs.all() if coc.coc_code)),
        participation=", ".join(filter(None, words)) or "Not recorded",
    )


class WithPeriod:
    """A record with the period for which it holds: `since`, `until`, and whether that is now."""

    def __init__(self, record: Any, prefix: str, today: date) -> None:
        self.record = record
        self.since: date | None = getattr(record, f"{prefix}_start_date".lstrip("_"))
        self.until: date | None = getattr(record, f"{prefix}_end_date".lstrip("_"))
        self.is_current = (self.since is None or self.since <= today) and (
            self.until is None or self.until >= today
        )
        self.is_future = self.since is not None and self.since > today


#: Words for the beds of Inventory that are set aside for some people.
DEDICATED = {
    "ch_vet_bed_inventory": "chronically homeless veterans",
    "youth_vet_bed_inventory": "young veterans",
    "vet_bed_inventory": "other veterans",
    "ch_youth_bed_inventory": "chronically homeless youth",
    "youth_bed_inventory": "other youth",
    "ch_bed_inventory": "other chronically homeless people",
}
CE_ROLES = {
    "access_point": "access point",
    "prevention_assessment": "prevention assessment",
    "crisis_assessment": "crisis assessment",
    "housing_assessment": "housing assessment",
    "direct_services": "direct services",
    "receives_referrals": "receives referrals",
}


class InventoryRow(WithPeriod):
    """An inventory record with its period."""

    @property
    def dedicated(self) -> list[tuple[str, int]]:
        """Beds set aside, by for whom."""
        return [(words, beds) for name, words in DEDICATED.items() if (beds := getattr(self.record, name))]


class CERow(WithPeriod):
    """A record of participation in coordinated entry with its period."""

    @property
    def roles(self) -> list[str]:
        """What the project does."""
        return [words for name, words in CE_ROLES.items() if getattr(self.record, name) == YES]


@dataclass(frozen=True)
class CoCRow:
    """One CoC of a project; `address` is empty where it may not be seen."""

    record: ProjectCoC
    region: Region | None
    address: tuple[str, ...]


def coc_row(record: ProjectCoC, regions: Sequence[Region], with_address: bool) -> CoCRow:
    """A row of the CoCs of a project."""
    region = next((region for region in regions if region.code == record.coc_code), None)
    if not with_address:
        return CoCRow(record, region, ())
    town = " ".join(filter(None, (f"{record.city}," if record.city else "", record.state, record.zip)))
    return CoCRow(record, region, tuple(filter(None, (record.address1, record.address2, town))))
