"""Joining a household that is there: by whom, from which day, and whose household it stays."""

from datetime import date, timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.enrollments import actions
from hearth.hmis.enrollments.models import Draft, Enrollment
from hearth.hmis.organizations.entered import new_key
from tests import factories
from tests.hmis.enrollments.start.test_enroll import START, Place

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(administrator: User) -> Place:
    return Place(administrator)


@pytest.fixture
def head(place: Place, administrator: User) -> Enrollment:
    """An imported household: its HouseholdID is of another data source."""
    with acting(administrator):
        return factories.make_enrollment(
            factories.make_client(first_name="Imani", dob=date(1982, 3, 14)), place.housing,
            entry_date=START, relationship_to_hoh=1, household_id="H77",
        )  # fmt: skip


def test_somebody_joins_an_imported_household_on_a_day(
    client: Browser, place: Place, head: Enrollment, administrator: User
) -> None:
    with acting(administrator):
        child = factories.make_client(first_name="Reginald", dob=date(2024, 1, 2))
    client.force_login(place.worker)
    address = reverse("enrollments:join", args=[head.pk])
    page = client.get(address).content.decode()
    assert "Imani" in page
    assert "Enrolled since" in page
    today = timezone.localdate()
    day = START + timedelta(days=18)
    added = client.post(address, {"do": f"add-{child.pk}", "day": day.isoformat()})
    assert added.url == f"{address}?start={day}&who={child.pk}"
    refused = client.post(added.url, {"do": "go", "day": day.isoformat()})
    assert "Choose how this person is related" in refused.content.decode()
    went = client.post(added.url, {"do": "go", "day": day.isoformat(), f"relation-{child.pk}": "2"})
    assert went.url == reverse("enrollments:join_start", args=[head.pk]) + f"?start={day}&who={child.pk}.2"
    assert client.get(went.url).status_code == 200
    assert client.post(went.url, {"draft-save": "button", "key": new_key()}).url == went.url
    key = new_key()
    answer = client.post(went.url, {"key": key})
    with acting(administrator):
        joined = Enrollment.objects.get(client=child)
        assert answer.url == reverse("enrollments:detail", args=[joined.pk])
        assert (joined.entry_date, joined.relationship_to_hoh) == (day, 2)
        assert (joined.household_id, joined.household_data_source_id) == ("H77", head.data_source_id)
        assert joined.enrollment_coc is None  # the head's
        assert not Draft.objects.exists()
    assert client.post(went.url, {"key": key}).url == answer.url  # sent again
    with acting(administrator):
        assert Enrollment.objects.count() == 2
    assert day < today


def test_nobody_joins_as_a_second_head(place: Place, head: Enrollment) -> None:
    with acting(place.worker), pytest.raises(actions.EnrollmentRefused, match="has a head"):
        actions.enroll(
            by=place.worker, client=place.client, project=place.housing, entry_date=START, relationship=1,
            records={}, household=head,
        )  # fmt: skip


def test_only_where_one_enrolls_and_somebody_is_there(
    client: Browser, place: Place, head: Enrollment, administrator: User
) -> None:
    with acting(administrator):
        other = factories.make_hmis_user(factories.make_organization())
        Enrollment.objects.filter(pk=head.pk).update(is_shared=True)
    addresses = [reverse(f"enrollments:{name}", args=[head.pk]) for name in ("join", "join_start")]
    client.force_login(other)
    assert {client.get(one).status_code for one in addresses} == {404}
    with acting(place.worker):
        actions.exit_stay(by=place.worker, enrollment=head, exit_date=START, records={})
    client.force_login(place.worker)
    assert {client.get(one).status_code for one in addresses} == {404}
