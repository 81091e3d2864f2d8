"""Checks while somebody enters: what is impossible stops, what is unlikely is said and can be answered."""

import itertools
import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client as Browser
from django.urls import reverse

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.clients.models import Client
from hearth.hmis.enrollments.checks.found import look, look_at
from hearth.hmis.enrollments.checks.looked_at import START_STAGE, Entered, world
from hearth.hmis.enrollments.models import CheckAnswer, Enrollment
from hearth.hmis.enrollments.start.questions import StartForm
from hearth.hmis.hud.answers import answers
from hearth.hmis.organizations.entered import new_key
from hearth.reporting.sources.record_checks import record_checks
from hearth.standards import load
from hearth.standards.load import MODEL_YEAR
from tests import factories
from tests.hmis.enrollments.start.test_enroll import SIX, START, Place, enroll

pytestmark = pytest.mark.django_db

#: One time homeless, since June: 6 months, and 12 are typed.
MONTHS = {
    "Enrollment-LivingSituation": "116", "Enrollment-LengthOfStay": "2",
    "Enrollment-DateToStreetESSH": "06/01/2026", "Enrollment-TimesHomelessPastThreeYears": "1",
    "Enrollment-MonthsHomelessPastThreeYears": "112",
}  # fmt: skip
FIELD = "Enrollment-MonthsHomelessPastThreeYears"


@pytest.fixture
def place(administrator: User) -> Place:
    return Place(administrator)


def address(place: Place) -> str:
    return reverse("enrollments:start", args=[place.client.pk, place.shelter.pk]) + "?start=2026-11-02"


def form(place: Place, typed: dict[str, Any]) -> StartForm:
    data = QueryDict(mutable=True)
    for name, value in typed.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return StartForm(
        data, user=place.worker, client=place.client, place=place.shelter, start=START, relationship=1
    )


def mark(page: str, check: str) -> str:
    found = re.search(rf'value="({check}-\w+)"', page)
    assert found, f"{check} is not said"
    return found[1]


def stays(place: Place, administrator: User) -> list[Enrollment]:
    with acting(administrator):
        return list(Enrollment.objects.filter(client=place.client))


# ------------------------------------------------------------------ what is impossible


def test_what_is_impossible_is_said_at_its_field_and_nothing_is_stored(
    client: Browser, place: Place, administrator: User
) -> None:
    client.force_login(place.worker)
    housing = reverse("enrollments:start", args=[place.client.pk, place.housing.pk]) + "?start=2026-11-02"
    page = client.post(housing, {"IncomeBenefits-IncomeFromAnySource": "1", "key": new_key()})
    assert page.status_code == 200
    assert "IncomeBenefits-IncomeFromAnySource" in page.context["form"].errors
    assert "no source says" in page.content.decode()
    assert not stays(place, administrator)
    said = {"IncomeBenefits-IncomeFromAnySource": "1", "IncomeBenefits-SSDI": "on",
            "IncomeBenefits-SSDIAmount": "1031", "key": new_key()}  # fmt: skip
    assert client.post(housing, said).status_code == 302


def test_what_is_missing_keeps_nobody_from_saving(place: Place) -> None:
    with acting(place.worker):
        one = form(place, {"Enrollment-LivingSituation": "435"})  # the kind of subsidy is not said
        assert one.is_valid(), one.errors.as_json()
    assert "Enrollment.RentalSubsidyType" in one.answered.due


# ------------------------------------------------------------------ what is unlikely


def test_what_is_unlikely_is_said_once_and_can_be_right(
    client: Browser, place: Place, administrator: User
) -> None:
    client.force_login(place.worker)
    key = new_key()
    first = client.post(address(place), MONTHS | {"key": key})
    text = first.content.decode()
    assert first.status_code == 200
    assert "1 answer to look at" in text
    assert not stays(place, administrator)
    said = mark(text, "homeless_months_contradict")
    assert text.index(f'name="{FIELD}"') < text.index(said)
    answer = client.post(address(place), MONTHS | {"key": key, "seen": said, "right": said})
    assert answer.status_code == 302
    (stay,) = stays(place, administrator)
    with acting(administrator):
        kept = CheckAnswer.objects.get()
        assert (kept.enrollment, kept.check_id, kept.said_by) == (
            stay, "homeless_months_contradict", place.worker,
        )  # fmt: skip


def test_who_finishes_again_leaves_it_open(client: Browser, place: Place, administrator: User) -> None:
    client.force_login(place.worker)
    said = mark(
        client.post(address(place), MONTHS | {"key": "k"}).content.decode(), "homeless_months_contradict"
    )
    assert client.post(address(place), MONTHS | {"key": "k", "seen": said}).status_code == 302
    assert len(stays(place, administrator)) == 1
    with acting(administrator):
        assert not CheckAnswer.objects.exists()


