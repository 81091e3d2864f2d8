"""A standing family: seen by who sees stays of both, never from or to a restricted client."""

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.audit.history import history_model
from hearth.hmis.clients.family import actions, queries
from hearth.hmis.clients.models import Client, FamilyTie
from hearth.hmis.clients.models.family import Kinship
from hearth.hmis.enrollments.models import Enrollment
from tests import factories

pytestmark = pytest.mark.django_db


class World:
    """A mother and her child with a stay at one agency, and an uncle with one at another."""

    def __init__(self, administrator: User) -> None:
        with acting(administrator):
            self.home, self.away = factories.make_organization(), factories.make_organization()
            self.project, there = factories.make_project(self.home), factories.make_project(self.away)
            self.imani = factories.make_client(first_name="Imani", last_name="Brook")
            self.reggie = factories.make_client(first_name="Reggie", last_name="Brook")
            self.derek = factories.make_client(first_name="Derek", last_name="Stone")
            for one in (self.imani, self.reggie):
                factories.make_enrollment(
                    one, self.project, household_id="H", relationship_to_hoh=1 if one is self.imani else 2
                )
            self.away_stay = factories.make_enrollment(self.derek, there)
            self.worker = factories.make_hmis_user(self.home)
            self.other = factories.make_hmis_user(self.away)


@pytest.fixture
def world(administrator: User) -> World:
    return World(administrator)


def family(user: User, client: Client) -> list[tuple[str | None, str]]:
    with acting(user):
        found = [(one.client.first_name, one.kinship.value) for one in queries.family_of(user, client)]
        assert FamilyTie.objects.restrict(user).count() == FamilyTie.objects.count()
    return found


def test_each_is_seen_from_the_other(world: World, administrator: User) -> None:
    with acting(world.worker):
        actions.add_family(by=world.worker, client=world.imani, others={world.reggie.pk: Kinship.CHILD})
        # Said again, from either side, it is no other tie.
        actions.add_family(by=world.worker, client=world.reggie, others={world.imani.pk: Kinship.PARENT})
        assert FamilyTie.objects.count() == 1
    assert family(world.worker, world.imani) == [("Reggie", "child")]
    assert family(world.worker, world.reggie) == [("Imani", "parent")]
    assert family(world.other, world.imani) == []
    with acting(world.worker):  # corrected, it is another tie from today on
        actions.add_family(by=world.worker, client=world.imani, others={world.reggie.pk: Kinship.RELATIVE})
        assert not history_model(FamilyTie).objects.exists()
    assert family(world.worker, world.reggie) == [("Imani", "relative")]
    with acting(administrator):
        assert history_model(FamilyTie).objects.count() == 1
        factories.restrict(world.imani)
    for user in (world.worker, administrator):
        assert family(user, world.imani) == family(user, world.reggie) == []


def test_both_stays_must_be_seen(world: World, administrator: User) -> None:
    with pytest.raises(PermissionDenied), acting(world.worker):
        actions.add_family(by=world.worker, client=world.imani, others={world.derek.pk: Kinship.SIBLING})
    with acting(administrator):
        actions.add_family(by=administrator, client=world.imani, others={world.derek.pk: Kinship.SIBLING})
    assert family(world.worker, world.imani) == family(world.other, world.derek) == []
    with acting(administrator):
        Enrollment.objects.filter(pk=world.away_stay.pk).update(is_shared=True)
    assert family(world.worker, world.imani) == [("Derek", "sibling")]
    assert family(world.other, world.derek) == []  # who sees no stay of Imani


def test_the_page(client: Browser, world: World) -> None:
    client.force_login(world.worker)
    page = reverse("clients:family", args=[world.imani.pk])
    assert f"?other={world.reggie.pk}#add" in client.get(page).content.decode()
    for other in (world.imani.pk, world.derek.pk, 0, "x", 2**70, "\u202e", ""):
        answer = client.post(page, {"other": other, "kinship": "child"})
        assert answer.status_code == 200 and "other" in answer.context["form"].errors
    for since in ("1/1/0000", "12/31/9999", "1/1/1800", "soon"):
        answer = client.post(page, {"other": world.reggie.pk, "kinship": "child", "since": since})
        assert "since" in answer.context["form"].errors
    sent = {"other": world.reggie.pk, "kinship": "child", "since": "3/1/2020"}
    assert client.post(page, sent).status_code == 302
    text = client.get(reverse("clients:detail", args=[world.reggie.pk])).content.decode()
    assert "Brook, Imani" in text and "parent or guardian" in text
    assert f"?other={world.reggie.pk}" not in client.get(page).content.decode()
    with acting(world.worker):
        tie = FamilyTie.objects.get()
    assert client.post(reverse("clients:family_end", args=[world.imani.pk, tie.pk])).status_code == 302
    with acting(world.worker):
        assert FamilyTie.objects.get().until == timezone.localdate()
    assert client.post(reverse("clients:family_remove", args=[world.reggie.pk, tie.pk])).status_code == 302
    assert family(world.worker, world.imani) == []
    assert client.post(reverse("clients:family_remove", args=[world.reggie.pk, tie.pk])).status_code == 404
    client.force_login(world.other)
    assert client.get(page).status_code == client.post(page, sent).status_code == 404
