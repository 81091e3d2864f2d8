"""What was said to checks stands on the enrollment's page, with whether it still holds."""

from datetime import date
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.enrollments.models import CheckAnswer, Enrollment, Exit
from hearth.hmis.organizations.entered import new_key
from hearth.hmis.organizations.models import Project
from tests.hmis.enrollments.checks.test_while_entering import MONTHS, address, mark
from tests.hmis.enrollments.start.test_enroll import Place, enroll

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(administrator: User) -> Place:
    return Place(administrator)


def shown(client: Browser, stay: Enrollment) -> list[tuple[str, str, dict[str, str]]]:
    """By answer who gave it, its state, and the values that it is about."""
    page = client.get(reverse("enrollments:detail", args=[stay.pk]))
    found = page.context["answered_checks"]
    assert ("Said to be right" in page.content.decode()) is bool(found)
    return [(one.said_by, one.state, {fact.column: fact.value for fact in one.values}) for one in found]


def test_an_answer_holds_until_one_of_its_values_changes(
    client: Browser, place: Place, administrator: User
) -> None:
    client.force_login(place.worker)
    key = new_key()
    said = mark(
        client.post(address(place), MONTHS | {"key": key}).content.decode(), "homeless_months_contradict"
    )
    client.post(address(place), MONTHS | {"key": key, "seen": said, "right": said})
    with acting(administrator):
        stay = Enrollment.objects.get()
    [(who, state, values)] = shown(client, stay)
    assert (who, state) == (str(place.worker), "holds")
    assert values["MonthsHomelessPastThreeYears"] == "12"
    with acting(administrator):
        Enrollment.objects.filter(pk=stay.pk).update(months_homeless_past_three_years=111)
    assert shown(client, stay) == [(str(place.worker), "changed", {})]


def test_an_answer_of_the_exit(client: Browser, place: Place, administrator: User) -> None:
    with acting(place.worker):
        stay = enroll(place.worker, place.client, place.housing)
    client.force_login(place.worker)
    leaving = reverse("enrollments:exit", args=[stay.pk])
    said = mark(client.post(leaving, {"exit_date": "11/02/2026"}).content.decode(), "exit_on_entry_day")
    client.post(leaving, {"exit_date": "11/02/2026", "seen": said, "right": said})
    [(_, state, _)] = shown(client, stay)
    assert state == "holds"
    with acting(administrator):
        Exit.objects.update(exit_date=date(2026, 11, 5))
    [(_, state, _)] = shown(client, stay)
    assert state == "changed"


def test_of_a_household_and_of_a_check_that_is_no_more(
    client: Browser, place: Place, administrator: User
) -> None:
    with acting(place.worker):
        stay = enroll(place.worker, place.client, place.shelter)
        assert shown_to(client, place.worker, stay) == []
        for check in ("no_such_check", "minor_heads_adults"):
            CheckAnswer.objects.create(enrollment=stay, check_id=check, values="v", said_by=place.worker)
    states = {state for _, state, _ in shown_to(client, place.worker, stay)}
    assert states == {"changed", "household"}


def shown_to(client: Browser, user: User, stay: Enrollment) -> list[Any]:
    client.force_login(user)
    return shown(client, stay)


def test_who_works_in_a_confidential_project_is_not_said(
    client: Browser, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    with acting(place.worker):
        stay = enroll(place.worker, place.client, place.shelter)
        CheckAnswer.objects.create(enrollment=stay, check_id="x", values="v", said_by=place.worker)
    monkeypatch.setattr(Project, "is_hidden", True)
    [(who, _, _)] = shown_to(client, place.worker, stay)
    assert who == ""