def test_what_was_said_of_other_values_does_not_count(place: Place) -> None:
    with acting(place.worker):
        one = form(place, MONTHS)
        assert not one.is_valid()
        (found,) = one.fields[FIELD].__dict__["unlikely"]
        other = MONTHS | {"Enrollment-MonthsHomelessPastThreeYears": "111"}
        assert not form(place, other | {"seen": found.mark, "right": found.mark}).is_valid()
        assert form(place, MONTHS | {"right": found.mark}).is_valid()
        invented = form(place, MONTHS | {"seen": found.mark, "right": [found.mark, "invented-0", ""]})
        assert invented.is_valid()
        assert [one.mark for one in invented.right] == [found.mark]


def test_what_was_right_is_not_asked_again(client: Browser, place: Place, administrator: User) -> None:
    """An exit on the day of entry from rapid re-housing: said until it was answered for these days."""
    with acting(place.worker):
        stay = enroll(place.worker, place.client, place.housing)
    client.force_login(place.worker)
    leaving = reverse("enrollments:exit", args=[stay.pk])
    page = client.post(leaving, {"exit_date": "11/02/2026"})
    said = mark(page.content.decode(), "exit_on_entry_day")
    _, _, values = said.partition("-")
    with acting(place.worker):
        CheckAnswer.objects.create(
            enrollment=stay, check_id="exit_on_entry_day", values=values, said_by=place.worker
        )
    assert client.post(leaving, {"exit_date": "11/02/2026"}).status_code == 302


# ------------------------------------------------------------------ while somebody types


def test_a_look_saves_nothing(client: Browser, place: Place, administrator: User) -> None:
    client.force_login(place.worker)
    with acting(administrator):
        before = AccessLog.objects.count()
    page = client.post(address(place), MONTHS | {"look": "1", "Enrollment-DateToStreetESSH": "x"})
    text = page.content.decode()
    assert page.status_code == 200
    assert 'data-findings="Enrollment-DateToStreetESSH"' in text
    assert "month/day/year" in text
    page = client.post(address(place), MONTHS | {"look": "1"})
    assert f'data-findings="{FIELD}"' in page.content.decode()
    assert "to look at" not in page.content.decode()
    assert not stays(place, administrator)
    with acting(administrator):
        assert AccessLog.objects.count() == before
        assert not CheckAnswer.objects.exists()
    leaving = reverse("enrollments:exit", args=[place.client.pk])
    assert client.post(leaving, {"look": "1"}).status_code == 404


def test_nothing_is_told_of_what_is_withheld(place: Place) -> None:
    old = Client(pk=1, dob=date(1913, 1, 1), veteran_status=0)
    entered = Entered(
        client=old, project=place.shelter, records={"Enrollment": {"EnrollmentCoC": "MN-500"}},
        day=START, stage=START_STAGE, entry_date=START, relationship=1,
    )  # fmt: skip
    with acting(place.worker):
        assert "age_over_100" in {one.check.id for one in look(entered, ())}
        old.withheld = frozenset({"dob"})
        assert "age_over_100" not in {one.check.id for one in look(entered, ())}


def test_answers_are_seen_where_the_stay_is(place: Place, administrator: User) -> None:
    with acting(place.worker):
        stay = enroll(place.worker, place.client, place.shelter)
        CheckAnswer.objects.create(enrollment=stay, check_id="age_over_100", values="v", said_by=place.worker)
    stranger = factories.make_hmis_user(factories.make_organization())
    for reader, sees in ((place.worker, True), (stranger, False), (administrator, True)):
        with acting(reader):
            assert CheckAnswer.objects.filter(enrollment_id=stay.pk).exists() is sees
            assert CheckAnswer.objects.restrict(reader).exists() is sees


# ------------------------------------------------------------------ 3.917: what follows is not asked


