"""What was answered in earlier stays is offered with its day and source, and taken by a press alone."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.enrollments.household import cards
from hearth.hmis.enrollments.models import Enrollment, HealthAndDV, IncomeBenefits
from tests import factories
from tests.hmis.enrollments.start.test_enroll import START, Place

pytestmark = pytest.mark.django_db

ASKED = date(2026, 8, 23)


@pytest.fixture
def place(administrator: User) -> Place:
    found = Place(administrator)
    with acting(administrator):
        found.before = factories.make_enrollment(
            client=found.client, project=found.shelter, entry_date=date(2026, 8, 1)
        )
    return found


def answered(stay: Enrollment, **fields: Any) -> None:
    about = {"enrollment": stay, "information_date": ASKED, "data_collection_stage": 2}
    IncomeBenefits.objects.create(**factories.record(**about | fields))


def address(place: Place) -> str:
    return reverse("enrollments:start", args=[place.client.pk, place.housing.pk]) + "?start=2026-11-02"


def test_users_ask_09_it_is_offered_with_day_and_project_and_not_typed(
    client: Browser, place: Place, administrator: User
) -> None:
    with acting(administrator):
        answered(place.before, income_from_any_source=1, ssdi=1, ssdi_amount=Decimal("1031.50"))
    client.force_login(place.worker)
    text = client.get(address(place)).content.decode()
    said = re.search(r'<div class="hearth-last">.*?<button', text, re.DOTALL)
    assert said, "nothing is offered"
    assert "August 23, 2026" in said[0]
    assert str(place.shelter) in said[0]
    assert "1,031.50" in said[0] or "1031.50" in said[0]
    assert 'name="IncomeBenefits-SSDIAmount" value' not in text


def test_one_press_types_it_and_nothing_is_finished(
    client: Browser, place: Place, administrator: User
) -> None:
    with acting(administrator):
        answered(place.before, income_from_any_source=1, ssdi=1, ssdi_amount=Decimal("1031.50"))
    client.force_login(place.worker)
    page = client.post(address(place), {"do": "last::4.02", "IncomeBenefits-Earned": "on"}, follow=True)
    text = page.content.decode()
    assert "Taken from August 23, 2026" in text
    assert re.search(r'name="IncomeBenefits-SSDIAmount" value="1,031.50"', text)
    with acting(administrator):
        assert Enrollment.objects.filter(client=place.client).count() == 1
    for wanted in ("last::4.11", "last:c9:4.02", "last:", "last::x", "last:::4.02"):
        assert client.post(address(place), {"do": wanted}).status_code in (200, 302)


def test_the_latest_counts_up_to_the_day_and_never_what_is_asked_alone(
    place: Place, administrator: User
) -> None:
    with acting(administrator):
        answered(place.before, insurance_from_any_source=0)
        answered(place.before, insurance_from_any_source=1, medicaid=1, information_date=date(2026, 10, 1))
        answered(place.before, insurance_from_any_source=0, information_date=date(2026, 11, 3))  # after it
        HealthAndDV.objects.create(
            **factories.record(enrollment=place.before, information_date=ASKED, data_collection_stage=2,
                               domestic_violence_survivor=1)
        )  # fmt: skip
    with acting(place.worker):
        (card,) = cards.cards(place.worker, [(place.client, 1)], place.housing, START, None)
        last = {section.element.number: section.last for section in card.form.sections}
    assert last["4.04"].day == date(2026, 10, 1)
    assert last["4.04"].values["IncomeBenefits.InsuranceFromAnySource"] == 1
    assert last["4.11"] is None
    assert last["4.03"] is None  # of that record nobody answered it


def test_what_another_agency_keeps_to_itself_is_not_offered(place: Place, administrator: User) -> None:
    with acting(administrator):
        elsewhere = factories.make_enrollment(client=place.client, project=place.elsewhere, is_shared=False)
        answered(elsewhere, insurance_from_any_source=1, medicaid=1)
    with acting(place.worker):
        (card,) = cards.cards(place.worker, [(place.client, 1)], place.housing, START, None)
        assert {section.last for section in card.form.sections} == {None}
