"""One contact, assessment or event corrected or removed; 3.08 goes back when its answer is gone."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client as Browser
from django.urls import reverse

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.enrollments.actions import exit_stay
from hearth.hmis.enrollments.models import CurrentLivingSituation, Disabilities, Enrollment
from hearth.hmis.enrollments.stages import actions
from hearth.hmis.enrollments.stages.points import BY_SLUG
from hearth.hmis.hud.records import model_of
from tests import factories
from tests.hmis.enrollments.household.test_corrections import fix
from tests.hmis.enrollments.start.test_enroll import START, Place, enroll

pytestmark = pytest.mark.django_db

DAY = START + timedelta(days=2)
NONE = {f"Disabilities[{kind}]": {"DisabilityResponse": 0} for kind in range(5, 11)}
DEVELOPMENTAL = {"Disabilities[6]": {"DisabilityResponse": 1}}


@pytest.fixture
def place(administrator: User) -> Place:
    return Place(administrator)


@pytest.fixture
def stay(place: Place, administrator: User) -> Enrollment:
    with acting(administrator):
        street = place.project(4, 21)
    with acting(place.worker):
        return enroll(place.worker, place.client, street)


@pytest.fixture
def contact(place: Place, stay: Enrollment) -> Any:
    with acting(place.worker):
        actions.record_point(
            by=place.worker, enrollment=stay, point=BY_SLUG["contact"], day=DAY,
            values={"InformationDate": DAY, "CurrentLivingSituation": 116},
        )  # fmt: skip
        return CurrentLivingSituation.objects.get(enrollment=stay, information_date=DAY)


def address(record: Any, slug: str, what: str = "correct") -> str:
    return reverse(f"enrollments:{what}_record", args=[record.enrollment_id, slug, record.pk])


def test_a_contact_is_corrected(
    client: Browser, place: Place, contact: Any, stay: Enrollment, administrator: User
) -> None:
    client.force_login(place.worker)
    at = address(contact, "contact")
    assert at in client.get(reverse("enrollments:detail", args=[stay.pk])).content.decode()
    page = client.get(at)
    typed = {"version": page.context["version"], "CurrentLivingSituation-InformationDate": "11/06/2026",
             "CurrentLivingSituation-CurrentLivingSituation": "101"}  # fmt: skip
    early = typed | {"CurrentLivingSituation-InformationDate": "11/01/2026"}
    assert "before the start" in client.post(at, early).content.decode()
    assert client.post(at, typed).status_code == 302
    with acting(administrator):
        now = CurrentLivingSituation.objects.get(pk=contact.pk)
        assert (now.information_date, now.current_living_situation) == (date(2026, 11, 6), 101)
        assert (now.hud_id, now.updated_by) == (contact.hud_id, place.worker)
        logged = AccessLog.objects.get(action="record_corrected").details
        assert (logged["stage"], logged["records"]) == ("contact", ["CurrentLivingSituation"])


def test_two_people_see_both_values(
    client: Browser, place: Place, contact: Any, stay: Enrollment, administrator: User
) -> None:
    client.force_login(place.worker)
    at = address(contact, "contact")
    seen = client.get(at).context["version"]
    with acting(place.worker):
        actions.correct_record(
            by=place.worker, enrollment=stay, point=BY_SLUG["contact"], pk=contact.pk, version=seen,
            values={"current_living_situation": 118},
        )  # fmt: skip
    typed = {"version": seen, "CurrentLivingSituation-InformationDate": "11/04/2026",
             "CurrentLivingSituation-CurrentLivingSituation": "101"}  # fmt: skip
    page = client.post(at, typed)
    assert "Saved by somebody else meanwhile" in page.content.decode()
    assert (
        "Somebody else saved this meanwhile"
        in client.post(address(contact, "contact", "remove"), {"version": seen}).content.decode()
    )
    with acting(administrator):
        now = CurrentLivingSituation.objects.get(pk=contact.pk)
        assert (now.current_living_situation, now.date_deleted) == (118, None)


def test_a_contact_is_removed_after_a_look(
    client: Browser, place: Place, contact: Any, stay: Enrollment, administrator: User
) -> None:
    client.force_login(place.worker)
    page = client.get(address(contact, "contact", "remove"))
    assert "Place not meant for habitation" in page.content.decode()
    with acting(administrator):
        assert CurrentLivingSituation.objects.get(pk=contact.pk).date_deleted is None  # only looked at
    sent = client.post(address(contact, "contact", "remove"), {"version": page.context["version"]})
    assert sent.status_code == 302
    with acting(administrator):
        assert CurrentLivingSituation.objects.get(pk=contact.pk).date_deleted is not None
        assert AccessLog.objects.get(action="record_removed").details["stage"] == "contact"
    assert client.get(address(contact, "contact")).status_code == 302  # there no longer


def test_an_assessment_goes_with_its_questions_and_results(
    client: Browser, place: Place, administrator: User
) -> None:
    with acting(administrator):
        stay = factories.make_enrollment(place.client, place.shelter, entry_date=START)

        def add(file: str, **fields: Any) -> Any:
            return model_of(file).objects.create(**factories.record(enrollment=stay, **fields))

        made, other = (add("Assessment", assessment_date=DAY, assessment_type=1) for _ in range(2))
        add("AssessmentQuestions", assessment=made, assessment_question="Q1", assessment_answer="A")
        add("AssessmentResults", assessment=made, assessment_result_type="Score", assessment_result="7")
        add("AssessmentResults", assessment=other, assessment_result_type="Score", assessment_result="8")
    client.force_login(place.worker)
    opened = client.get(address(made, "assessment"))  # the project does not ask it
    assert opened.url == address(made, "assessment", "remove")
    page = client.get(opened.url)
    client.post(opened.url, {"version": page.context["version"]})
    with acting(administrator):
        left = {
            file: model_of(file).objects.filter(date_deleted=None).count()
            for file in ("Assessment", "AssessmentQuestions", "AssessmentResults")
        }
    assert left == {"Assessment": 1, "AssessmentQuestions": 0, "AssessmentResults": 1}


def test_only_where_one_enrolls(
    client: Browser, place: Place, contact: Any, stay: Enrollment, administrator: User
) -> None:
    with acting(administrator):
        other = factories.make_hmis_user(factories.make_organization())
        Enrollment.objects.filter(pk=stay.pk).update(is_shared=True)
        elsewhere = factories.make_enrollment(place.client, place.shelter, entry_date=START)
    client.force_login(other)
    about: dict[str, Any] = {"enrollment": stay, "point": BY_SLUG["contact"], "pk": contact.pk}
    for what in ("correct", "remove"):
        assert client.get(address(contact, "contact", what)).status_code == 404
    with acting(other):
        with pytest.raises(PermissionDenied):
            actions.remove_record(by=other, version="", **about)
        with pytest.raises(PermissionDenied):
            actions.correct_record(by=other, version="", values={}, **about)
    client.force_login(place.worker)
    of_another = reverse("enrollments:correct_record", args=[elsewhere.pk, "contact", contact.pk])
    assert client.get(of_another).url == reverse("enrollments:detail", args=[elsewhere.pk])
    for slug in ("move-in", "x"):
        assert client.get(address(contact, slug)).status_code == 404


# ------------------------------------------------------------------ the disabling condition


def condition(stay: Enrollment, administrator: User) -> int | None:
    with acting(administrator):
        return Enrollment.objects.get(pk=stay.pk).disabling_condition


def remove_update(client: Browser, stay: Enrollment) -> None:
    at = reverse("enrollments:remove_answers", args=[stay.pk, "update", DAY.isoformat()])
    assert client.post(at, {"version": client.get(at).context["version"]}).status_code == 302


@pytest.mark.parametrize(
    ("at_start", "after"), [(NONE, 0), ({}, 99), (NONE | DEVELOPMENTAL, 1)], ids=["no", "not asked", "yes"]
)
def test_a_yes_goes_with_the_update_that_made_it(
    client: Browser, place: Place, administrator: User, at_start: Any, after: int
) -> None:
    with acting(place.worker):
        stay = enroll(place.worker, place.client, place.housing, records=at_start)
        actions.record_stage(
            by=place.worker, enrollment=stay, stage="update", day=DAY, records=DEVELOPMENTAL, disabling=1
        )
    assert condition(stay, administrator) == 1
    client.force_login(place.worker)
    remove_update(client, stay)
    assert condition(stay, administrator) == after


def test_a_yes_stays_where_nothing_of_disabilities_goes_or_hiv_is_kept_from_the_user(
    client: Browser, place: Place, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with acting(place.worker):
        stay = enroll(place.worker, place.client, place.housing, records=NONE)
        for records in ({"HealthAndDV": {"DomesticViolenceSurvivor": 0}}, DEVELOPMENTAL):
            actions.record_stage(
                by=place.worker, enrollment=stay, stage="update", day=DAY, records=records, disabling=1
            )
            if records is not DEVELOPMENTAL:
                client.force_login(place.worker)
                remove_update(client, stay)
                assert condition(stay, administrator) == 1
    factories.take_rights(monkeypatch, Permission.HIV_VIEW)
    remove_update(client, stay)
    assert condition(stay, administrator) == 1


def test_a_yes_goes_with_the_exit_that_made_it(client: Browser, place: Place, administrator: User) -> None:
    with acting(place.worker):
        stay = enroll(place.worker, place.client, place.housing, records=NONE)
        exit_stay(by=place.worker, enrollment=stay, exit_date=DAY, records=DEVELOPMENTAL)
    assert condition(stay, administrator) == 1
    fix(client, place.worker, stay, "reopen", {"reason": "mistake"})
    assert condition(stay, administrator) == 0
    with acting(administrator):
        assert not Disabilities.objects.filter(data_collection_stage=3, date_deleted=None).exists()
