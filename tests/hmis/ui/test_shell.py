"""The shell's pages answer for every kind of user, and only public ones answer a stranger."""

import pytest

from hearth.hmis.access.models import User
from tests.factories import make_auditor, make_hmis_user, make_organization, make_user

PUBLIC = ["/help/", "/help/what-is-hmis/", "/help/minnesota/", "/help/roles/", "/help/privacy/"]
PUBLIC += ["/help/get-help/", "/help/keyboard/", "/help/glossary/", "/account/login/", "/health/"]
SIGNED_IN = ["/", "/reports/", "/account/", "/help/components/", "/account/password/none/"]
SIGNED_IN += ["/account/two-step/"]


@pytest.mark.parametrize("path", PUBLIC)
def test_public_page_answers_a_stranger(client, db, path: str) -> None:
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", SIGNED_IN)
def test_other_page_sends_a_stranger_to_sign_in(client, db, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 302
    assert response["Location"].startswith("/account/login/?next=/")


@pytest.mark.parametrize("path", SIGNED_IN)
def test_page_answers_a_user(client, administrator: User, path: str) -> None:
    client.force_login(administrator)
    assert client.get(path).status_code == 200


def test_navigation_marks_the_current_page_once(client, administrator: User) -> None:
    client.force_login(administrator)
    page = client.get("/reports/").content.decode()
    assert page.count('usa-nav__link usa-current" aria-current="page"') == 1
    assert page.count("<h1>") == 1


def test_auditor_is_not_offered_clients(client, db) -> None:
    client.force_login(make_auditor())
    page = client.get("/").content.decode()
    assert "Find a client" not in page
    assert 'href="/reports/"' not in page


def test_account_names_roles_and_organizations(client, db) -> None:
    organization = make_organization(organization_name="Invented Shelters")
    client.force_login(make_hmis_user(organization))
    page = client.get("/account/").content.decode()
    assert "HMIS user, Invented Shelters" in page
    assert f"organization {organization.pk}" not in page


def test_user_without_a_role_still_gets_a_home_page(client, db) -> None:
    client.force_login(make_user())
    assert client.get("/").status_code == 200


def test_help_page_that_does_not_exist(client, db) -> None:
    assert client.get("/help/nothing/").status_code == 404
