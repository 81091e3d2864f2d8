"""Projects to choose from: grouped by organization, and nothing looks like something else."""

import pytest

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.organizations.choices import by_organization
from hearth.hmis.organizations.models import DataSource, Organization, Project, ProjectCoC
from tests import factories

pytestmark = pytest.mark.django_db


def organization(name: str, source: DataSource, key: str) -> Organization:
    found = factories.make_organization(organization_name=name, data_source=source, hud_id=key)
    factories.make_project(found, project_name=f"Project of {key}", data_source=source, hud_id=f"P{key}")
    return found


def test_equal_names_are_told_apart(administrator: User) -> None:
    with acting(administrator):
        north, south = (
            factories.make_source(name="Northern HMIS"),
            factories.make_source(name="Southern HMIS"),
        )
        organization("Invented Care", north, "1")
        organization("invented  care", south, "2")
        organization("Invented Hope", north, "3")
        organization("Invented Hope", north, "4")
        organization("Invented Only", north, "5")
        groups = by_organization(Project.objects.restrict(administrator))
    assert {(name, options[0][1]) for name, options in groups} == {
        ("Invented Care – Northern HMIS", "Project of 1"),
        ("invented  care – Southern HMIS", "Project of 2"),
        ("Invented Hope – Northern HMIS, OrganizationID 3", "Project of 3"),
        ("Invented Hope – Northern HMIS, OrganizationID 4", "Project of 4"),
        ("Invented Only", "Project of 5"),
    }


def test_projects_stand_with_their_cocs(administrator: User) -> None:
    with acting(administrator):
        theirs = factories.make_organization(organization_name="Invented Care")
        for key, codes in (("7", ("MN-501", "MN-500")), ("8", ())):
            project = factories.make_project(theirs, project_name="Twin House", hud_id=key)
            for code in codes:
                ProjectCoC.objects.create(**factories.record(project=project, coc_code=code))
        ((name, options),) = by_organization(Project.objects.restrict(administrator))
    assert name == "Invented Care"
    assert [text for _, text in options] == [
        "Twin House (MN-500, MN-501, ProjectID 7)", "Twin House (ProjectID 8)",
    ]  # fmt: skip
