"""What is in the database of the browser tests. Prints the ids that `pages.py` names, as JSON.

Run by `conftest.py` in a process of its own: Django's database layer and Playwright do not share a thread.
"""

import json
import sys
from typing import Any

import django

# The accounts that `conftest.py` signs in with; `locked` is for the test of the lock.
ACCOUNTS = {
    "administrator": "administrator@example.org",
    "user": "user@example.org",
    "auditor": "auditor@example.org",
    "locked": "locked@example.org",
}
PASSWORD = "correct horse battery staple"


def sign_in(role: str) -> dict[str, str]:
    """What an account needs to sign in through the form."""
    return {"email": ACCOUNTS[role], "password": PASSWORD}


def seed() -> dict[str, Any]:
    """Fill the database and return names for use in addresses."""
    from hearth.hmis.access.context import acting
    from tests import factories

    administrator = factories.make_administrator(**sign_in("administrator"), display_name="Ada Admin")
    factories.make_auditor(**sign_in("auditor"), display_name="Olu Auditor")
    factories.make_user(**sign_in("locked"), display_name="Lou Locked")
    with acting(administrator):
        organization = factories.make_organization(organization_name="Invented Shelter Alliance")
        project = factories.make_project(organization, project_name="Invented Night Shelter")
        client = factories.make_client(first_name="Invented", last_name="Example")
        enrollment = factories.make_enrollment(client, project)
        factories.make_hmis_user(organization, **sign_in("user"), display_name="Uma User")
    return {
        "organization": organization.pk,
        "project": project.pk,
        "client": client.pk,
        "enrollment": enrollment.pk,
    }


if __name__ == "__main__":
    django.setup()
    json.dump(seed(), sys.stdout)
