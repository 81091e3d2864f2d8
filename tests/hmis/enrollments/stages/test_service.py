"""Military service of a veteran (V1): where it is asked, recorded once, due until then, and corrected."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client as Browser
from django.urls import reverse

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.clients.models import Client
from hearth.hmis.enrollments.drafts.form_draft import SAVE
from hearth.hmis.enrollments.models import Draft, Enrollment
from hearth.hmis.enrollments.stages.actions import ChangedMeanwhile, record_service
from tests import factories
from tests.hmis.enrollments.start.test_enroll import START, Place, enroll

pytestmark = pytest.mark.django_db

YES, NO, UNKNOWN, NOT_COLLECTED = 1, 0, 8, 99
ASKED = "Military service, asked of veterans here"


@pytest.fixture
def place(administrator: User) -> Place:
    return Place(administrator)


def veteran(**values: Any) -> Client:
    return factories.make_client(dob=date(1975, 5, 5), veteran_status=YES, **values)


def stay_of(
    place: Place, administrator: User, somebody: Client, kind: int = 13, funder: int = 33
) -> Enrollment:
    with acting(administrator):
        project = place.project(kind, funder, rrh_sub_type=2)
        return factories.make_enrollment(somebody, project, entry_date=START)


def stored(administrator: User, somebody: Client) -> Client:
    with acting(administrator):
        return Client.objects.get(pk=somebody.pk)


def address(stay: Enrollment) -> str:
    return reverse("enrollments:service", args=[stay.pk])


def due(browser: Browser, stay: Enrollment) -> bool:
    page = browser.get(reverse("enrollments:detail", args=[stay.pk]))
    return ASKED in [one.title for one in page.context["due"]]


#: (project type, funding source, veteran status, age 18 or more): whether V1 is asked.
WHERE = [
    ((13, 33, YES, True), True),
    ((3, 20, YES, True), True),
    ((2, 38, YES, True), True),
    ((8, 27, YES, True), True),
    ((13, 33, NO, True), False),
    ((13, 33, NOT_COLLECTED, True), False),
    ((13, 33, YES, False), False),
    ((13, 2, YES, True), False),
    ((4, 21, YES, True), False),
]


@pytest.mark.parametrize(("case", "is_asked"), WHERE, ids=[str(case) for case, _ in WHERE])
def test_where_it_is_asked(
    client: Browser, place: Place, administrator: User, case: tuple[int, int, int, bool], is_asked: bool
) -> None:
    kind, funder, status, is_adult = case
    with acting(administrator):
        born = date(1975, 5, 5) if is_adult else date(START.year - 9, 5, 5)
        somebody = factories.make_client(dob=born, veteran_status=status)
        project = place.project(kind, funder, rrh_sub_type=2)
    client.force_login(place.worker)
    begin = reverse("enrollments:start", args=[somebody.pk, project.pk])
    page = client.get(begin, {"start": START.isoformat()})
    assert page.status_code == 200
    assert ('name="Client-YearEnteredService"' in page.content.decode()) is is_asked
    with acting(administrator):
        stay = factories.make_enrollment(somebody, project, entry_date=START)
    assert due(client, stay) is is_asked
    assert client.get(address(stay)).status_code == (200 if is_asked else 302)


def test_it_is_recorded_at_the_start_and_not_asked_again(
    client: Browser, place: Place, administrator: User
) -> None:
    with acting(administrator):
        somebody = veteran()
        project = place.project(13, 33, rrh_sub_type=2)
    client.force_login(place.worker)
    begin = reverse("enrollments:start", args=[somebody.pk, project.pk]) + f"?start={START.isoformat()}"
    key = client.get(begin).context["key"]
    typed = {
        "key": key, "Client-YearEnteredService": "1994", "Client-YearSeparated": "1998",
        "Client-IraqOIF": str(NO), "Client-MilitaryBranch": "1", "Client-DischargeStatus": "1",
    }  # fmt: skip
    answer = client.post(begin, typed)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    now = stored(administrator, somebody)
    assert (now.year_entered_service, now.year_separated) == (1994, 1998)
    assert (now.iraq_oif, now.military_branch, now.discharge_status) == (NO, 1, 1)
    assert now.korean_war == NOT_COLLECTED  # required, and nobody answered
    assert now.date_updated is not None and now.user_id
    with acting(administrator):
        stay = Enrollment.objects.get(client=somebody)
    assert not due(client, stay)
    with acting(administrator):
        other = place.project(13, 33, rrh_sub_type=2)
    again = client.get(
        reverse("enrollments:start", args=[somebody.pk, other.pk]), {"start": START.isoformat()}
    )
    assert again.status_code == 200
    assert "Client-YearEnteredService" not in again.content.decode()


def test_what_nobody_answered_at_the_start_stays_due(
    client: Browser, place: Place, administrator: User
) -> None:
    with acting(administrator):
        somebody = veteran()
        project = place.project(13, 33, rrh_sub_type=2)
    client.force_login(place.worker)
    begin = reverse("enrollments:start", args=[somebody.pk, project.pk]) + f"?start={START.isoformat()}"
    before = stored(administrator, somebody).date_updated
    assert client.post(begin, {"key": client.get(begin).context["key"]}).status_code == 302
    assert stored(administrator, somebody).date_updated == before  # nobody wrote the client
    with acting(administrator):
        stay = Enrollment.objects.get(client=somebody)
    assert due(client, stay)


def test_impossible_years_are_refused_at_the_field(
    client: Browser, place: Place, administrator: User
) -> None:
    with acting(administrator):
        somebody = veteran()
    stay = stay_of(place, administrator, somebody)
    client.force_login(place.worker)
    for entered, separated in (("1998", "1994"), ("1200", "1998"), ("x", "1998"), ("-1", ""), ("9" * 40, "")):
        version = client.get(address(stay)).context["version"]
        page = client.post(
            address(stay),
            {"version": version, "Client-YearEnteredService": entered, "Client-YearSeparated": separated},
        )
        assert page.status_code == 200, (entered, separated)
        assert page.context["form"].errors
    assert stored(administrator, somebody).year_entered_service is None


def test_it_is_corrected_from_the_clients_page_and_keeps_its_history(
    client: Browser, place: Place, administrator: User
) -> None:
    with acting(administrator):
        somebody = veteran(year_entered_service=1990, year_separated=1998, military_branch=2)
    stay = stay_of(place, administrator, somebody)
    client.force_login(place.worker)
    page = client.get(reverse("clients:detail", args=[somebody.pk])).content.decode()
    assert address(stay) in page
    form = client.get(address(stay))
    assert 'value="1990"' in form.content.decode()
    sent = {
        "version": form.context["version"], "Client-YearEnteredService": "1991",
        "Client-YearSeparated": "1998", "Client-MilitaryBranch": "2",
    }  # fmt: skip
    assert client.post(address(stay), sent).status_code == 302
    now = stored(administrator, somebody)
    assert (now.year_entered_service, now.year_separated, now.military_branch) == (1991, 1998, 2)
    with acting(administrator):
        log = client.get(reverse("clients:detail", args=[somebody.pk])).content.decode()
    assert "1991" in log
    client.force_login(administrator)
    history = client.get(reverse("clients:history", args=[somebody.pk])).content.decode()
    assert "1990" in history and "1991" in history


def test_two_people_see_both_values(client: Browser, place: Place, administrator: User) -> None:
    with acting(administrator):
        somebody = veteran(year_entered_service=1990)
    stay = stay_of(place, administrator, somebody)
    client.force_login(place.worker)
    version = client.get(address(stay)).context["version"]
    first = client.post(address(stay), {"version": version, "Client-YearEnteredService": "1991"})
    assert first.status_code == 302
    second = client.post(address(stay), {"version": version, "Client-YearEnteredService": "1992"})
    assert second.status_code == 200
    assert ("1991", "1992") in [(one.theirs, one.yours) for one in second.context["both"]]
    assert stored(administrator, somebody).year_entered_service == 1991
    with acting(place.worker), pytest.raises(ChangedMeanwhile):
        record_service(by=place.worker, enrollment=stay, values={"year_separated": 1999}, version=version)


def test_only_who_works_there_records_it(client: Browser, place: Place, administrator: User) -> None:
    with acting(administrator):
        somebody = veteran()
        stranger = factories.make_user()
    stay = stay_of(place, administrator, somebody)
    client.force_login(stranger)
    assert client.get(address(stay)).status_code in (403, 404)
    with acting(stranger), pytest.raises(PermissionDenied):
        record_service(by=stranger, enrollment=stay, values={"year_separated": 1999}, version="")
    assert stored(administrator, somebody).year_separated is None


def test_what_is_typed_at_the_start_is_kept_in_the_draft(
    client: Browser, place: Place, administrator: User
) -> None:
    with acting(administrator):
        somebody = veteran()
    stay = stay_of(place, administrator, somebody)
    client.force_login(place.worker)
    page = client.get(address(stay))
    typed = {"version": page.context["version"], SAVE: "button", "Client-YearEnteredService": "1994"}
    client.post(address(stay), typed)
    with acting(place.worker):
        draft = Draft.objects.get(enrollment=stay)
    assert client.get(reverse("enrollments:drafts")).status_code == 200
    assert address(stay) in client.get(reverse("enrollments:drafts")).content.decode()
    assert draft.subject == "military-service"
    assert 'value="1994"' in client.get(address(stay)).content.decode()


def test_an_export_has_it(place: Place, administrator: User) -> None:
    """The columns are of Client.csv: what is recorded stands where HUD's file has it."""
    from hearth.hmis.hud.records import stored_columns

    with acting(administrator):
        somebody = veteran(year_entered_service=1990)
    stay = stay_of(place, administrator, somebody)
    now = stored(administrator, somebody)
    with acting(place.worker):
        assert record_service(
            by=place.worker, enrollment=stay, values={"discharge_status": 1},
            version=f"Client={now.pk}@{now.date_updated}",
        )  # fmt: skip
    names = {one.column: one.field for one in stored_columns("Client")}
    now = stored(administrator, somebody)
    assert getattr(now, names["DischargeStatus"]) == 1
    assert getattr(now, names["YearEnteredService"]) == 1990


def test_enrolling_by_itself_leaves_the_clients_record(place: Place, administrator: User) -> None:
    with acting(administrator):
        somebody = veteran()
        project = place.project(13, 33, rrh_sub_type=2)
    before = stored(administrator, somebody).date_updated
    with acting(place.worker):
        enroll(place.worker, somebody, project)
    assert stored(administrator, somebody).date_updated == before
