"""What a list of people offers to filter by."""

import pytest

from hearth.hmis.organizations.models import Organization, Project
from hearth.hmis.reports.people import _filters


def project(number: int, name: str, organization: Organization) -> Project:
    return Project(pk=number, project_name=name, organization=organization)


BIRCH = Organization(pk=1, organization_name="Birch House")
CEDAR = Organization(pk=2, organization_name="Cedar House")
PROJECTS = {
    "P1": project(11, "Shelter", BIRCH),
    "P2": project(12, "Outreach", BIRCH),
    "P3": project(13, "Shelter", CEDAR),
}


@pytest.mark.parametrize(
    ("organization", "offered"),
    [
        ("", ["Outreach", "Shelter – Birch House", "Shelter – Cedar House"]),
        ("1", ["Outreach", "Shelter"]),
        ("2", ["Shelter"]),
        ("7", ["Outreach", "Shelter – Birch House", "Shelter – Cedar House"]),  # not of this list
    ],
)
def test_projects_are_those_of_the_chosen_organization(organization: str, offered: list[str]) -> None:
    organizations, projects = _filters(PROJECTS, organization)
    assert [text for _, text in organizations.choices] == ["Birch House", "Cedar House"]
    assert [text for _, text in projects.choices] == offered
