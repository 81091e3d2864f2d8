"""Updates, annual assessments, what is asked after the exit: possible days, what is stored, what was."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.enrollments.actions import EnrollmentRefused, exit_stay
from hearth.hmis.enrollments.models import Disabilities, Enrollment, Exit, HealthAndDV, IncomeBenefits
from hearth.hmis.enrollments.stages.actions import record_stage
from hearth.hmis.enrollments.stages.questions import StageForm, why_not
from tests import factories
from tests.hmis.enrollments.start.test_enroll import MAIN, Place, enroll

pytestmark = pytest.mark.django_db

START = timezone.localdate() - timedelta(days=380)
ANNIVERSARY = START.replace(year=START.year + 1) if (START.month, START.day) != (2, 29) else None
INCOME = {
    "IncomeFromAnySource": 1, "SSDI": 1, "SSDIAmount": Decimal("1031.50"), "Earned": 0, "TANF": 0,
    "TotalMonthlyIncome": Decimal("1031.50"), "BenefitsFromAnySource": 0, "InsuranceFromAnySource": 99,
}  # fmt: skip
NO_DISABILITY = {f"Disabilities[{kind}]": {"DisabilityResponse": 0} for kind in range(5, 11)}
US = "%m/%d/%Y"


@pytest.fixture
def place(administrator: User) -> Place:
    return Place(administrator)


@pytest.fixture
def stay(place: Place) -> Enrollment:
    with acting(place.worker):
        return enroll(
            place.worker, place.client, place.housing, entry_date=START,
            records={"IncomeBenefits": INCOME, **NO_DISABILITY, "Enrollment": {"DisablingCondition": 0}},
        )  # fmt: skip


def record(by: User, stay: Enrollment, stage: str, day: date, **more: Any) -> None:
    record_stage(by=by, enrollment=stay, stage=stage, day=day, **{"records": {}} | more)


def address(stay: Enrollment, stage: str) -> str:
    return reverse("enrollments:stage", args=[stay.pk, stage])


def test_an_update_holds_what_was_answered_and_nothing_else(
    client: Browser, place: Place, stay: Enrollment, administrator: User
) -> None:
    client.force_login(place.worker)
    page = client.get(address(stay, "update")).content.decode()
    assert "Last answer" in page
    assert "$1,031.50" in page
    day = START + timedelta(days=100)
    answer = client.post(
        address(stay, "update"),
        {"information_date": day.strftime(US), "Disabilities-DisabilityResponse-6": "1"},
    )
    assert answer.url == reverse("enrollments:detail", args=[stay.pk])
    with acting(administrator):
        (row,) = Disabilities.objects.filter(data_collection_stage=2)
        assert (row.information_date, row.disability_type, row.disability_response) == (day, 6, 1)
        assert (row.created_by, len(row.hud_id)) == (place.worker, 32)
        assert not IncomeBenefits.objects.filter(data_collection_stage=2).exists()
        assert not HealthAndDV.objects.exists()
        # HUD's 3.08 is what is known now (and who changed it is known)
        now = Enrollment.objects.get(pk=stay.pk)
        assert (now.disabling_condition, now.updated_by) == (1, place.worker)
        assert AccessLog.objects.get(action="stage_recorded").details["stage"] == "update"


def test_an_update_that_says_nothing_is_none(client: Browser, place: Place, stay: Enrollment) -> None:
    client.force_login(place.worker)
    page = client.post(address(stay, "update"), {"information_date": timezone.localdate().strftime(US)})
    assert "Nothing was answered" in page.content.decode()
    with acting(place.worker):
        assert not IncomeBenefits.objects.filter(data_collection_stage=2).exists()


def test_the_same_as_then_is_typed_into_the_form_and_stored_by_finish_alone(
    client: Browser, place: Place, stay: Enrollment, administrator: User
) -> None:
    client.force_login(place.worker)
    day = timezone.localdate().strftime(US)
    typed = {"information_date": day, "same": "4.02", "IncomeBenefits-InsuranceFromAnySource": "1"}
    page = client.post(address(stay, "annual"), typed)
    form = page.context["form"]
    assert form["IncomeBenefits-IncomeFromAnySource"].value() == "1"
    assert form["IncomeBenefits-SSDIAmount"].value() == "1,031.50"
    assert form["IncomeBenefits-InsuranceFromAnySource"].value() == "1"  # what was typed stays
    assert not form["IncomeBenefits-BenefitsFromAnySource"].value()  # of another section
    with acting(administrator):
        assert IncomeBenefits.objects.count() == 1


def test_nothing_has_changed_records_the_last_answers_once_more(
    client: Browser, place: Place, stay: Enrollment, administrator: User
) -> None:
    client.force_login(place.worker)
    today = timezone.localdate()
    client.post(address(stay, "annual"), {"information_date": today.strftime(US), "same": "all"})
    with acting(administrator):
        row = IncomeBenefits.objects.get(data_collection_stage=5)
        assert (row.information_date, row.income_from_any_source, row.ssdi_amount) == (
            today, 1, Decimal("1031.50"),
        )  # fmt: skip
        assert (row.total_monthly_income, row.benefits_from_any_source) == (Decimal("1031.50"), 0)
        assert row.insurance_from_any_source == 99  # that nobody asked is no answer to take again
        said = AccessLog.objects.get(action="stage_recorded").details
        assert said["unchanged"] == ["4.02", "4.03"]


def test_days_that_are_impossible(place: Place, stay: Enrollment) -> None:
    with acting(place.worker):
        today, end = timezone.localdate(), START + timedelta(days=370)
        record(place.worker, stay, "update", START + timedelta(days=9), records={"HealthAndDV": {}})
        exit_stay(by=place.worker, enrollment=stay, exit_date=end, records={})
        for stage, day, said in (
            ("update", START - timedelta(days=1), "before the start"),
            ("update", end + timedelta(days=1), "after the exit"),
            ("update", today + timedelta(days=1), "lies in the future"),
            ("update", START + timedelta(days=9), "recorded already"),
            ("annual", end + timedelta(days=1), "after the exit"),
            ("post_exit", end - timedelta(days=1), "after the exit is of a day"),
            ("post_exit", today + timedelta(days=1), "lies in the future"),
        ):
            with pytest.raises(EnrollmentRefused, match=said):
                record(place.worker, stay, stage, day)
        record(place.worker, stay, "update", START + timedelta(days=10))


def test_the_first_and_the_last_day_of_a_stay_are_possible(place: Place, stay: Enrollment) -> None:
    end = START + timedelta(days=200)
    with acting(place.worker):
        exit_stay(by=place.worker, enrollment=stay, exit_date=end, records={"Exit": {"Destination": 99}})
        assert [why_not(place.worker, stay, "update", day) for day in (START, end)] == ["", ""]


def test_one_annual_assessment_in_a_window(place: Place, stay: Enrollment) -> None:
    assert ANNIVERSARY is not None or timezone.localdate().month == 3
    with acting(place.worker):
        day = START + timedelta(days=350)
        record(place.worker, stay, "annual", day, records={"IncomeBenefits": INCOME})
        with pytest.raises(EnrollmentRefused, match="recorded already, of"):
            record(place.worker, stay, "annual", day + timedelta(days=20), records={"IncomeBenefits": INCOME})


def test_a_day_outside_the_window_is_answered_or_corrected(
    client: Browser, place: Place, stay: Enrollment, administrator: User
) -> None:
    client.force_login(place.worker)
    typed = {"information_date": (START + timedelta(days=200)).strftime(US),
             "IncomeBenefits-IncomeFromAnySource": "0"}  # fmt: skip
    page = client.post(address(stay, "annual"), typed).content.decode()
    assert "more than 30 days away from the anniversary" in page
    assert "Yes, this is right" in page
    assert client.post(address(stay, "annual"), typed | {"is_right": "on"}).status_code == 302
    with acting(administrator):
        assert IncomeBenefits.objects.get(data_collection_stage=5).income_from_any_source == 0
        assert AccessLog.objects.get(action="stage_recorded").details["is_unusual"] is True


def test_anniversaries_count_from_the_first_start_of_the_household(
    client: Browser, place: Place, stay: Enrollment
) -> None:
    """Who joined later, or became head, is assessed with the household's anniversary."""
    with acting(place.worker):
        joined = enroll(
            place.worker, factories.make_client(), place.housing, household=stay, relationship=3,
            entry_date=START + timedelta(days=200),
        )  # fmt: skip
    client.force_login(place.worker)
    typed = {"information_date": (START + timedelta(days=370)).strftime(US),
             "IncomeBenefits-IncomeFromAnySource": "0"}  # fmt: skip
    assert client.post(address(joined, "annual"), typed).status_code == 302


