"""House rules of views: each says what it needs, and refuses whoever has not got it."""

import re

import pytest
from django.test import Client
from django.urls import URLPattern

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import WORDS, Permission
from hearth.hmis.audit.models import AccessLog
from tests import factories
from tests.hmis.config.test_urls import PUBLIC, routes

# Views that whoever is signed in may open, and why they need no permission.
EVERYBODY = {
    "": "the home page; its parts ask for themselves",
    "account/": "one's own account",
    "account/stay/": "one's own session",
    "account/back/": "says that one is signed in",
    "account/sessions/": "one's own sessions",
    "account/requirements/": "one's own agreements and training",
    "account/requirements/<slug:kind>/": "signs in one's own name",
    "account/sessions/end-others/": "one's own sessions",
    "account/sessions/<int:pk>/end/": "one's own sessions",
    "help/components/": "invented content",
}
# django-allauth's pages, all about one's own account.
OWN_ACCOUNT = "account/"


def is_ours(entry: URLPattern) -> bool:
    return entry.callback.__module__.startswith("hearth.")


ROUTES = sorted(routes(), key=lambda one: one[0])
GUARDED = [(route, entry) for route, entry in ROUTES if getattr(entry.callback, "required_permissions", None)]


def address(route: str) -> str:
    return "/" + re.sub(r"<int:\w+>", "1", re.sub(r"<(?:str|slug):\w+>", "MN-500", route))


def test_every_view_names_what_it_needs_or_is_listed_with_a_reason() -> None:
    silent = {route for route, entry in ROUTES if is_ours(entry)} - {route for route, _ in GUARDED}
    assert silent - set(PUBLIC) == set(EVERYBODY)


def test_other_peoples_views_are_only_about_ones_own_account() -> None:
    foreign = [route for route, entry in ROUTES if not is_ours(entry) and route not in PUBLIC]
    assert [route for route in foreign if not route.startswith(OWN_ACCOUNT)] == []


def test_the_permissions_exist() -> None:
    named = {name for _, entry in GUARDED for name in entry.callback.required_permissions}
    assert named <= set(Permission)


@pytest.mark.django_db
@pytest.mark.parametrize(("route", "entry"), GUARDED, ids=[route for route, _ in GUARDED])
def test_a_guarded_view_refuses_and_writes_it_down(client: Client, route: str, entry: URLPattern) -> None:
    nobody = factories.make_user()
    people = [nobody]
    if not _is_enough(auditor := factories.make_auditor(), entry):
        people.append(auditor)
    if not _is_enough(user := factories.make_hmis_user(factories.make_organization()), entry):
        people.append(user)
    for person in people:
        client.force_login(person)
        answers = {client.get(address(route)).status_code, client.post(address(route)).status_code}
        # A view for one method answers 405 to the other, if it looks at the method first.
        assert 403 in answers
        assert answers <= {403, 405}, person
    with acting(factories.make_administrator()):
        assert set(AccessLog.objects.exclude(action="signed_in").values_list("action", "user_id")) == {
            ("refused", person.pk) for person in people
        }


@pytest.mark.django_db
@pytest.mark.parametrize("route", [route for route, _ in ROUTES if route not in PUBLIC])
def test_an_account_that_was_paused_is_out_at_once(client: Client, route: str) -> None:
    user = factories.make_administrator()
    client.force_login(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    for answer in (client.get(address(route)), client.post(address(route))):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/account/login/")


@pytest.mark.django_db
@pytest.mark.parametrize("route", [route for route, _ in ROUTES])
def test_a_form_without_its_token_is_refused(route: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(factories.make_administrator())
    # 404 for what the address's own converter refuses, 405 for views that only read.
    assert client.post(address(route)).status_code in (403, 404, 405)


def _is_enough(user: User, entry: URLPattern) -> bool:
    return any(user.may(Permission(name)) for name in entry.callback.required_permissions)


def test_every_permission_has_words() -> None:
    """The pages of people say what somebody may do."""
    assert set(WORDS) == set(Permission)
