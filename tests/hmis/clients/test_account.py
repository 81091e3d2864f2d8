"""The account of who looked at a client: what each may print, and that a provider is not given away by it.

A shelter, an outreach team and a victim service provider; the client has a stay in some of them.
"""

import re
from typing import Any

import pytest
from django.test import Client as Visitor
from django.urls import reverse

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.clients.account import NOT_ALL
from hearth.hmis.clients.models import Client
from hearth.hmis.organizations.actions import set_confidential_name as open_name
from tests import factories

pytestmark = pytest.mark.django_db


class World:
    def __init__(self) -> None:
        self.places = {
            "shelter": factories.make_organization(organization_name="Alder Shelter"),
            "outreach": factories.make_organization(organization_name="Birch Outreach"),
            "provider": factories.make_organization(
                organization_name="Cedar Safe House", victim_service_provider=1
            ),
        }
        self.projects = {name: factories.make_project(place) for name, place in self.places.items()}
        self.users = {
            name: factories.make_hmis_user(place, display_name=f"Worker of {name}")
            for name, place in self.places.items()
        }
        self.person = factories.make_client()
        factories.make_enrollment(self.person, self.projects["shelter"])
        factories.make_enrollment(self.person, self.projects["provider"])


@pytest.fixture
def world(administrator: User) -> World:
    with acting(administrator):
        return World()


def look(user: User, person: Client, times: int = 1) -> None:
    visitor = Visitor()
    visitor.force_login(user)
    for _ in range(times):
        assert visitor.get(reverse("clients:detail", args=[person.pk])).status_code == 200


def account(user: User, person: Client) -> Any:
    visitor = Visitor()
    visitor.force_login(user)
    answer = visitor.get(reverse("clients:account", args=[person.pk]))
    assert answer.status_code == 200
    return answer


def lines(user: User, person: Client) -> set[tuple[str, str, int]]:
    return {(one.organizations, one.by, one.times) for one in account(user, person).context["account"].lines}


def test_own_looks_and_those_of_administrators_are_told_without_names(
    world: World, administrator: User
) -> None:
    look(world.users["shelter"], world.person, 2)
    look(administrator, world.person)
    found = lines(world.users["shelter"], world.person)
    assert found == {("Alder Shelter", "", 2), ("Administrators of this HMIS", "", 1)}


def test_a_provider_is_betrayed_by_nothing(world: World, administrator: User) -> None:
    """The account is the same to the letter whether the provider serves and looked or not."""
    with acting(administrator):
        same = {"first_name": "Same", "last_name": "Name"}
        served, other = factories.make_client(**same), factories.make_client(**same)
        for person in (served, other):
            factories.make_enrollment(person, world.projects["shelter"])
        factories.make_enrollment(served, world.projects["provider"])
    look(world.users["provider"], served, 3)
    visitor = Visitor()
    visitor.force_login(world.users["provider"])
    visitor.post(reverse("clients:ssn", args=[served.pk]))
    for name in ("shelter", "outreach"):
        user = world.users[name]
        for person in (served, other):
            look(user, person)
        pages = [_without_numbers(account(user, person).text, person) for person in (served, other)]
        assert pages[0] == pages[1]
        assert NOT_ALL in pages[0] and "Cedar" not in pages[0] and "Worker of provider" not in pages[0]
    own = account(world.users["provider"], served).context["account"].lines
    assert {(one.organizations, one.what, one.times) for one in own} == {
        ("Cedar Safe House", "Record opened", 3),
        ("Cedar Safe House", "Social Security number shown in full", 1),
    }


def _without_numbers(text: str, person: Client) -> str:
    text = re.sub(r"""name="csrfmiddlewaretoken" value="[^"]+"|"X-CSRFToken": *"[^"]+\"""", "", text)
    text = re.sub(r"Printed by .* on .*\.", "", text)
    return re.sub(
        rf"(?<=clients/){person.pk}\b|(?<=%2F){person.pk}(?=%2F)|(?<=client ){person.pk}\b", "#", text
    )


def test_whoever_works_for_a_provider_too_is_not_named_by_it(world: World, administrator: User) -> None:
    with acting(administrator):
        both = factories.make_hmis_user(world.places["shelter"], world.places["provider"])
    look(both, world.person)
    assert lines(world.users["shelter"], world.person) == set()
    with acting(administrator):
        factories.make_enrollment(world.person, world.projects["provider"], is_shared=True)
    assert not [place for place, _, _ in lines(world.users["shelter"], world.person) if "Cedar" in place]
    with acting(administrator):
        open_name(by=administrator, project=world.projects["provider"], is_confidential=False)
    assert ("Alder Shelter, Cedar Safe House", "", 1) in lines(world.users["shelter"], world.person)


def test_an_organization_is_named_where_its_enrollment_is_seen(world: World, administrator: User) -> None:
    look(world.users["outreach"], world.person)
    assert lines(world.users["shelter"], world.person) == set()
    with acting(administrator):
        factories.make_enrollment(world.person, world.projects["outreach"], is_shared=True)
    assert ("Birch Outreach", "", 1) in lines(world.users["shelter"], world.person)


def test_administrators_print_the_whole_with_names(world: World, administrator: User) -> None:
    look(world.users["provider"], world.person)
    look(world.users["outreach"], world.person)
    answer = account(administrator, world.person)
    found = {(one.organizations, one.by) for one in answer.context["account"].lines}
    assert {("Cedar Safe House", "Worker of provider"), ("Birch Outreach", "Worker of outreach")} <= found
    assert NOT_ALL not in answer.text


@pytest.mark.django_db(transaction=True)
def test_grants_of_then_decide_not_those_of_now(world: World) -> None:
    look(world.users["shelter"], world.person)
    worker = world.users["shelter"]
    factories.end_grants(worker)
    colleague = factories.make_hmis_user(world.places["shelter"])
    assert ("Alder Shelter", "", 1) in lines(colleague, world.person)


def test_who_may_print_it_and_that_it_is_written_down(world: World, administrator: User) -> None:
    address = reverse("clients:account", args=[world.person.pk])
    for user in (factories.make_auditor(), factories.make_user()):
        visitor = Visitor()
        visitor.force_login(user)
        assert visitor.get(address).status_code == 403
    account(world.users["shelter"], world.person)
    with acting(administrator):
        assert AccessLog.objects.filter(
            user_id=world.users["shelter"].pk, client_id=world.person.pk, subject="client account"
        ).exists()
    visitor.force_login(world.users["shelter"])
    assert visitor.get(reverse("clients:account", args=[987654321])).status_code == 404


def test_the_database_tells_no_more_than_the_page(world: World) -> None:
    from django.db import connection

    look(world.users["provider"], world.person)
    for user in (world.users["shelter"], factories.make_auditor(), factories.make_user()):
        with acting(user), connection.cursor() as cursor:
            cursor.execute("SELECT * FROM hearth_who_looked(%s)", [world.person.pk])
            assert cursor.fetchall() == []
            cursor.execute("SELECT count(*) FROM audit_accesslog WHERE client_id = %s", [world.person.pk])
            assert (cursor.fetchone()[0] > 0) == ("access_log_view" in user.permissions)
