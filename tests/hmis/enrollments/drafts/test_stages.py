"""Drafts of later stages: kept with the last answers that were taken, and of a record as it was then."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.enrollments.drafts import queries
from hearth.hmis.enrollments.models import Draft, Enrollment, IncomeBenefits
from tests.hmis.enrollments.drafts.test_drafts import SAVE, answers
from tests.hmis.enrollments.start.test_enroll import Place, enroll

pytestmark = pytest.mark.django_db

INCOME, AMOUNT = "IncomeBenefits-IncomeFromAnySource", "IncomeBenefits-SSDIAmount"


@pytest.fixture
def place(administrator: User) -> Place:
    return Place(administrator)


@pytest.fixture
def stay(place: Place) -> Enrollment:
    records = {"IncomeBenefits": {"IncomeFromAnySource": 1, "SSDI": 1, "SSDIAmount": 800}}
    with acting(place.worker):
        return enroll(place.worker, place.client, place.housing, records=records)


@pytest.fixture
def browser(place: Place) -> Browser:
    signed_in = Browser()
    signed_in.force_login(place.worker)
    return signed_in


def hidden(text: str, name: str) -> str:
    found = re.search(f'name="{name}" value="([^"]*)"', text)
    assert found is not None
    return found[1].replace("&quot;", '"')


def save(browser: Browser, text: str, stay: Enrollment, name: str, *values: str) -> Any:
    sent = {"form": hidden(text, "draft-form"), "client": stay.client_id, "name": name, "value": values}
    return browser.post(SAVE, sent | {"page": hidden(text, "draft-page")})


def test_an_update_is_resumed_with_the_last_answers_that_were_taken(
    browser: Browser, place: Place, stay: Enrollment
) -> None:
    address = reverse("enrollments:stage", args=[stay.pk, "update"])
    text = browser.get(address).content.decode()
    assert save(browser, text, stay, "information_date", "11/10/2026").status_code == 200
    sent = {name: hidden(text, name) for name in ("draft-page", "draft-seen", "questions_of")}
    browser.post(address, {**sent, "information_date": "11/10/2026", "same": "4.02"})
    assert answers(place.worker)[AMOUNT] == ["800.00"]
    again = browser.get(address).content.decode()
    assert 'value="800.00"' in again
    assert 'value="11/10/2026"' in again
    with acting(place.worker):
        [line] = queries.resumable(place.worker)
        assert line.href == address
    sent = {name: hidden(again, name) for name in ("draft-page", "draft-seen", "questions_of")}
    done = browser.post(
        address,
        {
            **sent,
            "information_date": "11/10/2026",
            INCOME: "1",
            "IncomeBenefits-SSDI": "on",
            AMOUNT: "800.00",
        },
    )
    assert done.status_code == 302
    with acting(place.worker):
        assert not Draft.objects.exists()
        assert (
            IncomeBenefits.objects.filter(enrollment=stay, information_date=date(2026, 11, 10)).count() == 1
        )


def test_a_draft_of_an_old_version_of_the_record_does_not_overwrite_the_new_one(
    browser: Browser, place: Place, stay: Enrollment
) -> None:
    address = reverse("enrollments:point", args=[stay.pk, "move-in"])
    text = browser.get(address).content.decode()
    assert save(browser, text, stay, "Enrollment-MoveInDate", "11/10/2026").status_code == 200
    meanwhile = browser.get(address).content.decode()
    with acting(place.worker):  # somebody else records it, and it is not in the draft
        Enrollment.objects.filter(pk=stay.pk).update(
            move_in_date=date(2026, 11, 20), date_updated="2026-11-30 12:00:00"
        )
    resumed = browser.get(address).content.decode()
    assert 'value="11/10/2026"' in resumed
    assert hidden(resumed, "version") == hidden(meanwhile, "version")
    sent = {name: hidden(resumed, name) for name in ("draft-page", "draft-seen", "version", "key")}
    both = browser.post(address, {**sent, "Enrollment-MoveInDate": "11/10/2026"})
    assert both.status_code == 200
    assert "Somebody else saved this meanwhile" in both.content.decode()
    with acting(place.worker):
        assert Enrollment.objects.get(pk=stay.pk).move_in_date == date(2026, 11, 20)
        assert Draft.objects.count() == 1
    sent["version"] = hidden(both.content.decode(), "version")
    assert browser.post(address, {**sent, "Enrollment-MoveInDate": "11/10/2026"}).status_code == 302
    with acting(place.worker):
        assert Enrollment.objects.get(pk=stay.pk).move_in_date == date(2026, 11, 10)
        assert not Draft.objects.exists()


def test_a_form_with_a_mistake_keeps_the_version_that_was_looked_at(
    browser: Browser, place: Place, stay: Enrollment
) -> None:
    address = reverse("enrollments:point", args=[stay.pk, "move-in"])
    before = hidden(browser.get(address).content.decode(), "version")
    with acting(place.worker):
        Enrollment.objects.filter(pk=stay.pk).update(date_updated="2026-11-30 12:00:00")
    again = browser.post(address, {"version": before, "Enrollment-MoveInDate": "13/13/2026"})
    assert hidden(again.content.decode(), "version") == before
