"""Recording an exit: what is impossible, what is stored."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.enrollments import actions
from hearth.hmis.enrollments.drafts.form_draft import FormDraft
from hearth.hmis.enrollments.models import Disabilities, Enrollment, Exit, IncomeBenefits
from tests import factories
from tests.hmis.enrollments.start.test_enroll import START, Place, enroll

pytestmark = pytest.mark.django_db

END = date(2026, 11, 20)


@pytest.fixture
def place(administrator: User) -> Place:
    return Place(administrator)


@pytest.fixture
def stay(place: Place) -> Enrollment:
    with acting(place.worker):
        return enroll(place.worker, place.client, place.housing)


@pytest.fixture
def child(place: Place, stay: Enrollment) -> Enrollment:
    with acting(place.worker):
        somebody = factories.make_client(dob=date(2020, 1, 1))
        return enroll(
            place.worker, somebody, place.housing, household=stay, relationship=2,
            entry_date=START + timedelta(days=2),
        )  # fmt: skip


def leave(
    by: User, stay: Enrollment, day: date = END, *, together: Sequence[Enrollment] = (), **more: Any
) -> None:
    leaving = [actions.Leaving(stay, **more), *(actions.Leaving(one) for one in together)]
    actions.exit_household(by=by, exit_date=day, leaving=leaving)


def test_an_exit_with_its_records(
    client: Browser, place: Place, stay: Enrollment, administrator: User
) -> None:
    client.force_login(place.worker)
    address = reverse("enrollments:exit", args=[stay.pk])
    page = client.get(address).content.decode()
    assert "Destination" in page
    assert 'value="24"' in page  # deceased
    assert 'value="118"' in page
    answer = client.post(
        address,
        {"exit_date": "11/20/2026", "Exit-Destination": "435", "Exit-DestinationSubsidyType": "440",
         "IncomeBenefits-IncomeFromAnySource": "0"},
    )  # fmt: skip
    assert answer.url == reverse("enrollments:detail", args=[stay.pk])
    with acting(administrator):
        end = Exit.objects.get(enrollment=stay)
        assert (end.exit_date, end.destination, end.destination_subsidy_type) == (END, 435, 440)
        assert (end.created_by, len(end.hud_id)) == (place.worker, 32)
        income = IncomeBenefits.objects.get(enrollment=stay, data_collection_stage=3)
        assert (income.information_date, income.income_from_any_source) == (END, 0)
        assert {one.disability_response for one in Disabilities.objects.filter(enrollment=stay)} == {99}
    assert client.post(address, {"exit_date": "11/20/2026"}).url == answer.url  # sent again
    with acting(administrator):
        assert Exit.objects.filter(enrollment=stay).count() == 1


def test_users_ask_03_a_head_takes_the_others_along_or_stays(
    client: Browser, place: Place, stay: Enrollment, child: Enrollment, administrator: User
) -> None:
    client.force_login(place.worker)
    page = client.post(reverse("enrollments:exit", args=[stay.pk]), {"exit_date": "11/20/2026"})
    assert "cannot leave the others behind" in page.content.decode()
    assert f"/enrollments/{stay.pk}/household/exit/" in page.content.decode()
    with acting(place.worker):
        leave(place.worker, stay, together=[child])
        assert Exit.objects.filter(enrollment__in=[stay, child], exit_date=END).count() == 2


def test_a_member_leaves_alone(place: Place, stay: Enrollment, child: Enrollment) -> None:
    with acting(place.worker):
        leave(place.worker, child)
        leave(place.worker, stay)  # nobody is left behind
        with pytest.raises(actions.EnrollmentRefused, match="recorded already"):
            leave(place.worker, Enrollment.objects.get(pk=stay.pk))


def test_what_is_impossible_is_refused(place: Place, stay: Enrollment, child: Enrollment) -> None:
    today = timezone.localdate()
    with acting(place.worker):
        for day, said, more in (
            (START - timedelta(days=1), "before the start", {}),
            (today + timedelta(days=1), "lies in the future", {}),
            (END, "cannot leave the others behind", {}),
            (START, "before the start", {"together": [child]}),
        ):
            with pytest.raises(actions.EnrollmentRefused, match=said):
                leave(place.worker, stay, day, **more)
        assert not Exit.objects.exists()


def test_only_where_one_enrolls(client: Browser, place: Place, stay: Enrollment, administrator: User) -> None:
    with acting(administrator):
        other = factories.make_hmis_user(factories.make_organization())
        Enrollment.objects.filter(pk=stay.pk).update(is_shared=True)
    client.force_login(other)
    assert client.get(reverse("enrollments:exit", args=[stay.pk])).status_code == 404
    with acting(other), pytest.raises(PermissionDenied):
        leave(other, stay)


def test_what_somebody_else_wrote_meanwhile_is_said(
    client: Browser, place: Place, stay: Enrollment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two people with the same form: the second is told, and nothing is written twice."""
    client.force_login(place.worker)

    def meanwhile(draft: FormDraft) -> bool:
        leave(place.worker, Enrollment.objects.get(pk=stay.pk))
        return True

    monkeypatch.setattr(FormDraft, "agrees", meanwhile)  # the last before anything is written
    page = client.post(reverse("enrollments:exit", args=[stay.pk]), {"exit_date": "11/20/2026"}, follow=True)
    assert "An exit is recorded already" in page.content.decode()
    with acting(place.worker):
        assert Exit.objects.filter(enrollment=stay).count() == 1


@pytest.mark.parametrize(
    ("before", "said", "after"),
    [
        (0, {"6": "1"}, 1),  # developmental: a Yes by itself
        (0, {"5": "1", "lasting": "1"}, 1),
        (0, {"5": "1", "lasting": "0"}, 0),
        (99, dict.fromkeys(("5", "6", "7", "8", "9", "10"), "0"), 0),
        (0, {}, 0),
    ],
)
def test_the_disabling_condition_follows_what_is_said_at_the_exit(
    client: Browser, place: Place, stay: Enrollment, administrator: User, before: int, said: Any, after: int
) -> None:
    with acting(administrator):
        Enrollment.objects.filter(pk=stay.pk).update(disabling_condition=before)
    client.force_login(place.worker)
    typed = {f"Disabilities-DisabilityResponse-{kind}": code for kind, code in said.items() if kind.isdigit()}
    typed |= {"exit_date": "11/20/2026", "Disabilities-IndefiniteAndImpairs-5": said.get("lasting", "")}
    assert client.post(reverse("enrollments:exit", args=[stay.pk]), typed).status_code == 302
    with acting(administrator):
        assert Exit.objects.filter(enrollment=stay).exists()
        assert Enrollment.objects.get(pk=stay.pk).disabling_condition == after


def test_a_yes_at_the_start_is_not_taken_back_at_the_exit(place: Place, administrator: User) -> None:
    """HUD's check and reports look at the answers of all stages."""
    yes, no = {"DisabilityResponse": 1}, {"DisabilityResponse": 0}
    with acting(place.worker):
        stay = enroll(
            place.worker, place.client, place.housing,
            records={"Disabilities[6]": yes, "Enrollment": {"DisablingCondition": 1}},
        )  # fmt: skip
        leave(place.worker, stay, records={f"Disabilities[{kind}]": no for kind in range(5, 11)})
    with acting(administrator):
        assert Enrollment.objects.get(pk=stay.pk).disabling_condition == 1
