"""Invented rows that hang on projects, for the tests of these pages."""

from datetime import date
from typing import Any

from hearth.hmis.organizations.models import (
    Affiliation,
    CEParticipation,
    Funder,
    HMISParticipation,
    Inventory,
    Organization,
    Project,
    ProjectCoC,
)
from tests.factories import make_organization, make_project, record


def make_coc(project: Project, code: str = "MN-500", **fields: Any) -> ProjectCoC:
    return ProjectCoC.objects.create(project=project, coc_code=code, **record(**fields))


def make_inventory(project: Project, beds: int = 10, **fields: Any) -> Inventory:
    fields.setdefault("coc_code", "MN-500")
    fields.setdefault("household_type", 1)
    fields.setdefault("unit_inventory", beds)
    fields.setdefault("inventory_start_date", date(2024, 1, 1))
    return Inventory.objects.create(project=project, bed_inventory=beds, **record(**fields))


def make_full_project(organization: Organization | None = None, **fields: Any) -> Project:
    """A project with something of everything that hangs on it."""
    return fill_project(make_project(organization or make_organization(), **fields))


def fill_project(project: Project) -> Project:
    """Give a project a CoC, inventory, a grant and participation."""
    make_coc(
        project,
        geocode="279053",
        address1="12 Invented Lane",
        city="Inventon",
        state="MN",
        zip="55999",
        geography_type=1,
    )
    make_inventory(project, 12, vet_bed_inventory=3, es_bed_type=1, availability=1)
    make_inventory(project, 8, inventory_start_date=date(2022, 1, 1), inventory_end_date=date(2023, 12, 31))
    Funder.objects.create(
        project=project, funder=8, grant_id="ESG-7", start_date=date(2024, 1, 1), **record()
    )
    HMISParticipation.objects.create(
        project=project,
        hmis_participation_type=1,
        hmis_participation_status_start_date=date(2022, 1, 1),
        **record(),
    )
    CEParticipation.objects.create(
        project=project,
        access_point=1,
        receives_referrals=1,
        housing_assessment=0,
        ce_participation_status_start_date=date(2023, 1, 1),
        **record(),
    )
    return project


def make_affiliation(project: Project, res_project: Project) -> Affiliation:
    return Affiliation.objects.create(project=project, res_project=res_project, **record())