def test_who_came_of_age_is_asked_as_an_adult(client: Browser, place: Place, stay: Enrollment) -> None:
    today = timezone.localdate()
    birthday = today - timedelta(days=30)
    with acting(place.worker):
        young = factories.make_client(dob=birthday.replace(year=birthday.year - 18), veteran_status=0)
        joined = enroll(place.worker, young, place.housing, household=stay, relationship=2, entry_date=START)
        child = StageForm(
            user=place.worker, enrollment=joined, stage="update", day=birthday - timedelta(days=1)
        )
        adult = StageForm(user=place.worker, enrollment=joined, stage="update", day=birthday)
    asked = {one.element.number for one in child.questions}
    assert "4.11" not in asked
    assert "4.11" in {one.element.number for one in adult.questions}
    client.force_login(place.worker)
    page = client.post(
        address(joined, "update"),
        {"information_date": today.strftime(US), "questions_of": (birthday - timedelta(days=1)).isoformat(),
         "Disabilities-DisabilityResponse-6": "0"},
    )  # fmt: skip
    assert "other questions are asked" in page.content.decode()


def test_a_yes_is_taken_back_only_by_whoever_sees_all(
    place: Place, stay: Enrollment, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with acting(administrator):
        Enrollment.objects.filter(pk=stay.pk).update(disabling_condition=1)
    typed = {"information_date": timezone.localdate().strftime(US)}
    typed |= {f"Disabilities-DisabilityResponse-{kind}": "0" for kind in range(5, 11)}

    def becomes() -> int | None:
        with acting(place.worker):
            form = StageForm(
                typed, user=place.worker, enrollment=Enrollment.objects.get(pk=stay.pk), stage="update",
                day=timezone.localdate(),
            )  # fmt: skip
            assert form.is_valid(), form.errors.as_json()
            return form.disabling()

    assert becomes() == 0
    with acting(administrator):
        developmental = Disabilities.objects.get(enrollment=stay, disability_type=6)
        Disabilities.objects.filter(pk=developmental.pk).update(disability_response=1)
    assert becomes() is None  # HUD's check looks at the answers of all days
    with acting(administrator):
        Disabilities.objects.filter(pk=developmental.pk).update(disability_response=0)
    factories.take_rights(monkeypatch, Permission.HIV_VIEW)
    assert becomes() is None


def test_only_where_one_enrolls(client: Browser, place: Place, stay: Enrollment, administrator: User) -> None:
    with acting(administrator):
        other = factories.make_hmis_user(factories.make_organization())
        Enrollment.objects.filter(pk=stay.pk).update(is_shared=True)
    client.force_login(other)
    assert client.get(address(stay, "update")).status_code == 404
    assert client.get(reverse("enrollments:detail", args=[stay.pk])).status_code == 200
    with acting(other), pytest.raises(PermissionDenied):
        record(other, stay, "update", timezone.localdate())


@pytest.mark.parametrize("stage", ["start", "exit", "occurrence", "x", "record"])
def test_other_stages_have_other_pages(client: Browser, place: Place, stay: Enrollment, stage: str) -> None:
    client.force_login(place.worker)
    assert client.get(address(stay, stage)).status_code == 404


def test_what_somebody_else_wrote_meanwhile_is_said(client: Browser, place: Place, stay: Enrollment) -> None:
    client.force_login(place.worker)
    typed = {"information_date": timezone.localdate().strftime(US), "IncomeBenefits-IncomeFromAnySource": "0"}
    assert client.post(address(stay, "annual"), typed).status_code == 302
    again = client.post(address(stay, "annual"), typed)  # sent again
    assert "recorded already" in again.content.decode()
    with acting(place.worker):
        assert IncomeBenefits.objects.filter(data_collection_stage=5).count() == 1


def test_after_the_exit_of_a_youth_program(client: Browser, place: Place, administrator: User) -> None:
    with acting(administrator):
        youth = place.project(2, 24)
    with acting(place.worker):
        stay = enroll(place.worker, place.client, youth, entry_date=START)
    client.force_login(place.worker)
    assert client.get(address(stay, "post_exit")).status_code == 302  # nobody has left
    end = timezone.localdate() - timedelta(days=20)
    with acting(place.worker):
        exit_stay(by=place.worker, enrollment=stay, exit_date=end, records={"Exit": {"Destination": 410}})
    assert "Aftercare" in client.get(address(stay, "post_exit")).content.decode()
    typed = {"information_date": (end + timedelta(days=9)).strftime(US), "Exit-AftercareProvided": "1",
             "Exit-Telephone": "1"}  # fmt: skip
    sent = client.post(address(stay, "post_exit"), typed)
    assert sent.status_code == 302, sent.context["form"].errors.as_json()
    with acting(administrator):
        said = Exit.objects.get(enrollment=stay)
        assert (said.aftercare_date, said.aftercare_provided) == (end + timedelta(days=9), 1)
        assert (said.telephone, said.in_person_group, said.destination) == (1, None, 410)


@pytest.mark.parametrize("kind", MAIN)
def test_each_kind_of_project_with_nothing_changed(
    client: Browser, place: Place, administrator: User, kind: str
) -> None:
    """An update and an annual assessment wherever the standards ask one; the page opens or leads back."""
    with acting(administrator):
        project = place.project(*MAIN[kind])
    with acting(place.worker):
        stay = enroll(place.worker, place.client, project, entry_date=START)
    client.force_login(place.worker)
    offered = {stage for stage, _ in client.get(f"/enrollments/{stay.pk}/").context["stages"]}
    for stage in ("update", "annual"):
        page = client.get(address(stay, stage))
        assert page.status_code == (200 if stage in offered else 302)
        if stage in offered:
            typed = {"information_date": (START + timedelta(days=366)).strftime(US)}
            for one in page.context["form"].questions:
                name = one.name.replace(".", "-").replace("[", "-").replace("]", "")
                choices = [code for code, _ in getattr(page.context["form"].fields[name], "choices", [])]
                if "0" in choices:
                    typed[name] = "0"
            sent = client.post(address(stay, stage), typed)
            assert sent.status_code == 302, sent.context["form"].errors.as_json()
    with acting(administrator):
        found = {one.data_collection_stage for one in Disabilities.objects.filter(enrollment=stay)}
        found |= {one.data_collection_stage for one in IncomeBenefits.objects.filter(enrollment=stay)}
        assert found == {2 if stage == "update" else 5 for stage in offered}
