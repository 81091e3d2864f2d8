"""Who works with a client during a stay: said at its start, changed with a day, seen where they work."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access_log.queries import in_words
from hearth.hmis.audit.history import history_model
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.enrollments.actions import EnrollmentRefused
from hearth.hmis.enrollments.case_manager.actions import assign
from hearth.hmis.enrollments.case_manager.queries import assignments
from hearth.hmis.enrollments.case_workers import people_of
from hearth.hmis.enrollments.models import CaseManager, Enrollment
from tests import factories
from tests.hmis.enrollments.start.test_enroll import START, Place

pytestmark = pytest.mark.django_db

MAY = date(2026, 5, 4)


class Stay:
    """An enrollment with two workers of its project, and one of another organization who shares it."""

    def __init__(self, administrator: User) -> None:
        self.place = Place(administrator)
        self.worker = self.place.worker
        with acting(administrator):
            self.colleague = factories.make_hmis_user(self.place.organization)
            self.stranger = factories.make_hmis_user(factories.make_organization())
            self.stay = factories.make_enrollment(
                self.place.client, self.place.housing, entry_date=MAY, household_id="house", is_shared=True
            )
            self.other = factories.make_enrollment(
                factories.make_client(), self.place.housing, entry_date=MAY, household_id="house",
                relationship_to_hoh=2,
            )  # fmt: skip

    @property
    def address(self) -> str:
        return reverse("enrollments:case_manager", args=[self.stay.pk])

    def told(self, user: User) -> list[tuple[str, date, date | None]]:
        with acting(user):
            return [(str(one.manager), one.since, one.until) for one in assignments(user, self.stay)]

    def assign(self, manager: User | None, since: date, by: User | None = None) -> list[Enrollment]:
        user = by or self.worker
        with acting(user):
            return assign(by=user, enrollments=[self.stay], manager=manager, since=since)


@pytest.fixture
def stay(administrator: User) -> Stay:
    return Stay(administrator)


def test_one_follows_another_and_the_days_stay(stay: Stay, administrator: User) -> None:
    assert stay.assign(stay.worker, MAY) == [stay.stay]
    assert stay.assign(stay.worker, MAY + timedelta(days=3)) == []  # it is they already
    assert stay.assign(stay.colleague, MAY + timedelta(days=30)) == [stay.stay]
    june = MAY + timedelta(days=30)
    assert stay.told(stay.worker) == [(str(stay.colleague), june, None), (str(stay.worker), MAY, june)]
    with pytest.raises(EnrollmentRefused):  # before the last change
        stay.assign(stay.worker, MAY + timedelta(days=29))
    assert stay.assign(None, june) == [stay.stay]
    assert stay.told(stay.worker) == [(str(stay.colleague), june, june), (str(stay.worker), MAY, june)]
    with acting(administrator):
        assert history_model(CaseManager).objects.filter(enrollment=stay.stay, until=None).count() == 2
        entries = list(AccessLog.objects.filter(action="stage_recorded"))
        said = in_words(administrator, entries, with_links=False)
    assert len(entries) == 3 and all(one.what.startswith("Recorded the case manager for") for one in said)


def test_what_cannot_be(stay: Stay, administrator: User) -> None:
    for manager, since in (
        (stay.worker, MAY - timedelta(days=1)),
        (stay.worker, timezone.localdate() + timedelta(days=1)),
        (stay.stranger, MAY),
        (administrator, MAY),  # works there by no grant of the project's
    ):
        with pytest.raises(EnrollmentRefused):
            stay.assign(manager, since)
    with pytest.raises(PermissionDenied):
        stay.assign(None, MAY, by=stay.stranger)
    assert stay.told(stay.worker) == []


def test_others_see_neither_who_it_is_nor_who_could_be(stay: Stay, administrator: User) -> None:
    stay.assign(stay.worker, MAY)
    with acting(stay.stranger):
        assert Enrollment.objects.restrict(stay.stranger).filter(pk=stay.stay.pk).exists()
        assert list(CaseManager.objects.restrict(stay.stranger)) == list(CaseManager.objects.all()) == []
        assert list(history_model(CaseManager).objects.all()) == []
        assert list(people_of(stay.place.housing.pk)) == []
    with acting(stay.worker):
        assert set(people_of(stay.place.housing.pk)) == {stay.worker, stay.colleague}
        assert list(CaseManager.objects.restrict(stay.worker)) == list(CaseManager.objects.all()) != []
    with acting(administrator):
        assert CaseManager.objects.count() == CaseManager.objects.restrict(administrator).count() == 1


def test_the_database_refuses_what_the_action_does(stay: Stay, administrator: User) -> None:
    """Another's name as writer, somebody who does not work there, somebody else's stay."""

    def add(**values: Any) -> None:
        row = {"enrollment": stay.stay, "manager": stay.worker, "since": MAY, "added_by": stay.worker}
        with transaction.atomic():
            CaseManager.objects.create(**row | values)

    with acting(stay.worker):
        for values in ({"added_by": stay.colleague}, {"manager": stay.stranger}):
            with pytest.raises(DatabaseError):
                add(**values)
    with acting(stay.stranger):
        with pytest.raises(DatabaseError):
            add(added_by=stay.stranger)
        with pytest.raises(DatabaseError):
            add(added_by=stay.stranger, manager=stay.stranger)
    with acting(stay.worker):
        add()
        with pytest.raises(DatabaseError):
            add()  # one at a time
    with acting(stay.stranger):
        assert CaseManager.objects.update(until=MAY) == 0
    with acting(stay.worker):
        assert CaseManager.objects.all().delete()[0] == 0  # ended, and never removed


def test_it_is_said_on_the_page_of_the_start(client: Browser, stay: Stay, administrator: User) -> None:
    place = stay.place
    client.force_login(stay.worker)
    begin = reverse("enrollments:start", args=[place.client.pk, place.shelter.pk])
    address = f"{begin}?start={START.isoformat()}"
    page = client.get(address)
    field = page.context["first"]["case_manager"]
    assert field.value() == stay.worker.pk  # whoever enters it, unless another is chosen
    sent = {"key": page.context["key"], "case_manager": str(stay.stranger.pk)}
    assert client.post(address, sent).context["first"].errors["case_manager"]
    for hostile in ("x", "9" * 40, "-1"):
        assert client.post(address, sent | {"case_manager": hostile}).status_code == 200
    assert client.post(address, sent | {"case_manager": str(stay.colleague.pk)}).status_code == 302
    with acting(stay.worker):
        made = CaseManager.objects.get(enrollment__project=place.shelter)
    assert (made.manager, made.since, made.until) == (stay.colleague, START, None)
    assert made.added_by == stay.worker


def test_it_is_changed_for_the_household_on_the_page_of_a_stay(client: Browser, stay: Stay) -> None:
    client.force_login(stay.worker)
    detail = reverse("enrollments:detail", args=[stay.stay.pk])
    assert stay.address in client.get(detail).content.decode()
    sent = {"manager": str(stay.colleague.pk), "since": "06/01/2026", "all": "on"}
    assert client.post(stay.address, sent).status_code == 302
    with acting(stay.worker):
        assert {one.enrollment_id for one in CaseManager.objects.all()} == {stay.stay.pk, stay.other.pk}
    assert str(stay.colleague) in client.get(detail).content.decode()
    desk = client.get(reverse("clients:detail", args=[stay.stay.client_id])).content.decode()
    assert f"Case manager: <bdi>{stay.colleague}</bdi>" in desk
    for since in ("05/31/2026", "01/01/2020", "02/30/2026", "", "x" * 10_000):
        page = client.post(stay.address, sent | {"manager": str(stay.worker.pk), "since": since})
        assert page.status_code == 200 and page.context["form"].errors["since"]
    assert client.post(stay.address, sent | {"manager": "nobody"}).context["form"].errors["manager"]
    client.force_login(stay.stranger)
    assert client.get(stay.address).status_code in (403, 404)
    theirs = client.get(detail).content.decode()
    assert str(stay.colleague) not in theirs and "Case manager" not in theirs


def test_whoever_left_the_project_stays_until_another_is_chosen(
    client: Browser, stay: Stay, administrator: User
) -> None:
    stay.assign(stay.colleague, MAY)
    with acting(administrator):
        stay.colleague.is_active = False
        stay.colleague.save(update_fields=["is_active"])
    client.force_login(stay.worker)
    page = client.get(stay.address)
    assert page.context["form"]["manager"].value() == stay.colleague.pk
    sent = {"manager": str(stay.colleague.pk), "since": "06/01/2026"}
    assert client.post(stay.address, sent).status_code == 302
    assert stay.told(stay.worker) == [(str(stay.colleague), MAY, None)]
    assert client.post(stay.address, sent | {"manager": ""}).status_code == 302
    assert stay.told(stay.worker) == [(str(stay.colleague), MAY, date(2026, 6, 1))]


def test_the_roster_shows_my_clients(client: Browser, stay: Stay) -> None:
    stay.assign(stay.worker, MAY)
    client.force_login(stay.worker)
    roster = reverse("enrollments:roster", args=[stay.place.housing.pk])

    def listed(**query: str) -> set[int]:
        return {one.enrollment.pk for one in client.get(roster, query).context["shown"].page}

    assert listed() == {stay.stay.pk, stay.other.pk}
    assert listed(manager="mine") == {stay.stay.pk}
    assert listed(manager="nobody") == {stay.other.pk}
    assert listed(manager="others") == set()