def test_the_short_stay_follows_from_its_length(place: Place, administrator: User) -> None:
    """Of every situation and length of stay: what is stored is what the checks of an import expect, and the
    questions behind it open as they do where it is asked."""
    with acting(administrator):
        home = place.project(2, 4)  # transitional housing
    codes = {
        column: [code for code, _ in answers(f"Enrollment.{column}")]
        for column in ("LivingSituation", "LengthOfStay")
    }
    checks = record_checks(load(MODEL_YEAR))
    prior = [one for one in codes["LivingSituation"] if one in ("116", "206", "335", "410", "435", "8")]
    with acting(place.worker):
        for situation, length in itertools.product(prior, [*codes["LengthOfStay"], ""]):
            one = StartForm(
                {"Enrollment-LivingSituation": situation, "Enrollment-LengthOfStay": length,
                 "Enrollment-PreviousStreetESSH": "1", "Enrollment-TimesHomelessPastThreeYears": "1"},
                user=place.worker, client=place.client, place=home, start=START, relationship=1,
            )  # fmt: skip
            assert "Enrollment.LOSUnderThreshold" not in {asked.name for asked in one.questions}
            one.full_clean()
            stored = one.answered.records["Enrollment"]
            is_short = length in ({"206": ("10", "11", "2", "3")}.get(situation, ("10", "11")))
            is_asked = situation != "116"
            assert stored["LOSUnderThreshold"] == (int(is_short) if is_asked and length else None)
            assert stored["PreviousStreetESSH"] == (1 if is_asked and is_short else None)
            goes_on = situation == "116" or (is_asked and is_short)
            assert stored["TimesHomelessPastThreeYears"] == (1 if goes_on else None)
            entered = world([one.entered()]).rows
            broken = {found.check.id for found in checks.look(entered, ["Enrollment"])}
            assert not broken & {
                "stay_under_90_days_wrong", "stay_under_7_nights_wrong", "street_before_not_asked",
                "homeless_history_not_asked",
            }, (situation, length)  # fmt: skip


def test_gates_in_the_browser_look_at_what_is_typed(place: Place, administrator: User) -> None:
    with acting(administrator):
        home = place.project(2, 4)
    with acting(place.worker):
        one = StartForm(None, user=place.worker, client=place.client, place=home, start=START, relationship=1)
        gates = "".join(getattr(field, "gate", "") for field in one.fields.values())
    assert "LengthOfStay" in gates
    assert "LOSUnderThreshold" not in gates


def test_six_answers_and_nothing_unlikely(place: Place) -> None:
    with acting(place.worker):
        assert form(place, SIX).is_valid()


def test_later_stages_are_looked_at_too(client: Browser, place: Place, administrator: User) -> None:
    with acting(place.worker):
        stay = enroll(place.worker, place.client, place.housing)
    client.force_login(place.worker)
    update = reverse("enrollments:stage", args=[stay.pk, "update"])
    typed = {"information_date": "11/20/2026", "IncomeBenefits-IncomeFromAnySource": "1"}
    page = client.post(update, typed)
    assert "no source says" in page.content.decode()
    typed |= {"IncomeBenefits-Earned": "on"}
    page = client.post(update, typed | {"look": "1"})
    said = mark(page.content.decode(), "income_total_contradicts")
    assert client.post(update, typed | {"seen": said, "right": said}).status_code == 302
    with acting(administrator):
        assert CheckAnswer.objects.filter(enrollment=stay, check_id="income_total_contradicts").exists()
    assert client.post(update, typed | {"information_date": "11/21/2026"}).status_code == 302  # not again


def test_a_household_is_looked_at_together(client: Browser, place: Place, administrator: User) -> None:
    """A finding stands on the card of whom it is about; what is said of a household, on the head's."""
    with acting(administrator):
        child = factories.make_client(dob=date(2019, 5, 5), veteran_status=0)
        elder = factories.make_client(dob=date(1913, 1, 1), veteran_status=0)
    client.force_login(place.worker)
    who = f"&who={place.client.pk}-{child.pk}.2-{elder.pk}.4"
    page = client.post(address(place) + who, {f"c{place.client.pk}-{k}": v for k, v in MONTHS.items()})
    said = {one.client.pk: one.form for one in page.context["cards"]}
    assert [found.check.id for found in said[place.client.pk].fields[FIELD].__dict__["unlikely"]] == [
        "homeless_months_contradict"
    ]
    assert [found.check.id for found in said[elder.pk].unlikely] == ["age_over_100"]
    assert not said[child.pk].errors
    with acting(place.worker):
        young = Entered(
            client=child, project=place.shelter, records={"Enrollment": {"EnrollmentCoC": "MN-500"}},
            day=START, stage=START_STAGE, entry_date=START, relationship=1,
        )  # fmt: skip
        adult = replace(young, client=place.client, relationship=3)
        whole = look_at([young, adult], [(), ()], is_whole=True)
        part = look_at([young, adult], [(), ()], is_whole=False)
    assert "minor_heads_adults" in {one.check.id for one in whole[0]}
    assert "minor_heads_adults" not in {one.check.id for one in [*part[0], *part[1]]}
    assert not any(one.stops for one in whole[0])
