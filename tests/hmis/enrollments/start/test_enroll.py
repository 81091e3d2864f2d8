"""Enrolling a client: what is asked follows from the standards, what is stored is what HUD's files hold."""

import re
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
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.clients.models import Client
from hearth.hmis.enrollments import actions
from hearth.hmis.enrollments.models import (
    Disabilities,
    Enrollment,
    Exit,
    HealthAndDV,
    IncomeBenefits,
    Services,
)
from hearth.hmis.enrollments.start.questions import StartForm
from hearth.hmis.organizations.entered import new_key
from hearth.hmis.organizations.models import Funder, Organization, Project, ProjectCoC
from tests import factories

pytestmark = pytest.mark.django_db

START = date(2026, 11, 2)
COC_RRH, ESG, NBN, RRH = 3, 8, 1, 13
SIX = {f"Disabilities-DisabilityResponse-{kind}": "0" for kind in range(5, 11)}


class Place:
    """An organization with a worker, a night-by-night shelter of ESG, and rapid re-housing; a client."""

    def __init__(self, administrator: User) -> None:
        with acting(administrator):
            self.organization: Organization = factories.make_organization()
            self.worker = factories.make_hmis_user(self.organization)
            self.shelter = self.project(NBN, ESG)
            self.housing = self.project(RRH, COC_RRH, rrh_sub_type=2)
            self.elsewhere = factories.make_project(project_type=0)
            self.client = factories.make_client(veteran_status=0)

    def project(self, kind: int, funder: int, **fields: Any) -> Project:
        made = factories.make_project(self.organization, project_type=kind, **fields)
        Funder.objects.create(
            **factories.record(project=made, funder=funder, grant_id="G", start_date=date(2020, 1, 1))
        )
        ProjectCoC.objects.create(**factories.record(project=made, coc_code="MN-500"))
        return made

    def form(self, project: Project, **typed: Any) -> StartForm:
        return StartForm(
            typed, user=self.worker, client=self.client, place=project, start=START, relationship=1
        )


@pytest.fixture
def place(administrator: User) -> Place:
    return Place(administrator)


def answered(form: StartForm) -> dict[str, dict[str, Any]]:
    assert form.is_valid(), form.errors.as_json()
    return form.answered.records


# ------------------------------------------------------------------ what is asked and what follows


def test_esg_asks_no_income_in_a_night_by_night_shelter(place: Place) -> None:
    with acting(place.worker):
        shelter, housing = place.form(place.shelter), place.form(place.housing)
    asked = {one.element.number for one in shelter.questions}
    assert not asked & {"4.02", "4.03", "4.04"}
    assert {"3.917", "4.05", "4.11"} <= asked
    assert {"4.02", "4.03", "4.04"} <= {one.element.number for one in housing.questions}


def test_nobody_asked_anything(place: Place) -> None:
    with acting(place.worker):
        form = place.form(place.housing)
        records = answered(form)
    assert records["Enrollment"]["LivingSituation"] == 99
    assert records["Enrollment"]["DisablingCondition"] == 99
    assert records["Enrollment"]["EnrollmentCoC"] == "MN-500"
    assert records["IncomeBenefits"]["IncomeFromAnySource"] == 99
    assert records["IncomeBenefits"]["Earned"] is None
    assert records["IncomeBenefits"]["TotalMonthlyIncome"] is None
    assert records["Disabilities[8]"] == {"DisabilityResponse": 99}
    assert "IncomeBenefits.IncomeFromAnySource" in form.answered.due
    assert "IncomeBenefits.Earned" not in form.answered.due


def test_income_is_added_up_and_the_rest_is_no(place: Place) -> None:
    typed = {
        "IncomeBenefits-IncomeFromAnySource": "1", "IncomeBenefits-SSDI": "on",
        "IncomeBenefits-SSDIAmount": "1031.50", "IncomeBenefits-Earned": "on",
        "IncomeBenefits-EarnedAmount": "16",
    }  # fmt: skip
    with acting(place.worker):
        income = answered(place.form(place.housing, **typed))["IncomeBenefits"]
    assert (income["SSDI"], income["SSDIAmount"], income["Earned"]) == (1, Decimal("1031.50"), 1)
    assert (income["SSI"], income["SSIAmount"], income["Pension"]) == (0, None, 0)
    assert income["TotalMonthlyIncome"] == Decimal("1047.50")


def test_answers_behind_a_closed_gate_are_not_stored_and_counted(place: Place) -> None:
    typed = {"IncomeBenefits-IncomeFromAnySource": "0", "IncomeBenefits-SSDI": "on",
             "IncomeBenefits-SSDIAmount": "1031.50"}  # fmt: skip
    with acting(place.worker):
        form = place.form(place.housing, **typed)
        income = answered(form)["IncomeBenefits"]
    assert (income["SSDI"], income["SSDIAmount"], income["TotalMonthlyIncome"]) == (None, None, None)
    assert form.answered.dropped == 2


