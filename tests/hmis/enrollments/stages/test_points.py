"""What happens on one day of a stay: where it is offered, possible days, two people at once."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.enrollments.actions import EnrollmentRefused, exit_stay
from hearth.hmis.enrollments.models import CurrentLivingSituation, Enrollment
from hearth.hmis.enrollments.stages.actions import ChangedMeanwhile, record_point
from hearth.hmis.enrollments.stages.points import BY_SLUG
from hearth.hmis.hud.records import model_of
from hearth.hmis.organizations.entered import new_key
from hearth.hmis.organizations.models import CEParticipation
from hearth.hmis.ui import formats
from tests import factories
from tests.hmis.enrollments.start.test_enroll import START, Place, enroll

pytestmark = pytest.mark.django_db

US = "%m/%d/%Y"


@pytest.fixture
def place(administrator: User) -> Place:
    return Place(administrator)


@pytest.fixture
def stay(place: Place) -> Enrollment:
    with acting(place.worker):
        return enroll(place.worker, place.client, place.housing)


def address(stay: Enrollment, slug: str) -> str:
    return reverse("enrollments:point", args=[stay.pk, slug])


#: (project type, funding source, who): what is offered.
OFFERED = [
    ((13, 3, 1), {"move-in"}),
    ((13, 3, 2), set()),  # of the head alone
    ((3, 2, 1), {"move-in"}),
    ((9, 2, 1), {"move-in"}),
    ((10, 2, 1), {"move-in"}),
    ((4, 21, 1), {"contact", "engagement", "path"}),
    ((4, 8, 1), {"contact", "engagement"}),
    ((1, 8, 1), {"contact", "engagement"}),
    ((0, 8, 1), set()),
    ((2, 24, 1), set()),
    ((12, 33, 1), set()),
    ((14, 4, 1), {"contact", "assessment", "event"}),
]


@pytest.mark.parametrize(("kind", "slugs"), OFFERED, ids=[str(kind) for kind, _ in OFFERED])
def test_where_each_is_offered(
    client: Browser, place: Place, administrator: User, kind: tuple[int, int, int], slugs: set[str]
) -> None:
    with acting(administrator):
        project = place.project(kind[0], kind[1], rrh_sub_type=2)
        if kind[0] == 14:
            CEParticipation.objects.create(
                **factories.record(
                    project=project, access_point=1, ce_participation_status_start_date=date(2020, 1, 1)
                )
            )
        somebody = factories.make_client(dob=date(1980, 1, 1))
        stay = factories.make_enrollment(somebody, project, entry_date=START, relationship_to_hoh=kind[2])
    client.force_login(place.worker)
    page = client.get(reverse("enrollments:detail", args=[stay.pk]))
    assert {one.slug for one in page.context["points"]} == slugs
    for slug in BY_SLUG:
        assert client.get(address(stay, slug)).status_code == (200 if slug in slugs else 302)


def test_a_move_in_is_recorded_corrected_and_taken_back(
    client: Browser, place: Place, stay: Enrollment, administrator: User
) -> None:
    client.force_login(place.worker)

    def post(**typed: Any) -> Any:
        version = client.get(address(stay, "move-in")).context["version"]
        return client.post(address(stay, "move-in"), {"version": version} | typed)

    def stored() -> Enrollment:
        with acting(administrator):
            return Enrollment.objects.get(pk=stay.pk)

    before = stored().date_updated
    assert post(**{"Enrollment-MoveInDate": START.strftime(US)}).status_code == 302
    assert stored().move_in_date == START  # the very day of the start is possible
    assert stored().date_updated > before
    assert post(**{"Enrollment-MoveInDate": (START + timedelta(days=1)).strftime(US)}).status_code == 302
    assert stored().move_in_date == START + timedelta(days=1)
    blank = post(**{"Enrollment-MoveInDate": ""})
    assert "Enter: " in blank.content.decode()
    assert post(take_back="on").status_code == 302
    assert stored().move_in_date is None


def test_two_people_see_both_values_and_nothing_is_lost(
    client: Browser, place: Place, stay: Enrollment, administrator: User
) -> None:
    client.force_login(place.worker)
    seen = client.get(address(stay, "move-in")).context["version"]
    theirs, mine = START + timedelta(days=3), START + timedelta(days=5)
    with acting(place.worker):
        record_point(
            by=place.worker, enrollment=stay, point=BY_SLUG["move-in"], day=theirs,
            values={"MoveInDate": theirs}, version=seen,
        )  # fmt: skip
    typed = {"Enrollment-MoveInDate": mine.strftime(US)}
    page = client.post(address(stay, "move-in"), typed | {"version": seen})
    said = page.content.decode()
    assert page.status_code == 200
    assert "Saved by somebody else meanwhile" in said
    (both,) = page.context["both"]
    assert (both.theirs, both.yours) == (formats.day(theirs), formats.day(mine))
    with acting(administrator):
        assert Enrollment.objects.get(pk=stay.pk).move_in_date == theirs
    again = client.post(address(stay, "move-in"), typed | {"version": page.context["version"]})
    assert again.status_code == 302
    with acting(administrator):
        assert Enrollment.objects.get(pk=stay.pk).move_in_date == mine


def test_an_imported_enrollment_keeps_its_key(client: Browser, place: Place, administrator: User) -> None:
    with acting(administrator):
        came = factories.make_enrollment(place.client, place.housing, entry_date=START, hud_id="THEIRS")
    client.force_login(place.worker)
    version = client.get(address(came, "move-in")).context["version"]
    client.post(address(came, "move-in"), {"version": version, "Enrollment-MoveInDate": START.strftime(US)})
    with acting(administrator):
        now = Enrollment.objects.get(pk=came.pk)
        assert (now.hud_id, now.data_source, now.move_in_date) == ("THEIRS", came.data_source, START)
        assert now.user_data_source is not None
        assert now.updated_by == place.worker


def test_days_that_are_impossible(place: Place, stay: Enrollment) -> None:
    today = timezone.localdate()
    end = START + timedelta(days=10)
    point = BY_SLUG["contact"]
    with acting(place.worker):
        exit_stay(by=place.worker, enrollment=stay, exit_date=end, records={})
        for day, said in (
            (START - timedelta(days=1), "before the start"),
            (end + timedelta(days=1), "after the exit"),
            (today + timedelta(days=1), "lies in the future"),
        ):
            with pytest.raises(EnrollmentRefused, match=said):
                record_point(by=place.worker, enrollment=stay, point=point, day=day, values={})
        for day in (START, end):  # the first and the last day are days of the stay
            record_point(by=place.worker, enrollment=stay, point=point, day=day, values={})
        with pytest.raises(ChangedMeanwhile):
            record_point(
                by=place.worker, enrollment=stay, point=BY_SLUG["move-in"], day=START, values={}, version="x"
            )


def test_a_contact_is_a_record_and_the_same_form_adds_one(
    client: Browser, place: Place, administrator: User
) -> None:
    with acting(administrator):
        street = place.project(4, 21)
    with acting(place.worker):
        stay = enroll(place.worker, place.client, street)
    client.force_login(place.worker)
    typed = {"CurrentLivingSituation-InformationDate": "11/03/2026", "key": new_key(),
             "CurrentLivingSituation-CurrentLivingSituation": "116"}  # fmt: skip
    for _ in range(2):
        assert client.post(address(stay, "contact"), typed).status_code == 302
    client.post(address(stay, "contact"), typed | {"key": new_key()})  # another one of the same day
    with acting(administrator):
        rows = CurrentLivingSituation.objects.filter(enrollment=stay)
        assert {(one.information_date, one.current_living_situation) for one in rows} == {
            (date(2026, 11, 3), 116)
        }
        assert rows.count() == 2


def test_an_event_of_coordinated_entry(client: Browser, place: Place, administrator: User) -> None:
    with acting(administrator):
        entry = place.project(14, 4)
    with acting(place.worker):
        stay = enroll(place.worker, place.client, entry)
    client.force_login(place.worker)
    typed = {"Event-EventDate": "11/03/2026", "Event-Event": "14", "Event-ReferralResult": "1"}
    early = client.post(address(stay, "event"), typed | {"Event-ResultDate": "11/02/2026"})
    assert "before the event" in early.content.decode()
    assert client.post(address(stay, "event"), typed | {"Event-ResultDate": "11/05/2026"}).status_code == 302
    with acting(administrator):
        (row,) = model_of("Event").objects.filter(enrollment=stay)
        assert (row.event_date, row.event, row.result_date) == (date(2026, 11, 3), 14, date(2026, 11, 5))


def test_an_event_that_does_not_say_what_happened_is_refused(
    client: Browser, place: Place, administrator: User
) -> None:
    """HUD's file may not leave it blank, and has no code for nobody asked; nor when it is corrected."""
    with acting(administrator):
        entry = place.project(14, 4)
    with acting(place.worker):
        stay = enroll(place.worker, place.client, entry)
    client.force_login(place.worker)
    typed = {"Event-EventDate": "11/03/2026"}
    assert "Choose an answer: " in client.post(address(stay, "event"), typed).content.decode()
    assert client.post(address(stay, "contact"), {
        "CurrentLivingSituation-InformationDate": "11/03/2026",  # "Data not collected" is an answer there
    }).status_code == 302  # fmt: skip
    with acting(administrator):
        assert not model_of("Event").objects.filter(enrollment=stay).exists()
    client.post(address(stay, "event"), typed | {"Event-Event": "14"})
    with acting(administrator):
        (row,) = model_of("Event").objects.filter(enrollment=stay)
    corrected = client.post(reverse("enrollments:correct_record", args=[stay.pk, "event", row.pk]), typed)
    assert "Choose an answer: " in corrected.content.decode()
    with acting(administrator):
        row.refresh_from_db()
        assert row.event == 14


def test_only_where_one_enrolls(client: Browser, place: Place, stay: Enrollment, administrator: User) -> None:
    with acting(administrator):
        other = factories.make_hmis_user(factories.make_organization())
        Enrollment.objects.filter(pk=stay.pk).update(is_shared=True)
    client.force_login(other)
    assert client.get(address(stay, "move-in")).status_code == 404
    with acting(other), pytest.raises(PermissionDenied):
        record_point(by=other, enrollment=stay, point=BY_SLUG["move-in"], day=START, values={})
