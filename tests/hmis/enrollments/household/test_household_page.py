"""The page of a household, and a household that begins with the family or becomes one."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access.roles import Auditor
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.clients.family.actions import add_family
from hearth.hmis.clients.models import FamilyTie
from hearth.hmis.clients.models.family import Kinship
from hearth.hmis.enrollments import actions
from hearth.hmis.enrollments.household import presenting
from hearth.hmis.enrollments.models import Enrollment
from tests import factories
from tests.hmis.enrollments.household.test_corrections import family
from tests.hmis.enrollments.start.test_enroll import START, Place

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(administrator: User) -> Place:
    return Place(administrator)


@pytest.fixture
def stays(place: Place) -> list[Enrollment]:
    return family(place, place.housing)


def page_of(client: Browser, user: User, stay: Enrollment) -> Any:
    client.force_login(user)
    return client.get(reverse("enrollments:household", args=[stay.pk]))


def test_everybody_with_what_is_due_and_what_can_be_done(
    client: Browser, place: Place, stays: list[Enrollment], administrator: User
) -> None:
    with acting(place.worker):
        actions.exit_stay(by=place.worker, enrollment=stays[2], exit_date=START, records={})
    for asked in stays:
        answer = page_of(client, place.worker, asked)
        page = answer.content.decode()
        listed = [row["enrollment"].pk for row in answer.context["rows"]]
        assert listed == [one.pk for one in stays]
        assert "Move-in date, if moved in" in page and "Exited" in page
        for address in (
            reverse("enrollments:join", args=[stays[0].pk]),
            reverse("enrollments:stage_of_household", args=[stays[0].pk, "exit"]),
            reverse("enrollments:stage_of_household", args=[stays[0].pk, "update"]),
            reverse("enrollments:correct", args=[asked.pk, "head"]),
            *(reverse("clients:detail", args=[one.client_id]) for one in stays),
        ):
            assert f'href="{address}"' in page
    for address in (
        reverse("enrollments:detail", args=[stays[1].pk]),
        reverse("clients:detail", args=[stays[1].client_id]),
    ):
        assert reverse("enrollments:household", args=[stays[1].pk]) in client.get(address).content.decode()
    with acting(administrator):
        seen = AccessLog.objects.filter(action="client_viewed", subject__startswith="enrollment:")
        assert {one.client_id for one in stays} <= set(seen.values_list("client_id", flat=True))


def test_who_may_not_be_seen_is_left_out_in_the_same_words(
    client: Browser, place: Place, stays: list[Enrollment], administrator: User
) -> None:
    with acting(administrator):
        stranger = factories.make_hmis_user(factories.make_organization())
        Enrollment.objects.filter(pk__in=[stays[0].pk, stays[1].pk]).update(is_shared=True)
    answer = page_of(client, stranger, stays[0])
    page = answer.content.decode()
    assert [row["enrollment"].pk for row in answer.context["rows"]] == [stays[0].pk, stays[1].pk]
    assert "There may be others" in page and "Person2 Person" not in page
    assert "Change the head" not in page and "Record the exit" not in page
    with acting(administrator):
        factories.restrict(stays[1].client)
    answer = page_of(client, stranger, stays[0])
    assert [row["enrollment"].pk for row in answer.context["rows"]] == [stays[0].pk]
    assert "There may be others" in answer.content.decode()
    assert page_of(client, stranger, stays[1]).status_code == 404
    assert page_of(client, stranger, stays[2]).status_code == 404
    assert client.get(reverse("enrollments:household", args=[2**62])).status_code == 404
    with acting(administrator):
        auditor = factories.make_user(Auditor)
    assert page_of(client, auditor, stays[0]).status_code in (403, 404)


def test_more_members_ask_no_more(client: Browser, place: Place, stays: list[Enrollment]) -> None:
    def asked(stay: Enrollment) -> int:
        page_of(client, place.worker, stay)
        with CaptureQueriesContext(connection) as found:
            client.get(reverse("enrollments:household", args=[stay.pk]))
        opened = sum("clients_recentclient" in one["sql"] or "audit_accesslog" in one["sql"] for one in found)
        return len(found) - opened

    assert asked(stays[0]) <= asked(family(place, place.housing, 2)[0]) + 2


# ------------------------------------------------------------------ a household becomes a family, and back


def test_a_household_is_kept_as_a_family(
    client: Browser, place: Place, stays: list[Enrollment], administrator: User
) -> None:
    head, partner, child = stays
    page = page_of(client, place.worker, partner).content.decode()
    assert "Keep as family" in page
    keep = reverse("enrollments:keep_family", args=[partner.pk])
    said = {f"kin-{partner.client_id}": "partner", f"kin-{child.client_id}": ""}
    assert client.post(keep, said).status_code == 302
    with acting(administrator):
        tie = FamilyTie.objects.get()
        assert (tie.client_id, tie.other_id, tie.kinship) == (head.client_id, partner.client_id, "partner")
    page = page_of(client, place.worker, head).content.decode()
    assert f"kin-{child.client_id}" in page and f"kin-{partner.client_id}" not in page
    for hostile in ("x", "\u202e"):
        assert client.post(keep, {f"kin-{child.client_id}": hostile}).status_code == 200
    client.post(keep, {"kin-999999": "child", f"kin-{head.client_id}": "child"})
    with acting(administrator):
        assert FamilyTie.objects.count() == 1


def test_nobody_is_kept_as_family_of_or_with_who_is_restricted(
    client: Browser, place: Place, stays: list[Enrollment], administrator: User
) -> None:
    head, partner, child = stays
    with acting(administrator):
        factories.restrict(child.client)
    page = page_of(client, place.worker, head).content.decode()
    assert f"kin-{partner.client_id}" in page and f"kin-{child.client_id}" not in page
    with acting(administrator):
        factories.restrict(head.client)
    assert "Keep as family" not in page_of(client, place.worker, head).content.decode()
    keep = reverse("enrollments:keep_family", args=[head.pk])
    assert client.post(keep, {f"kin-{partner.client_id}": "child"}).status_code == 404
    with acting(administrator):
        assert not FamilyTie.objects.exists()


def test_only_who_sees_the_household_keeps_it(
    client: Browser, place: Place, stays: list[Enrollment], administrator: User
) -> None:
    with acting(administrator):
        stranger = factories.make_hmis_user(factories.make_organization())
    client.force_login(stranger)
    keep = reverse("enrollments:keep_family", args=[stays[0].pk])
    assert client.post(keep, {f"kin-{stays[1].client_id}": "child"}).status_code == 404
    assert client.get(keep).status_code == 405


def test_the_grid_begins_with_the_family(
    client: Browser, place: Place, stays: list[Enrollment], administrator: User
) -> None:
    head, partner, child = stays
    others = {partner.client_id: Kinship.PARTNER, child.client_id: Kinship.CHILD}
    with acting(place.worker):
        add_family(by=place.worker, client=head.client, others=others)
    client.force_login(place.worker)
    grid = reverse("enrollments:gather", args=[head.client_id, place.shelter.pk]) + f"?start={START}"
    page = client.get(grid).content.decode()
    whole = f"{partner.client_id}.3-{child.client_id}.2"
    assert f'value="add-{whole}"' in page and f'value="add-{partner.client_id}.3"' in page
    assert page.count(f'value="add-{partner.client_id}') == 2  # with the family alone, and by themselves
    answer = client.post(grid, {"do": f"add-{whole}"})
    assert f"who={head.client_id}-{whole}" in answer["Location"]
    page = client.get(answer["Location"]).content.decode()
    assert "Add all of the family" not in page
    # From the child's page the head is the child, and nothing is proposed.
    from_child = reverse("enrollments:gather", args=[child.client_id, place.shelter.pk])
    page = client.get(f"{from_child}?start={START}&who={head.client_id}-{child.client_id}.2").content.decode()
    assert "Add all of the family" not in page
    for hostile in ("add-", "add-x.2", "add-1.9999", f"add-{2**70}.2", "add-\u202e", "add-0"):
        assert client.post(grid, {"do": hostile}).status_code == 302


def test_no_family_of_who_is_restricted_is_offered(
    client: Browser, place: Place, stays: list[Enrollment], administrator: User
) -> None:
    head, partner, _ = stays
    with acting(place.worker):
        add_family(by=place.worker, client=head.client, others={partner.client_id: Kinship.PARTNER})
    with acting(administrator):
        away = factories.make_hmis_user(factories.make_organization())
        factories.restrict(partner.client)
    for user in (place.worker, away):
        with acting(user):
            assert presenting.family(user, head.client, head.client_id, []) == []


@pytest.mark.parametrize(
    ("kinship", "code"), [(Kinship.CHILD, 2), (Kinship.PARTNER, 3), (Kinship.PARENT, 4), (Kinship.OTHER, 5)]
)
def test_what_the_family_is_to_the_head(
    place: Place, stays: list[Enrollment], kinship: Kinship, code: int
) -> None:
    head, partner, _ = stays
    with acting(place.worker):
        add_family(by=place.worker, client=head.client, others={partner.client_id: kinship})
        (found,) = presenting.family(place.worker, head.client, head.client_id, [])
        assert found[0] == (partner.client_id, code)
        (found,) = presenting.family(place.worker, head.client, None, [])
        assert found[0] == (partner.client_id, None)
        assert presenting.family(place.worker, head.client, None, [partner.client_id]) == []


def test_in_a_comparable_database(
    client: Browser, place: Place, stays: list[Enrollment], settings: Any
) -> None:
    settings.COMPARABLE_DATABASE = True
    answer = page_of(client, place.worker, stays[0])
    assert len(answer.context["rows"]) == 3
