"""Who wrote a client's record, when, and what stood there before: only for who may know that writer.

A small invented world: a shelter, a victim service provider and an outreach team; each has a user of the
data source who writes there (U1, U2, U3).
"""

import re
from datetime import date, datetime
from typing import Any

import pytest
from django.apps import apps
from django.urls import reverse

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.clients.models import Client
from hearth.hmis.clients.record_source import record_sources
from hearth.hmis.enrollments.models import Enrollment, Services
from hearth.hmis.organizations.actions import set_confidential_name
from tests import factories

pytestmark = pytest.mark.django_db

NOT_SHOWN = "is shown to organizations whose own users wrote it"
LAST = datetime(2026, 3, 14, 10, 0)


class World:
    """Organizations by what they are, and a user of Hearth in each."""

    def __init__(self) -> None:
        self.source = factories.make_source(name="Registry of the north")
        self.places = {
            "shelter": factories.make_organization(),
            "provider": factories.make_organization(victim_service_provider=1),
            "outreach": factories.make_organization(),
        }
        self.projects = {name: factories.make_project(place) for name, place in self.places.items()}
        self.users = {name: factories.make_hmis_user(place) for name, place in self.places.items()}
        self.writers = {"shelter": "U1", "provider": "U2", "outreach": "U3"}
        for name in self.places:  # each writer wrote something where they work
            self.stay(factories.make_client(), name)

    def person(self, writer: str, **fields: Any) -> Client:
        return factories.make_client(
            data_source=self.source, user_id=self.writers[writer], date_updated=LAST, **fields
        )

    def stay(self, client: Client, where: str, **fields: Any) -> Enrollment:
        return factories.make_enrollment(
            client,
            self.projects[where],
            **{"data_source": self.source, "user_id": self.writers[where]} | fields,
        )


@pytest.fixture
def world(administrator: User) -> World:
    with acting(administrator):
        return World()


def known(user: User, client: Client) -> bool:
    with acting(user):
        return client.pk in record_sources(user, [client.pk])


@pytest.mark.parametrize("has_stay_at_shelter", [False, True])
@pytest.mark.parametrize("writer", ["shelter", "provider"])
def test_known_where_the_writer_wrote(world, administrator, writer: str, has_stay_at_shelter: bool) -> None:
    with acting(administrator):
        person = world.person(writer)
        world.stay(person, "provider")
        if has_stay_at_shelter:
            world.stay(person, "shelter")
    assert known(world.users["shelter"], person) == (has_stay_at_shelter and writer == "shelter")
    assert known(world.users["provider"], person) == (writer == "provider")
    assert not known(world.users["outreach"], person)
    assert known(administrator, person)


def test_the_same_user_id_of_another_source_is_another_writer(world, administrator) -> None:
    with acting(administrator):
        person = factories.make_client(data_source=factories.make_source(), user_id="U1")
        world.stay(person, "shelter")
    assert not known(world.users["shelter"], person)


def test_a_shared_enrollment_is_seen_and_a_deleted_one_is_not(world, administrator) -> None:
    with acting(administrator):
        shared, deleted = world.person("provider"), world.person("shelter")
        world.stay(shared, "provider", is_shared=True)
        world.stay(deleted, "shelter", date_deleted=LAST)
    assert not known(world.users["outreach"], shared)  # what the project is called is confidential
    with acting(administrator):
        set_confidential_name(by=administrator, project=world.projects["provider"], is_confidential=False)
    assert known(world.users["outreach"], shared)
    assert not known(world.users["shelter"], deleted)


def test_writing_any_record_there_is_writing_there(world, administrator) -> None:
    with acting(administrator):
        person = world.person(
            "shelter",
        )
        Client.objects.filter(pk=person.pk).update(user_id="U9")
        stay = world.stay(person, "shelter")
    assert not known(world.users["shelter"], person)
    with acting(administrator):
        Services.objects.create(**factories.record(enrollment=stay, data_source=world.source, user_id="U9"))
    assert known(world.users["shelter"], person)