@pytest.mark.parametrize(
    ("said", "condition"),
    [
        ({}, 0),
        ({"DisabilityResponse-6": "1"}, 1),  # developmental: by itself
        ({"DisabilityResponse-8": "1"}, 1),  # HIV: by itself
        ({"DisabilityResponse-5": "1"}, 99),  # not said whether it lasts
        ({"DisabilityResponse-5": "1", "IndefiniteAndImpairs-5": "1"}, 1),
        ({"DisabilityResponse-5": "1", "IndefiniteAndImpairs-5": "0"}, 0),
        ({"DisabilityResponse-10": "3", "IndefiniteAndImpairs-10": "1"}, 1),
        ({"DisabilityResponse-10": "2", "IndefiniteAndImpairs-10": "0"}, 0),
        ({"DisabilityResponse-9": "8"}, 99),
        ({"DisabilityResponse-9": ""}, 99),
    ],
)
def test_users_ask_10_the_disabling_condition_follows(
    place: Place, said: dict[str, str], condition: int
) -> None:
    typed = SIX | {f"Disabilities-{name}": code for name, code in said.items()}
    with acting(place.worker):
        form = place.form(place.shelter, **typed)
        assert answered(form)["Enrollment"]["DisablingCondition"] == condition
    assert "Enrollment.DisablingCondition" not in {one.name for one in form.questions}
    assert bool(form.disabling_because) is (condition == 1)


def test_users_ask_12_a_project_of_two_cocs_asks_which(place: Place, administrator: User) -> None:
    with acting(administrator):
        ProjectCoC.objects.create(**factories.record(project=place.shelter, coc_code="MN-501"))
    with acting(place.worker):
        assert not place.form(place.shelter).is_valid()
        assert answered(place.form(place.shelter, coc="MN-501"))["Enrollment"]["EnrollmentCoC"] == "MN-501"
        assert "coc" in place.form(place.shelter, coc="MN-502").errors


# ------------------------------------------------------------------ what is stored


def test_a_stay_with_its_records_and_first_night(client: Browser, place: Place, administrator: User) -> None:
    client.force_login(place.worker)
    chosen = client.post(
        reverse("enrollments:choose", args=[place.client.pk]),
        {"project": place.shelter.pk, "start": "11/02/2026"},
    )
    assert chosen.url == f"/clients/{place.client.pk}/enroll/{place.shelter.pk}/?start=2026-11-02"
    page = client.get(chosen.url).content.decode()
    assert "Prior Living Situation" in page
    typed = SIX | {"Enrollment-LivingSituation": "116", "Disabilities-DisabilityResponse-6": "1",
                   "HealthAndDV-DomesticViolenceSurvivor": "0", "key": new_key()}  # fmt: skip
    answer = client.post(chosen.url, typed)
    with acting(administrator):
        stay = Enrollment.objects.get(client=place.client)
        assert answer.url == reverse("enrollments:detail", args=[stay.pk])
        assert (stay.project, stay.entry_date, stay.relationship_to_hoh) == (place.shelter, START, 1)
        assert (stay.living_situation, stay.disabling_condition, stay.enrollment_coc) == (116, 1, "MN-500")
        assert len(stay.household_id) == len(stay.hud_id) == 32
        assert (stay.created_by, stay.organization) == (place.worker, place.organization)
        rows = {one.disability_type: one for one in Disabilities.objects.filter(enrollment=stay)}
        assert sorted(rows) == [5, 6, 7, 8, 9, 10]
        assert (rows[6].disability_response, rows[5].disability_response) == (1, 0)
        assert {(one.information_date, one.data_collection_stage) for one in rows.values()} == {(START, 1)}
        assert HealthAndDV.objects.get(enrollment=stay).domestic_violence_survivor == 0
        assert not IncomeBenefits.objects.filter(enrollment=stay).exists()
        (night,) = Services.objects.filter(enrollment=stay)
        assert (night.record_type, night.type_provided, night.date_provided) == (200, 200, START)
        assert AccessLog.objects.filter(action="enrolled", client_id=place.client.pk).exists()
    assert client.post(chosen.url, typed).url == answer.url  # sent again
    with acting(administrator):
        assert Enrollment.objects.filter(client=place.client).count() == 1


def enroll(by: User, client: Client, project: Project, **more: Any) -> Enrollment:
    return actions.enroll(
        by=by,
        client=client,
        project=project,
        **{"entry_date": START, "relationship": 1, "records": {}} | more,
    )


