"""Correcting recorded answers: what is written, two people at once, imported records, taking away."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.enrollments.actions import exit_stay
from hearth.hmis.enrollments.models import Disabilities, Enrollment, Exit, IncomeBenefits
from hearth.hmis.enrollments.stages import actions as stage_actions
from hearth.hmis.enrollments.stages.actions import correct_stage, record_stage, remove_stage
from tests import factories
from tests.hmis.enrollments.stages.test_record_stage import INCOME, NO_DISABILITY, START
from tests.hmis.enrollments.start.test_enroll import Place, enroll

pytestmark = pytest.mark.django_db

DAY = START + timedelta(days=50)


@pytest.fixture
def place(administrator: User) -> Place:
    return Place(administrator)


@pytest.fixture
def stay(place: Place) -> Enrollment:
    with acting(place.worker):
        made = enroll(
            place.worker, place.client, place.housing, entry_date=START,
            records={"IncomeBenefits": INCOME, **NO_DISABILITY,
                     "Enrollment": {"DisablingCondition": 0, "LivingSituation": 116}},
        )  # fmt: skip
        record_stage(
            by=place.worker, enrollment=made, stage="update", day=DAY, records={"IncomeBenefits": INCOME}
        )
    return made


def address(stay: Enrollment, stage: str = "update", day: date = DAY) -> str:
    return reverse("enrollments:correct_answers", args=[stay.pk, stage, day.isoformat()])


def shown(client: Browser, where: str) -> tuple[str, dict[str, Any]]:
    """The version of a form, and what a browser would send back of it unchanged."""
    page = client.get(where)
    form = page.context["form"]
    typed = {}
    for name in form.fields:
        value = form[name].value()
        if (value not in (None, "", False) and str(value) != "0") or value == 0:
            typed[name] = "on" if form.fields[name].__class__.__name__ == "BooleanField" else str(value)
    for name, field in form.fields.items():
        if field.__class__.__name__ == "BooleanField" and not form[name].value():
            typed.pop(name, None)
    return page.context["version"], typed


def test_nothing_is_written_where_nobody_changed_anything(
    client: Browser, place: Place, stay: Enrollment, administrator: User
) -> None:
    client.force_login(place.worker)
    for stage, day in (("update", DAY), ("start", START)):
        with acting(administrator):
            before = list(IncomeBenefits.objects.order_by("pk").values())
        version, typed = shown(client, address(stay, stage, day))
        assert client.post(address(stay, stage, day), typed | {"version": version}).status_code == 302
        with acting(administrator):
            assert list(IncomeBenefits.objects.order_by("pk").values()) == before
    with acting(administrator):
        assert not AccessLog.objects.filter(action="record_corrected").exists()


def test_one_answer_is_corrected_and_its_total_follows(
    client: Browser, place: Place, stay: Enrollment, administrator: User
) -> None:
    client.force_login(place.worker)
    version, typed = shown(client, address(stay))
    typed |= {"version": version, "IncomeBenefits-SSDIAmount": "900"}
    assert client.post(address(stay), typed).status_code == 302
    with acting(administrator):
        row = IncomeBenefits.objects.get(data_collection_stage=2)
        assert (row.ssdi_amount, row.total_monthly_income, row.information_date) == (900, 900, DAY)
        assert (row.benefits_from_any_source, row.insurance_from_any_source) == (0, 99)
        assert row.updated_by == place.worker
        assert IncomeBenefits.objects.get(data_collection_stage=1).ssdi_amount != 900
        assert AccessLog.objects.get(action="record_corrected").details["records"] == ["IncomeBenefits"]


def test_the_start_and_the_exit(client: Browser, place: Place, stay: Enrollment, administrator: User) -> None:
    with acting(place.worker):
        exit_stay(
            by=place.worker, enrollment=stay, exit_date=DAY + timedelta(days=9),
            records={"Exit": {"Destination": 99}},
        )  # fmt: skip
    client.force_login(place.worker)
    start = address(stay, "start", START)
    version, typed = shown(client, start)
    typed |= {"version": version, "Enrollment-LivingSituation": "118"}
    typed |= {"Disabilities-DisabilityResponse-6": "1"}
    assert client.post(start, typed).status_code == 302
    end = address(stay, "exit", DAY + timedelta(days=9))
    version, typed = shown(client, end)
    assert "Exit-Destination" not in typed  # that nobody asked is no answer
    assert client.post(end, typed | {"version": version, "Exit-Destination": "410"}).status_code == 302
    with acting(administrator):
        now = Enrollment.objects.get(pk=stay.pk)
        assert (now.living_situation, now.entry_date, now.disabling_condition) == (118, START, 1)
        assert Disabilities.objects.get(data_collection_stage=1, disability_type=6).disability_response == 1
        said = Exit.objects.get(enrollment=stay)
        assert (said.destination, said.exit_date) == (410, DAY + timedelta(days=9))


def test_two_people_see_both_values(
    client: Browser, place: Place, stay: Enrollment, administrator: User
) -> None:
    client.force_login(place.worker)
    version, typed = shown(client, address(stay))
    first = typed | {"version": version, "IncomeBenefits-SSDIAmount": "900"}
    second = typed | {"version": version, "IncomeBenefits-SSDIAmount": "800"}
    assert client.post(address(stay), first).status_code == 302
    page = client.post(address(stay), second)
    assert page.status_code == 200
    both = {one.theirs: one.yours for one in page.context["both"]}
    assert both.get("$900.00") == "$800.00"
    with acting(administrator):
        assert IncomeBenefits.objects.get(data_collection_stage=2).ssdi_amount == 900
    again = second | {"version": page.context["version"]}
    assert client.post(address(stay), again).status_code == 302
    with acting(administrator):
        assert IncomeBenefits.objects.get(data_collection_stage=2).ssdi_amount == 800


def test_an_imported_record_keeps_its_key(
    client: Browser, place: Place, stay: Enrollment, administrator: User
) -> None:
    with acting(administrator):
        came = IncomeBenefits.objects.create(
            **factories.record(
                enrollment=stay, information_date=DAY + timedelta(days=3), data_collection_stage=2,
                income_from_any_source=0, hud_id="THEIRS", snap=1,
            )
        )  # fmt: skip
    client.force_login(place.worker)
    where = address(stay, day=DAY + timedelta(days=3))
    version, typed = shown(client, where)
    typed |= {"version": version, "IncomeBenefits-InsuranceFromAnySource": "0"}
    assert client.post(where, typed).status_code == 302
    with acting(administrator):
        now = IncomeBenefits.objects.get(pk=came.pk)
        assert (now.hud_id, now.data_source, now.insurance_from_any_source) == ("THEIRS", came.data_source, 0)
        assert now.user_data_source is not None
        assert now.snap == 1  # a contradiction that nobody touched stays as it came


def test_an_update_is_taken_away_after_a_look(
    client: Browser, place: Place, stay: Enrollment, administrator: User
) -> None:
    client.force_login(place.worker)
    where = reverse("enrollments:remove_answers", args=[stay.pk, "update", DAY.isoformat()])
    page = client.get(where)
    assert "would be removed" in page.content.decode()
    with acting(administrator):
        assert IncomeBenefits.objects.get(data_collection_stage=2).date_deleted is None
    assert client.post(where, {"version": "other"}).status_code == 200  # somebody wrote meanwhile
    assert client.post(where, {"version": page.context["version"]}).status_code == 302
    with acting(administrator):
        gone = IncomeBenefits.objects.get(data_collection_stage=2)
        assert gone.date_deleted is not None
        assert IncomeBenefits.objects.get(data_collection_stage=1).date_deleted is None
        assert AccessLog.objects.get(action="record_removed").details["stage"] == "update"
    assert client.get(where).status_code == 302  # nothing is left of it


@pytest.mark.parametrize("stage", ["start", "exit", "occurrence", "x"])
def test_a_stay_keeps_its_start_and_its_exit(
    client: Browser, place: Place, stay: Enrollment, stage: str
) -> None:
    client.force_login(place.worker)
    where = reverse("enrollments:remove_answers", args=[stay.pk, stage, START.isoformat()])
    assert client.post(where, {}).status_code == 404
    with acting(place.worker), pytest.raises(PermissionDenied):
        remove_stage(by=place.worker, enrollment=stay, stage=stage, day=START, version="")


def test_only_where_one_enrolls(client: Browser, place: Place, stay: Enrollment, administrator: User) -> None:
    with acting(administrator):
        other = factories.make_hmis_user(factories.make_organization())
        Enrollment.objects.filter(pk=stay.pk).update(is_shared=True)
    client.force_login(other)
    assert client.get(address(stay)).status_code == 404
    with acting(other), pytest.raises(PermissionDenied):
        correct_stage(
            by=other, enrollment=stay, stage="update", day=DAY, changes={}, records={}, kinds=[], version=""
        )


def test_days_that_are_none(client: Browser, place: Place, stay: Enrollment) -> None:
    client.force_login(place.worker)
    for day in ("x", "2026-13-01", "9999-12-31"):
        where = f"/enrollments/{stay.pk}/answers/update/{day}/"
        assert client.get(where).status_code in (302, 404)
    assert client.get(address(stay, day=timezone.localdate())).status_code == 302


def test_what_follows_from_a_corrected_answer_follows(
    client: Browser, place: Place, administrator: User
) -> None:
    """Whether a stay was short is asked of nobody: it is told from its length (3.917.2)."""
    with acting(administrator):
        transitional = place.project(2, 5)
    with acting(place.worker):
        stay = enroll(place.worker, place.client, transitional, entry_date=START,
                      records={"Enrollment": {"LivingSituation": 116}})  # fmt: skip
    client.force_login(place.worker)
    where = address(stay, "start", START)
    for length, stored in (("10", (10, 1, 99)), ("2", (2, 0, None))):  # of the night before nobody asked
        version, typed = shown(client, where)
        typed |= {"version": version, "Enrollment-LivingSituation": "336", "Enrollment-LengthOfStay": length}
        assert client.post(where, typed).status_code == 302
        with acting(administrator):
            now = Enrollment.objects.get(pk=stay.pk)
            assert (now.length_of_stay, now.los_under_threshold, now.previous_street_essh) == stored


def test_what_is_impossible_is_not_saved_and_what_is_unlikely_is_asked_about(
    client: Browser, place: Place, stay: Enrollment, administrator: User
) -> None:
    client.force_login(place.worker)
    version, typed = shown(client, address(stay))
    typed |= {"version": version, "IncomeBenefits-InsuranceFromAnySource": "1"}
    looked = client.post(address(stay), typed | {"look": "1"}).content.decode()
    page = client.post(address(stay), typed)
    for said in (looked, page.content.decode()):
        assert "does not fit the kinds that are marked" in said
    with acting(administrator):
        assert {one.insurance_from_any_source for one in IncomeBenefits.objects.all()} == {99}
    assert client.post(address(stay), typed | {"IncomeBenefits-Medicaid": "on"}).status_code == 302


def test_what_stood_there_before_keeps_nobody_from_correcting_something_else(
    client: Browser, place: Place, stay: Enrollment, administrator: User
) -> None:
    with acting(administrator):
        IncomeBenefits.objects.filter(data_collection_stage=2).update(insurance_from_any_source=1)
    client.force_login(place.worker)
    version, typed = shown(client, address(stay))
    typed |= {"version": version, "IncomeBenefits-SSDIAmount": "900"}
    assert client.post(address(stay), typed).status_code == 302
    with acting(administrator):
        assert IncomeBenefits.objects.get(data_collection_stage=2).ssdi_amount == 900


def test_an_answer_that_is_taken_back_leaves_a_row_that_huds_files_take(
    client: Browser, place: Place, administrator: User
) -> None:
    """4.08 is optional in HUD-VASH; its row needs a DisabilityResponse."""
    with acting(administrator):
        vash = place.project(13, 20, rrh_sub_type=2)
    with acting(place.worker):
        stay = enroll(place.worker, place.client, vash, entry_date=START,
                      records={"Disabilities[8]": {"DisabilityResponse": 0}})  # fmt: skip
    client.force_login(place.worker)
    where = address(stay, "start", START)
    version, typed = shown(client, where)
    assert typed.pop("Disabilities-DisabilityResponse-8") == "0"
    assert client.post(where, typed | {"version": version}).status_code == 302
    with acting(administrator):
        assert Disabilities.objects.get(enrollment=stay).disability_response == 99


def test_the_log_tells_no_kind_of_disability() -> None:
    assert stage_actions._files(["Disabilities[8]", "IncomeBenefits", "Disabilities[5]"]) == [
        "Disabilities", "Disabilities", "IncomeBenefits",
    ]  # fmt: skip


def test_what_hangs_on_a_corrected_answer_goes_with_it(
    client: Browser, place: Place, administrator: User
) -> None:
    """Of HIV/AIDS hang elements of their own (W4, W6), which nobody changes on the form."""
    with acting(administrator):
        home = place.project(3, 15)
        stay = enroll(administrator, place.client, home, entry_date=START, records={
            "Disabilities[8]": {"DisabilityResponse": 1, "IndefiniteAndImpairs": 1, "AntiRetroviral": 1},
            "Enrollment": {"DisablingCondition": 1},
        })  # fmt: skip
    client.force_login(administrator)
    where = address(stay, "start", START)
    version, typed = shown(client, where)
    assert typed["Disabilities-AntiRetroviral"] == "1"
    typed |= {"version": version, "Disabilities-DisabilityResponse-8": "0"}
    assert client.post(where, typed).status_code == 302
    with acting(administrator):
        row = Disabilities.objects.get(enrollment=stay, disability_type=8)
        assert (row.disability_response, row.anti_retroviral) == (0, None)