def test_nobody_named_is_nobody_known(world, administrator) -> None:
    with acting(administrator):
        person = factories.make_client(data_source=world.source, user_id=None)
        world.stay(person, "shelter", user_id=None)
    assert not known(world.users["shelter"], person)


def test_entered_here_by_a_user_of_hearth(world, administrator) -> None:
    with acting(administrator):
        here = factories.make_source(is_hearth=True)
        person = factories.make_client(data_source=here, updated_by=world.users["provider"])
        world.stay(person, "shelter", updated_by=world.users["shelter"])
        world.stay(person, "provider", updated_by=world.users["provider"])
    assert known(world.users["provider"], person)
    assert not known(world.users["shelter"], person)
    with acting(administrator):
        Client.objects.filter(pk=person.pk).update(updated_by=world.users["shelter"])
    assert known(world.users["shelter"], person)


def test_an_auditor_and_nobody_know_nothing(world, administrator) -> None:
    with acting(administrator):
        person = world.person("shelter")
        world.stay(person, "shelter", is_shared=True)
    for user in (factories.make_auditor(), factories.make_user()):
        assert not known(user, person)


def test_the_page_says_the_same_of_every_unknown_writer(client, world, administrator) -> None:
    """The provider's record, one whose writer is not named, and one that nobody has touched since."""
    with acting(administrator):
        pages = []
        same = {"first_name": "Same", "last_name": "Name", "hud_id": "X"}
        people = [
            world.person("provider", **same),
            factories.make_client(data_source=factories.make_source(), user_id=None, **same),
            factories.make_client(date_created=None, date_updated=None, **same),
        ]
        world.stay(people[0], "provider")
        Client.objects.filter(pk=people[0].pk).update(last_name="Wrongly")
        Client.objects.filter(pk=people[0].pk).update(last_name="Name")
    client.force_login(world.users["shelter"])
    for name in ("clients:detail", "clients:history"):
        pages = []
        for person in people:
            text = client.get(reverse(name, args=[person.pk])).content.decode()
            text = re.sub(r'seconds="\d+"', "", text)  # how long the session lasts still
            for secret in (
                "Registry of the north",
                "user U2",
                "March 14, 2026",
                "January 5, 2026",
                "Wrongly",
            ):
                assert secret not in text, (name, secret)
            pages.append(_without_numbers(text, person))
        assert pages[0] == pages[1] == pages[2], name
    assert NOT_SHOWN in client.get(reverse("clients:detail", args=[people[0].pk])).content.decode()


def _without_numbers(text: str, person: Client) -> str:
    text = re.sub(r"""name="csrfmiddlewaretoken" value="[^"]+"|"X-CSRFToken": *"[^"]+\"""", "", text)
    text = re.sub(r'data-session-seconds="\d+"', "", text)
    text = text.replace(f"%2Fclients%2F{person.pk}%2F", "")
    return re.sub(rf"(?<=clients/){person.pk}\b|\b{person.pk}(?=<)|(?<=[Cc]lient ){person.pk}\b", "#", text)


def test_the_page_of_who_may_know(client, world, administrator) -> None:
    with acting(administrator):
        person = world.person("shelter")
        world.stay(person, "shelter")
    client.force_login(world.users["shelter"])
    text = client.get(reverse("clients:detail", args=[person.pk])).content.decode()
    assert "From Registry of the north, last changed by user U1 there on" in " ".join(text.split())
    assert NOT_SHOWN not in text
    assert "first recorded" not in text
    client.force_login(administrator)
    assert "first recorded" in client.get(reverse("clients:detail", args=[person.pk])).content.decode()


def test_search_names_no_source_of_an_unknown_writer(client, world, administrator) -> None:
    with acting(administrator):
        hidden = world.person("provider", last_name="Zebrawood")
        world.stay(hidden, "provider")
    client.force_login(world.users["shelter"])
    address = reverse("clients:search")
    text = client.post(address, {"q": "Zebrawood"}, follow=True).content.decode()
    assert "Zebrawood" in text
    assert "Registry of the north" not in text
    client.force_login(world.users["provider"])
    assert "Registry of the north" in client.post(address, {"q": "Zebrawood"}, follow=True).content.decode()