def test_only_in_projects_where_one_enrolls(client: Browser, place: Place) -> None:
    with acting(place.worker), pytest.raises(PermissionDenied):
        enroll(place.worker, place.client, place.elsewhere)
    client.force_login(place.worker)
    address = reverse("enrollments:start", args=[place.client.pk, place.elsewhere.pk])
    assert client.post(f"{address}?start=2026-11-02", {}).status_code == 404
    page = client.post(reverse("enrollments:choose", args=[place.client.pk]),
                       {"project": place.elsewhere.pk, "start": "11/02/2026"})  # fmt: skip
    assert "Choose from the list" in page.content.decode()


def test_what_is_impossible_is_refused(place: Place, administrator: User) -> None:
    today = timezone.localdate()
    with acting(administrator):
        closed = factories.make_project(place.organization, operating_end_date=date(2026, 6, 30))
        late = factories.make_project(place.organization, operating_start_date=START + timedelta(days=1))
    with acting(place.worker):
        for project, day, said in (
            (place.shelter, today + timedelta(days=1), "lies in the future"),
            (place.shelter, place.client.dob - timedelta(days=1), "before the client's birth date"),
            (closed, date(2026, 7, 1), "The project ended"),
            (late, START, "The project began"),
        ):
            with pytest.raises(actions.EnrollmentRefused, match=said):
                enroll(place.worker, place.client, project, entry_date=day)
        enroll(place.worker, place.client, place.shelter)
        with pytest.raises(actions.EnrollmentRefused, match="enrolled there since November 2"):
            enroll(place.worker, place.client, place.shelter, entry_date=START + timedelta(days=3))
        enroll(place.worker, place.client, place.housing)  # in another project


def test_who_joins_is_of_the_household(place: Place, administrator: User) -> None:
    with acting(administrator):
        head = factories.make_enrollment(project=place.housing)
        other = factories.make_enrollment(project=place.shelter)
    with acting(place.worker):
        joined = enroll(place.worker, place.client, place.housing, household=head, relationship=2)
        assert (joined.household_id, joined.household_data_source) == (head.household_id, head.data_source)
        with pytest.raises(actions.EnrollmentRefused, match="another project"):
            enroll(place.worker, factories.make_client(), place.housing, household=other, relationship=2)


@pytest.mark.parametrize("day", ["", "x", "2026-13-01", "9999-12-31", "0001-01-01"])
def test_an_address_with_another_day_leads_back(client: Browser, place: Place, day: str) -> None:
    client.force_login(place.worker)
    address = reverse("enrollments:start", args=[place.client.pk, place.shelter.pk])
    assert client.get(f"{address}?start={day}").status_code in (302, 404)


#: Each kind of project with a main funding source of its own (codes of 2.02.6 and 2.06.1).
MAIN = {
    "ES EE, ESG": (0, 8), "ES NbN, ESG": (1, 8), "TH, RHY": (2, 24), "PSH, HOPWA": (3, 13),
    "SO, PATH": (4, 21), "SSO, CoC": (6, 4), "SH, CoC": (8, 5), "HP, SSVF": (12, 33),
    "RRH, VASH": (13, 20), "CE, CoC": (14, 4),
}  # fmt: skip


OF_VETERANS = ("HP, SSVF", "RRH, VASH")


@pytest.mark.parametrize("kind", MAIN)
def test_from_start_to_exit_of_each_kind_with_nothing_answered(
    client: Browser, place: Place, administrator: User, kind: str
) -> None:
    with acting(administrator):
        project = place.project(*MAIN[kind])
    client.force_login(place.worker)
    address = reverse("enrollments:start", args=[place.client.pk, project.pk])
    assert client.get(f"{address}?start=2026-11-02").status_code == 200
    typed: dict[str, Any] = {"key": new_key()}
    page = client.post(f"{address}?start=2026-11-02", typed)
    if kind in OF_VETERANS:  # of whom there is none here: it is said, and left as it is
        text = page.content.decode()
        assert "Nobody in a household served by a VA project is a veteran" in text
        typed["seen"] = re.findall(r'name="seen" value="([^"]+)"', text)
        page = client.post(f"{address}?start=2026-11-02", typed)
    assert page.status_code == 302
    with acting(administrator):
        stay = Enrollment.objects.get(client=place.client)
    address = reverse("enrollments:exit", args=[stay.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"exit_date": "11/20/2026"}).status_code == 302
    assert client.get(page.url).status_code == 200
    with acting(administrator):
        assert Exit.objects.get(enrollment=stay).destination == 99


def test_somebody_may_come_back_on_the_day_on_which_they_left(place: Place) -> None:
    end = START + timedelta(days=5)
    with acting(place.worker):
        stay = enroll(place.worker, place.client, place.housing, entry_date=START)
        actions.exit_stay(by=place.worker, enrollment=stay, exit_date=end, records={})
        with pytest.raises(actions.EnrollmentRefused):
            enroll(place.worker, place.client, place.housing, entry_date=end - timedelta(days=1))
        enroll(place.worker, place.client, place.housing, entry_date=end)
