"""Whose changes the histories of organizations and projects tell, as far as the viewer may see them."""

from typing import Any

from django.db import models

from hearth.hmis.access.models import User
from hearth.hmis.audit.changes import Kind
from hearth.hmis.hud.records import model_of
from hearth.hmis.organizations.models import Organization, Project
from hearth.hmis.organizations.queries import may_see_address

#: Columns of ProjectCoC that tell where a project is, in HUD's spelling (`queries.ADDRESS`).
_ADDRESS = frozenset({"Address1", "Address2", "City", "State", "ZIP", "Geocode"})
_TITLES = {
    "Funder": "Funding",
    "ProjectCoC": "Location",
    "Inventory": "Beds and units",
    "HMISParticipation": "HMIS participation",
    "CEParticipation": "CE participation",
    "Affiliation": "Affiliation",
}


def of_organization(user: User, organization: Organization) -> Kind:
    """The organization's own record."""
    rows = Organization.objects.restrict(user).filter(pk=organization.pk)
    return Kind("Organization", "Organization", rows, tells_first=True)


def of_project(user: User, project: Project) -> list[Kind]:
    """The project and what hangs on it. Where the viewer may not see its address, no old one is told."""
    rows = Project.objects.restrict(user).filter(pk=project.pk)
    kinds = [Kind("Project", "Project", rows, tells_first=True)]
    for file, title in _TITLES.items():
        model: Any = model_of(file)
        of = models.Q(project=project)
        if file == "Affiliation":
            of |= models.Q(res_project=project)
        hidden = _ADDRESS if file == "ProjectCoC" and not may_see_address(user, project) else frozenset()
        kinds.append(Kind(file, title, model.objects.restrict(user).filter(of), hidden))
    return kinds