def test_the_order_of_a_search_does_not_follow_the_last_change(client, world, administrator) -> None:
    with acting(administrator):
        people = [world.person("provider", first_name="Ann", last_name="Zebrawood") for _ in range(4)]
    client.force_login(world.users["shelter"])

    def order() -> list[int]:
        found = client.post(reverse("clients:search"), {"q": "Zebrawood"}, follow=True).context["found"]
        return [one.client.pk for one in found]

    before = order()
    with acting(administrator):
        Client.objects.filter(pk=people[2].pk).update(date_updated=datetime(2026, 9, 1), user_id="U3")
        Client.objects.filter(pk=people[0].pk).update(first_name="Anna")
        Client.objects.filter(pk=people[0].pk).update(first_name="Ann")
    assert order() == before


def changed(world: World, person: Client, *writers: str) -> None:
    """The record is changed by these in turn: the last name is the number of the change."""
    for number, writer in enumerate(writers, start=1):
        Client.objects.filter(pk=person.pk).update(
            last_name=f"Name{number}", user_id=world.writers[writer], date_updated=date(2026, 4, number)
        )


@pytest.mark.parametrize(
    ("writers", "seen"),
    [
        (("shelter", "shelter"), {("Name0", "Name1"), ("Name1", "Name2")}),
        (("provider", "provider"), set()),
        (("shelter", "provider"), set()),
        (("provider", "shelter"), set()),
        (("shelter", "provider", "shelter"), set()),
        (("shelter", "shelter", "provider"), {("Name0", "Name1")}),
        (("provider", "shelter", "shelter"), {("Name2", "Name3")}),
        (("shelter", "provider", "provider", "shelter", "shelter"), {("Name4", "Name5")}),
    ],
)
def test_changes_between_known_writers_only(client, world, administrator, writers, seen) -> None:
    """A change is shown where the writers before and after are known, and the one after those: what a change
    led to stands in a version that also says when it was replaced. What is shown is one change each."""
    with acting(administrator):
        person = world.person("shelter", last_name="Name0")
        world.stay(person, "shelter")
        world.stay(person, "provider")
        changed(world, person, *writers)
    client.force_login(world.users["shelter"])
    rows = client.get(reverse("clients:history", args=[person.pk])).context["history"].changes
    assert {(change.steps[0].before, change.steps[0].after) for change in rows} == seen
    assert all(len(change.steps) == 1 for change in rows)
    client.force_login(administrator)
    rows = client.get(reverse("clients:history", args=[person.pk])).context["history"].changes
    assert [change.what for change in rows] == ["changed"] * len(writers) + ["recorded"]


def test_old_versions_are_closed_in_the_database(world, administrator) -> None:
    """A version of an unknown writer, and one that such a writer replaced, is no row for any query."""
    history = apps.get_model("clients", "ClientHistory")
    with acting(administrator):
        person = world.person("shelter", last_name="Name0")
        world.stay(person, "shelter")
        changed(world, person, "shelter", "provider", "shelter")
        assert history.objects.filter(pgh_obj_id=person.pk).count() == 3
    with acting(world.users["shelter"]):
        assert list(history.objects.values_list("last_name", flat=True)) == ["Name0"]
    with acting(world.users["outreach"]):
        assert not history.objects.exists()
    with acting(None):
        assert not history.objects.exists()


def test_a_user_of_hearth_who_is_not_known_hides_what_he_changed(world, administrator) -> None:
    """Who changed a record here is told as little as the writer that the record names."""
    history = apps.get_model("clients", "ClientHistory")
    with acting(administrator):
        person = world.person("shelter", last_name="Name0")
        world.stay(person, "shelter")
    with acting(world.users["provider"]):
        changed(world, person, "shelter")
    with acting(world.users["shelter"]):
        assert not history.objects.exists()
