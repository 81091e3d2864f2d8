"""What is in the database of the browser tests. Prints the ids that `pages.py` names, as JSON.

Run by `conftest.py` in a process of its own: Django's database layer and Playwright do not share a thread.
"""

import json
import sys
from typing import Any

import django

# The accounts that `conftest.py` signs in with; `locked`, `second`,
# `passkey` and `recorded` are for the tests of the lock, of the second step and of passkeys.
ACCOUNTS = {
    "administrator": "administrator@example.org",
    "user": "user@example.org",
    "auditor": "auditor@example.org",
    "coordinator": "coordinator@example.org",
    "locked": "locked@example.org",
    "second": "second@example.org",
    "passkey": "passkey@example.org",
    "recorded": "recorded@example.org",
}
PASSWORD = "correct horse battery staple"


def sign_in(role: str) -> dict[str, str]:
    """What an account needs to sign in through the form."""
    return {"email": ACCOUNTS[role], "password": PASSWORD}


def seed() -> dict[str, Any]:
    """Fill the database and return names for use in addresses."""
    from hearth.hmis.access.context import acting
    from hearth.hmis.clients.models import Client
    from hearth.hmis.local.mn.actions import load_regions
    from hearth.hmis.organizations.models import RegionContact
    from tests import factories
    from tests.browser import (
        seed_clients,
        seed_consent,
        seed_imports,
        seed_measured,
        seed_people,
        seed_reports,
        seed_workflows,
    )
    from tests.hmis.organizations.making import fill_project

    administrator = factories.make_administrator(**sign_in("administrator"), display_name="Ada Admin")
    factories.make_auditor(**sign_in("auditor"), display_name="Olu Auditor")
    factories.make_user(**sign_in("locked"), display_name="Lou Locked")
    factories.make_user(**sign_in("second"), display_name="Sol Second")
    factories.make_user(**sign_in("passkey"), display_name="Pat Passkey")
    factories.make_user(**sign_in("recorded"), display_name="Rey Recorded")
    with acting(administrator):
        organization = factories.make_organization(organization_name="Invented Shelter Alliance")
        project = factories.make_project(organization, project_name="Invented Night Shelter")
        fill_project(project)
        load_regions(by=administrator, with_examples=True)
        contact = RegionContact.objects.get(region__code="MN-500", role="coordinator")
        client = factories.make_client(first_name="Invented", last_name="Example")
        enrollment = factories.make_enrollment(client, project)
        user = factories.make_hmis_user(organization, **sign_in("user"), display_name="Uma User")
        grant = user.grants.get()
        household = seed_clients.fill(project)
        rosa = Client.objects.get(pk=household["rosa"])
    found = {
        "organization": organization.pk,
        "project": project.pk,
        "contact": contact.pk,
        "client": client.pk,
        "enrollment": enrollment.pk,
        "person": user.pk,
        "grant": grant.pk,
        **household,
        **seed_consent.fill(administrator, user, client, rosa),
        **seed_people.fill(administrator),
        **seed_imports.fill(administrator),
        **seed_reports.fill_reports(administrator),
    }
    coordinator = factories.make_user(**sign_in("coordinator"), display_name="Cora Coordinator")
    found |= seed_reports.fill_figures(coordinator)
    with acting(administrator):  # last: the tests before know of one project
        seed_measured.fill(organization)
        found["veteran_stay"] = seed_measured.a_veteran(organization)
        return found | seed_workflows.fill(organization)


if __name__ == "__main__":
    django.setup()
    json.dump(seed(), sys.stdout)
