"""One client with four stays, and people who see different parts of what happened to them."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hearth.hmis.access.models import User


def fill(administrator: "User") -> dict[str, Any]:
    """Wren Hollow, whose stay in the Harbor program is shared and whose others are not; for each person of
    `PEOPLE` a session, signed in."""
    from django.test import Client as Browser
    from django.utils import timezone

    from hearth.hmis.access.context import acting
    from hearth.hmis.access.roles import (
        AgencyAdministrator,
        Auditor,
        HmisUser,
        LocalSystemAdministrator,
        SystemAdministrator,
    )
    from hearth.hmis.access.scopes import CocScope, OrganizationScope, ProjectScope, StateScope
    from hearth.hmis.organizations.models import ProjectCoC
    from tests import factories

    with acting(administrator):
        wren = factories.make_client(first_name="Wren", last_name="Hollow")
        lodge, safe, harbor = (
            factories.make_organization(organization_name=name)
            for name in ("Invented Lodge", "Invented Safe House", "Invented Harbor")
        )
        projects = {
            name: factories.make_project(organization, project_name=f"{name} program")
            for name, organization in (
                ("Cedar", lodge), ("Birch", lodge), ("Haven", safe), ("Harbor", harbor),
            )
        }  # fmt: skip
        for name, project in projects.items():
            factories.make_enrollment(wren, project, is_shared=name == "Harbor")
        for name in ("Cedar", "Haven"):
            ProjectCoC.objects.create(project=projects[name], coc_code="MN-502", **factories.record())
        elsewhere = factories.make_organization(organization_name="Invented Elsewhere")
    today = timezone.localdate()
    over = {"begins_on": today - timedelta(30), "ends_on": today}
    people = {
        "system administrator": (SystemAdministrator, StateScope(), {}),
        "caseworker": (HmisUser, OrganizationScope(lodge.pk), {}),
        "agency administrator": (AgencyAdministrator, OrganizationScope(lodge.pk), {}),
        "intern": (HmisUser, ProjectScope(projects["Birch"].pk), {}),
        "advocate": (HmisUser, OrganizationScope(safe.pk), {}),
        "local administrator": (LocalSystemAdministrator, CocScope("MN-502"), {}),
        "worker elsewhere": (HmisUser, OrganizationScope(elsewhere.pk), {}),
        "auditor": (Auditor, StateScope(), {}),
        "who left yesterday": (HmisUser, OrganizationScope(lodge.pk), over),
    }
    sessions = {}
    for name, (role, scope, dates) in people.items():
        user = factories.make_user(display_name=f"The {name}")
        factories.give_grant(user, role, scope, **dates)
        browser = Browser()
        browser.force_login(user)
        sessions[name] = browser.cookies["hearth_session"].value
    return {"wren": wren.pk, "sessions": sessions}
