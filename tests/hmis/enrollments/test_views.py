"""Enrollments on the client's page and on their own: complete for those who may, absent for others."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.clients.models import Client
from hearth.hmis.enrollments import queries, record_facts
from hearth.hmis.enrollments.models import (
    CurrentLivingSituation,
    Disabilities,
    Enrollment,
    Exit,
    HealthAndDV,
    IncomeBenefits,
    Services,
)
from hearth.hmis.hud.records import model_of
from tests import factories

pytestmark = pytest.mark.django_db
FIRST = date(2026, 1, 5)


class World:
    """Two organizations; a client with a stay in each, full of records, and a partner in the first."""

    def __init__(self) -> None:
        self.a = factories.make_organization(organization_name="Agency Alder")
        self.b = factories.make_organization(organization_name="Agency Birch")
        self.alder = factories.make_project(self.a, project_name="Alder Shelter")
        self.birch = factories.make_project(self.b, project_name="Birch Housing")
        self.person = factories.make_client(first_name="Rosa", last_name="Quill")
        self.partner = factories.make_client(first_name="Pat", last_name="Partner", dob=date(1991, 1, 1))
        self.other_partner = factories.make_client(first_name="Oli", last_name="Otherpartner")
        self.in_a = self.stay(self.alder, self.partner, "HA", 1200)
        self.in_b = self.stay(self.birch, self.other_partner, "HB", 9876)
        self.of_a = factories.make_hmis_user(self.a)
        self.of_b = factories.make_hmis_user(self.b)

    def stay(self, project, partner, household: str, income: int) -> Enrollment:
        enrollment = factories.make_enrollment(
            self.person, project, household_id=household, disabling_condition=1, entry_date=FIRST
        )
        factories.make_enrollment(partner, project, household_id=household, relationship_to_hoh=3)

        def add(model, **fields):
            return model.objects.create(**factories.record(enrollment=enrollment, **fields))

        at_start = {"information_date": FIRST, "data_collection_stage": 1}
        add(IncomeBenefits, income_from_any_source=1, total_monthly_income=income, **at_start)
        add(HealthAndDV, domestic_violence_survivor=1, when_occurred=1, general_health_status=2, **at_start)
        add(Disabilities, disability_type=5, disability_response=1, **at_start)
        add(Disabilities, disability_type=8, disability_response=1, **at_start)
        for day in [*range(10), *range(20, 23)]:
            add(Services, record_type=200, type_provided=200, date_provided=FIRST + timedelta(day))
        for day in (1, 3):
            add(Services, record_type=141, type_provided=5, date_provided=FIRST + timedelta(day))
        add(CurrentLivingSituation, information_date=FIRST, current_living_situation=116,
            location_details=f"bridge {household}")  # fmt: skip
        assessment = add(model_of("Assessment"), assessment_date=FIRST, assessment_type=3, assessment_level=2)
        add(model_of("AssessmentQuestions"), assessment=assessment, assessment_question="q1",
            assessment_answer=f"answer {household}")  # fmt: skip
        add(model_of("AssessmentResults"), assessment=assessment, assessment_result_type="score",
            assessment_result=f"result {household}")  # fmt: skip
        add(model_of("Event"), event_date=FIRST, event=13, referral_result=1)
        add(Exit, exit_date=FIRST + timedelta(60), destination=410)
        return enrollment


@pytest.fixture
def world(administrator: User) -> World:
    with acting(administrator):
        return World()


def page(client, user: User, name: str, pk: int) -> str:
    client.force_login(user)
    response = client.get(reverse(name, args=[pk]))
    assert response.status_code == 200
    return response.content.decode()


def test_client_page_tells_the_stay(client, world: World) -> None:
    text = page(client, world.of_a, "clients:detail", world.person.pk)
    for words in ("Alder Shelter", "Agency Alder", "Pat Partner", "Income $1,200.00 a month",
                  "Bed nights", "(10 nights)", "(3 nights)", "January 5 – January 14, 2026",
                  "Physical disability", "Coordinated entry assessment", "sensitive answers",
                  "Exit destination: Rental by client"):  # fmt: skip
        assert words in text, words
    assert text.count("Bed nights") == 2
    # What happened on one day stands under that day, and does not go on.
    days = re.findall(r'class="hearth-events__day">([^<]+)<', text)
    assert days and not [day for day in days if "since" in day.lower()]
    assert "Domestic violence" not in text
    assert "HIV" not in text


def test_the_lines_of_an_assessment_stand_under_its_day(world: World, administrator: User) -> None:
    with acting(administrator):
        enrollment = world.in_a
        questions = model_of("AssessmentQuestions")
        first = questions.objects.get(enrollment=enrollment)
        for order, name in ((2, "q3"), (1, "q2")):
            questions.objects.create(
                **factories.record(
                    enrollment=enrollment, assessment=first.assessment, assessment_question=name,
                    assessment_answer="yes", assessment_question_order=order,
                )
            )  # fmt: skip
        kinds = {kind.file: kind for kind in record_facts.kinds(administrator, enrollment)}
    (asked,) = kinds["AssessmentQuestions"].records
    assert asked.day == FIRST
    assert [fact.label for fact in asked.facts] == ["q2", "q3", "q1"]
    (result,) = kinds["AssessmentResults"].records
    assert [(fact.label, fact.value[:6]) for fact in result.facts] == [("score", "result")]


TOKEN = r"[A-Za-z0-9]{64}"  # against forged requests, another one on every page
HIDDEN = ("Birch", "Oli", "Otherpartner", "9,876", "bridge HB", "answer HB", "result HB")


def test_another_organization_does_not_even_exist(client, world: World, administrator: User) -> None:
    for user, name, pk in (
        (world.of_a, "clients:detail", world.person.pk),
        (world.of_a, "enrollments:detail", world.in_a.pk),
        (world.of_a, "clients:history", world.person.pk),
        (world.of_a, "enrollments:history", world.in_a.pk),
    ):
        text = page(client, user, name, pk)
        for words in HIDDEN:
            assert words not in text, (name, words)
    for name in ("enrollments:detail", "enrollments:history"):
        client.force_login(world.of_a)
        assert client.get(reverse(name, args=[world.in_b.pk])).status_code == 404
        hidden = client.get(reverse(name, args=[world.in_b.pk])).content.decode()
        missing = client.get(reverse(name, args=[987654321])).content.decode()
        assert re.sub(TOKEN, "", hidden) == re.sub(TOKEN, "", missing)
    with acting(administrator):
        refusals = AccessLog.objects.filter(action="refused", user_id=world.of_a.pk)
        assert {row.details["enrollment"] for row in refusals} == {world.in_b.pk, 987654321}


def test_what_is_shared_is_seen(client, world: World, administrator: User) -> None:
    with acting(administrator):
        Enrollment.objects.filter(household_id="HB").update(is_shared=True)
    text = page(client, world.of_a, "clients:detail", world.person.pk)
    assert "Birch Housing" in text
    assert "Oli Otherpartner" in text
    assert "answer HB" in page(client, world.of_a, "enrollments:detail", world.in_b.pk)


def test_history_of_another_organization_stays_hidden(client, world: World, administrator: User) -> None:
    with acting(world.of_b):
        for enrollment in Enrollment.objects.filter(pk=world.in_b.pk):
            enrollment.date_of_engagement = date(2026, 2, 2)
            enrollment.save()
    text = page(client, world.of_b, "enrollments:history", world.in_b.pk)
    assert "Date of engagement" in text
    assert "February 2, 2026" in text
    client.force_login(world.of_a)
    assert client.get(reverse("enrollments:history", args=[world.in_b.pk])).status_code == 404


def test_enrollment_page_has_every_kind_of_record(client, world: World) -> None:
    text = page(client, world.of_a, "enrollments:detail", world.in_a.pk)
    for words in ("Alder Shelter", "13 nights in all", "(10 nights)", "(3 nights)", "$1,200.00", "answer HA",
                  "result HA", "bridge HA", "Pat Partner", "Sensitive answers",
                  "Survivor of domestic violence", "Coordinated entry events", "Physical disability",
                  "HIV/AIDS", "Rental by client", "This organization only"):  # fmt: skip
        assert words in text, words


def test_many_stretches_of_bed_nights_are_told_as_one(client, world: World, administrator: User) -> None:
    with acting(administrator):
        for day in range(30, 60, 3):
            Services.objects.create(
                **factories.record(
                    enrollment=world.in_a, record_type=200, date_provided=FIRST + timedelta(day)
                )
            )
    text = page(client, world.of_a, "clients:detail", world.person.pk)
    assert text.count("Bed nights") == 1
    assert "(23 nights): with 11 gaps" in text
    assert "23 nights in all, in 12 stretches" in page(
        client, world.of_a, "enrollments:detail", world.in_a.pk
    )


def test_faulty_values_are_shown_as_they_came(client, world: World, administrator: User) -> None:
    with acting(administrator):
        Exit.objects.filter(enrollment=world.in_a).update(
            destination=None, as_it_came={"Destination": "four"}, is_faulty=True
        )
    text = page(client, world.of_a, "enrollments:detail", world.in_a.pk)
    assert "came as “four”" in text


def test_deleted_records_only_for_administrators(client, world: World, administrator: User) -> None:
    with acting(administrator):
        Enrollment.objects.filter(pk=world.in_a.pk).update(date_deleted=factories.WHEN)
    assert "Alder Shelter" not in page(client, world.of_a, "clients:detail", world.person.pk)
    assert "Deleted" in page(client, administrator, "clients:detail", world.person.pk)
    client.force_login(world.of_a)
    assert client.get(reverse("enrollments:detail", args=[world.in_a.pk])).status_code == 404
    assert "was deleted on" in page(client, administrator, "enrollments:detail", world.in_a.pk)


def test_stays_of_a_deleted_client_only_for_administrators(client, world: World, administrator: User) -> None:
    with acting(administrator):
        type(world.person).objects.filter(pk=world.person.pk).update(date_deleted=factories.WHEN)
    client.force_login(world.of_a)
    for name in ("enrollments:detail", "enrollments:history"):
        assert client.get(reverse(name, args=[world.in_a.pk])).status_code == 404
    page(client, administrator, "enrollments:detail", world.in_a.pk)


@pytest.mark.parametrize("name", ["enrollments:detail", "enrollments:history"])
def test_who_is_refused(client, world: World, name: str) -> None:
    address = reverse(name, args=[world.in_a.pk])
    assert client.get(address).status_code == 302
    for user in (factories.make_auditor(), factories.make_user()):
        client.force_login(user)
        assert client.get(address).status_code == 403
    client.force_login(world.of_a)
    assert client.get("/enrollments/99999999999999999999/").status_code == 404


def test_python_side_alone_hides_as_well(world: World, administrator: User) -> None:
    """While an administrator acts, the database hides nothing: `restrict` has to."""
    with acting(administrator):
        stays = queries.stays_of(world.of_a, Client.objects.get(pk=world.person.pk))
        assert [one.enrollment.pk for one in stays] == [world.in_a.pk]
        assert queries.stay(world.of_a, world.in_b.pk) is None
        assert queries.stays_of(factories.make_auditor(), world.person) == []


def test_what_people_typed_is_never_markup(client, world: World, administrator: User) -> None:
    evil = "<script>alert(1)</script>"
    with acting(administrator):
        person = factories.make_client(first_name=evil, last_name=evil, additional_race_ethnicity=evil,
                                       as_it_came={"Sex": evil}, user_id=evil)  # fmt: skip
        project = factories.make_project(world.a, project_name=evil)
        stay = factories.make_enrollment(person, project, household_id=evil, as_it_came={"EntryDate": evil})
        partner = factories.make_client(first_name=evil)
        factories.make_enrollment(partner, project, household_id=evil, relationship_to_hoh=3)
        person.last_name = "Quill"
        person.save()
        stay.vamc_station = evil
        stay.save()
    pages = [
        page(client, world.of_a, name, pk)
        for name, pk in (
            ("clients:detail", person.pk), ("clients:history", person.pk),
            ("enrollments:detail", stay.pk), ("enrollments:history", stay.pk),
        )
    ]  # fmt: skip
    results = client.post(reverse("clients:search"), {"q": f"{evil} quill"}, follow=True)
    pages.append(results.content.decode())
    pages.append(client.get(reverse("clients:recent")).content.decode())
    for text in pages:
        assert "&lt;script&gt;" in text
        assert "<script>alert" not in text
