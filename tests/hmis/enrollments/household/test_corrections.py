"""What is put right in a household: looked at first, then exactly that, and nothing that is impossible."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client as Browser
from django.urls import reverse

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.audit.history import history_of
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.enrollments import actions
from hearth.hmis.enrollments.actions import EnrollmentRefused, NewMember
from hearth.hmis.enrollments.household import corrections
from hearth.hmis.enrollments.household.actions import carry_out
from hearth.hmis.enrollments.household.plan import Plan
from hearth.hmis.enrollments.models import (
    CurrentLivingSituation,
    Disabilities,
    Enrollment,
    Exit,
    IncomeBenefits,
    Services,
)
from hearth.hmis.local.models import HouseholdFunding, LocalAnswer
from hearth.hmis.organizations.entered import stamp
from hearth.hmis.organizations.models import Project, ProjectCoC
from tests import factories
from tests.hmis.enrollments.start.test_enroll import START, Place

pytestmark = pytest.mark.django_db

RECORDS = {
    "IncomeBenefits": {"IncomeFromAnySource": 0},
    "Disabilities[5]": {"DisabilityResponse": 0},
    "Disabilities[8]": {"DisabilityResponse": 0},
}
ALSO = {"DisablingCondition": 99, "LivingSituation": 99}
LATER = START + timedelta(days=3)


@pytest.fixture
def place(administrator: User) -> Place:
    return Place(administrator)


def family(place: Place, project: Project, count: int = 3) -> list[Enrollment]:
    """A head, a partner and a child, enrolled in a project; the head with a CoC."""
    codes = (1, 3, 2)[:count]
    with acting(place.worker):
        people = [
            factories.make_client(first_name=f"Person{code}", dob=date(1990, 1, code)) for code in codes
        ]
        coc = {"EnrollmentCoC": "MN-500"}
        members = [
            NewMember(one, code, RECORDS | {"Enrollment": ALSO | (coc if code == 1 else {})})
            for one, code in zip(people, codes, strict=True)
        ]
        return actions.enroll_household(by=place.worker, members=members, project=project, entry_date=START)


@pytest.fixture
def stays(place: Place) -> list[Enrollment]:
    return family(place, place.housing)


def fix(
    client: Browser, user: User, stay: Enrollment, what: str, said: dict[str, Any], follow: bool = True
) -> HttpResponse:
    """Look, then make the changes that were shown."""
    client.force_login(user)
    address = reverse("enrollments:correct", args=[stay.pk, what])
    assert client.get(address).status_code == 200
    looked = client.post(address, {**said, "do": "look"})
    seen = re.search(r'name="seen" value="(\w+)"', looked.content.decode())
    assert seen, looked.content.decode()[looked.content.decode().find("<main") :][:4000]
    return client.post(address, {**said, "do": "change", "seen": seen[1]}, follow=follow)


def refused(client: Browser, user: User, stay: Enrollment, what: str, said: dict[str, Any]) -> str:
    """What is said where nothing can be done; pressing all the same does nothing."""
    client.force_login(user)
    address = reverse("enrollments:correct", args=[stay.pk, what])
    page = client.post(address, {**said, "do": "look"}).content.decode()
    assert "Make these changes" not in page
    before = everything()
    client.post(address, {**said, "do": "change", "seen": ""})
    assert everything() == before
    return page


def everything() -> list[Any]:
    with acting(factories.make_administrator()):
        models: list[type[Model]] = [Enrollment, Exit, Services, IncomeBenefits, Disabilities]
        return [
            list(one.objects.order_by("pk").values_list("pk", "date_updated", "date_deleted"))
            for one in models
        ]


# ------------------------------------------------------------------ another head


def test_users_ask_03_a_new_head_takes_what_is_the_heads(
    client: Browser, place: Place, stays: list[Enrollment], administrator: User
) -> None:
    head, partner, child = stays
    with acting(place.worker):
        Enrollment.objects.filter(pk=head.pk).update(move_in_date=LATER)
    said = {"head": partner.pk, f"relation-{head.pk}": "3", f"relation-{child.pk}": "2"}
    page = fix(client, place.worker, head, "head", said).content.decode()
    assert "The head of household was changed." in page
    with acting(administrator):
        found = {one.pk: one for one in Enrollment.objects.all()}
        assert [found[one.pk].relationship_to_hoh for one in stays] == [3, 1, 2]
        assert (found[partner.pk].enrollment_coc, found[partner.pk].move_in_date) == ("MN-500", LATER)
        assert found[partner.pk].date_updated > partner.date_updated
        assert found[child.pk].date_updated == child.date_updated  # nothing of theirs changed
        assert history_of(found[partner.pk])[0].relationship_to_hoh == 3
        log = AccessLog.objects.filter(action="record_corrected", details__what="head")
        assert set(log.values_list("client_id", flat=True)) == {one.client_id for one in stays}


def test_a_new_head_who_came_later_moved_in_on_their_own_first_day(
    place: Place, stays: list[Enrollment]
) -> None:
    head, partner, _ = stays
    with acting(place.worker):
        Enrollment.objects.filter(pk=head.pk).update(move_in_date=START)
        Enrollment.objects.filter(pk=partner.pk).update(entry_date=LATER)
        plan = corrections.change_head(corrections.members(place.worker, head), partner.pk, {head.pk: 3})
    moved = {one.record.pk: one.after for one in plan.changes if one.field == "move_in_date"}
    assert moved == {partner.pk: LATER}
    assert "name no head" in plan.notes[0]


def test_a_new_head_who_left_meanwhile_is_said(place: Place, stays: list[Enrollment]) -> None:
    head, partner, _ = stays
    with acting(place.worker):
        plan = corrections.change_head([head], partner.pk, {head.pk: 3})
    assert "no longer in the household" in plan.impossible
    assert not plan.changes


def test_the_head_of_now_needs_a_relationship(client: Browser, place: Place, stays: list[Enrollment]) -> None:
    head, partner, _ = stays
    page = refused(client, place.worker, head, "head", {"head": partner.pk})
    assert "Say how the head of now is related" in page


def test_a_household_without_a_head_gets_one(client: Browser, place: Place, stays: list[Enrollment]) -> None:
    with acting(place.worker):
        Enrollment.objects.filter(pk=stays[0].pk).update(relationship_to_hoh=4)
    fix(client, place.worker, stays[0], "head", {"head": stays[1].pk})
    with acting(place.worker):
        assert Enrollment.objects.get(relationship_to_hoh=1).pk == stays[1].pk


# ------------------------------------------------------------------ another first day (mistake 11)


@pytest.mark.parametrize("day", [START - timedelta(days=5), LATER])
def test_users_ask_11_a_wrong_start_date_takes_its_records_along(
    client: Browser, place: Place, stays: list[Enrollment], administrator: User, day: date
) -> None:
    said = {"day": day.isoformat(), "together": "on"}
    page = fix(client, place.worker, stays[0], "start", said).content.decode()
    assert "The start date was corrected." in page
    with acting(administrator):
        assert set(Enrollment.objects.values_list("entry_date", flat=True)) == {day}
        assert set(IncomeBenefits.objects.values_list("information_date", flat=True)) == {day}
        assert set(Disabilities.objects.values_list("information_date", flat=True)) == {day}


def test_local_answers_and_funding_of_the_start_move_along_and_go_along(
    client: Browser, place: Place, stays: list[Enrollment]
) -> None:
    rows: list[Any] = [
        LocalAnswer(enrollment=stays[2], element="MN-U01", stage="start", information_date=START),
        HouseholdFunding(enrollment=stays[2], program="FHPAP", begins_on=START),
    ]
    with acting(place.worker):
        for one in rows:
            stamp(one, by=place.worker)
            one.save()
    fix(client, place.worker, stays[2], "start", {"day": LATER.isoformat()})
    with acting(place.worker):
        for one in rows:
            one.refresh_from_db()
        assert (rows[0].information_date, rows[1].begins_on) == (LATER, LATER)
    fix(client, place.worker, stays[2], "remove", {})
    with acting(place.worker):
        for one in rows:
            one.refresh_from_db()
            assert one.date_deleted is not None


def test_of_one_alone(client: Browser, place: Place, stays: list[Enrollment]) -> None:
    fix(client, place.worker, stays[2], "start", {"day": LATER.isoformat()})
    with acting(place.worker):
        days = dict(Enrollment.objects.values_list("pk", "entry_date"))
    assert [days[one.pk] for one in stays] == [START, START, LATER]


def test_bed_nights_before_the_first_day_are_asked_about(client: Browser, place: Place) -> None:
    (stay,) = family(place, place.shelter, 1)
    with acting(place.worker):
        for days in (1, 2):
            other = Services(enrollment=stay, record_type=200, type_provided=200)
            other.date_provided = START + timedelta(days=days)
            stamp(other, by=place.worker)
            other.save()
    said = {"day": LATER.isoformat()}
    assert "2 bed nights before that day" in refused(client, place.worker, stay, "start", said)
    fix(client, place.worker, stay, "start", {**said, "without_nights": "on"})
    with acting(place.worker):
        live = Services.objects.filter(date_deleted=None)
        assert list(live.values_list("date_provided", flat=True)) == [LATER]  # the first night moved along


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (START, "That is the first day already"),
        (date(2100, 1, 1), "lies in the future"),
        (date(1980, 1, 1), "birth date"),
        (START + timedelta(days=6), "The stay ended on"),
    ],
)
def test_an_impossible_first_day(
    client: Browser, place: Place, stays: list[Enrollment], day: date, said: str
) -> None:
    with acting(place.worker):
        actions.exit_stay(
            by=place.worker, enrollment=stays[2], exit_date=START + timedelta(days=5), records={}
        )
    assert said in refused(client, place.worker, stays[2], "start", {"day": day.isoformat()})


def test_what_was_recorded_before_keeps_the_first_day(
    client: Browser, place: Place, stays: list[Enrollment]
) -> None:
    with acting(place.worker):
        actions.exit_stay(by=place.worker, enrollment=stays[2], exit_date=START, records={})
        again = actions.enroll(
            by=place.worker, client=stays[2].client, project=place.housing, relationship=2, records={},
            entry_date=START + timedelta(days=5), household=stays[0],
        )  # fmt: skip
        Enrollment.objects.filter(pk=stays[1].pk).update(move_in_date=START + timedelta(days=1))
        contact = CurrentLivingSituation(enrollment=stays[0], information_date=START + timedelta(days=1))
        stamp(contact, by=place.worker)
        contact.save()
    day = {"day": LATER.isoformat()}
    assert "1 record of this stay" in refused(client, place.worker, stays[0], "start", day)
    assert "is before that day" in refused(client, place.worker, stays[1], "start", day)
    early = {"day": (START - timedelta(days=1)).isoformat()}
    assert "would overlap" in refused(client, place.worker, again, "start", early)


# ------------------------------------------------------------------ entered by mistake, exit by mistake


def test_a_mistaken_enrollment_goes_with_all_of_it(
    client: Browser, place: Place, stays: list[Enrollment], administrator: User
) -> None:
    head, partner, child = stays
    assert "Choose another head first" in refused(client, place.worker, head, "remove", {})
    client.force_login(place.worker)
    page = client.post(reverse("enrollments:correct", args=[child.pk, "remove"]), {"do": "look"}).content
    assert "1 record" in page.decode()
    assert "2 records" not in page.decode()  # that HIV was asked about is not counted
    fix(client, place.worker, child, "remove", {})
    with acting(administrator):
        gone = Enrollment.objects.get(pk=child.pk)
        assert gone.date_deleted == gone.date_updated
        assert not IncomeBenefits.objects.filter(enrollment=child, date_deleted=None).exists()
        assert not Disabilities.objects.filter(enrollment=child, date_deleted=None).exists()
        assert Disabilities.objects.filter(enrollment=partner, date_deleted=None).count() == 2
    client.force_login(place.worker)
    for what in ("remove", "start"):
        assert client.get(reverse("enrollments:correct", args=[child.pk, what])).status_code == 404
    fix(client, place.worker, head, "remove", {"whole": "on"})
    with acting(administrator):
        assert not Enrollment.objects.filter(date_deleted=None).exists()


def test_an_exit_that_never_was(
    client: Browser, place: Place, stays: list[Enrollment], administrator: User
) -> None:
    head, partner, child = stays
    assert "No exit is recorded" in refused(client, place.worker, head, "reopen", {"reason": "mistake"})
    with acting(place.worker):
        answered = {"Exit": {"Destination": 435}, "IncomeBenefits": {"IncomeFromAnySource": 0}}
        leaving = [actions.Leaving(head, answered), *(actions.Leaving(one) for one in (partner, child))]
        actions.exit_household(by=place.worker, exit_date=LATER, leaving=leaving)
    said = {"reason": "never_left"}
    assert "The head has left" in refused(client, place.worker, child, "reopen", said)
    fix(client, place.worker, head, "reopen", {**said, "whole": "on"})
    with acting(administrator):
        assert Exit.objects.filter(date_deleted=None).count() == 0
        assert Exit.objects.count() == 3
        assert IncomeBenefits.objects.get(data_collection_stage=3).date_deleted is not None
        assert IncomeBenefits.objects.filter(data_collection_stage=1, date_deleted=None).count() == 3
        log = AccessLog.objects.filter(details__what="reopen", client_id=head.client_id).latest("pk")
        assert log.details["reason"] == "never_left"


def test_who_came_back_meanwhile_is_not_there_twice(
    client: Browser, place: Place, stays: list[Enrollment]
) -> None:
    child = stays[2]
    with acting(place.worker):
        actions.exit_stay(by=place.worker, enrollment=child, exit_date=LATER, records={})
        actions.enroll(
            by=place.worker, client=child.client, project=place.housing, relationship=2, records={},
            entry_date=LATER + timedelta(days=1), household=stays[0],
        )  # fmt: skip
    said = {"reason": "mistake"}
    assert "would overlap" in refused(client, place.worker, child, "reopen", said)


# ------------------------------------------------------------------ two households, or one


def test_one_household_becomes_two_and_one_again(
    client: Browser, place: Place, stays: list[Enrollment], administrator: User
) -> None:
    head, partner, child = stays
    said = {"leaving": [partner.pk, child.pk], "head": partner.pk, f"relation-{child.pk}": "4"}
    fix(client, place.worker, head, "separate", said)
    with acting(administrator):
        found = {one.pk: one for one in Enrollment.objects.all()}
        assert found[partner.pk].household_id == found[child.pk].household_id != found[head.pk].household_id
        assert len(found[partner.pk].household_id) == 32
        assert [found[one.pk].relationship_to_hoh for one in stays] == [1, 1, 4]
        assert found[partner.pk].enrollment_coc == "MN-500"
    said = {"client": head.client_id, f"relation-{partner.pk}": "3", f"relation-{child.pk}": "2"}
    fix(client, place.worker, partner, "unite", said)
    with acting(administrator):
        assert len(set(Enrollment.objects.values_list("household_id", flat=True))) == 1
        relations = dict(Enrollment.objects.values_list("pk", "relationship_to_hoh"))
        assert [relations[one.pk] for one in stays] == [1, 3, 2]


def test_no_household_is_left_without_a_head(client: Browser, place: Place, stays: list[Enrollment]) -> None:
    head, partner, child = stays
    for leaving, new, said in (
        ([head.pk, child.pk], head.pk, "Choose another head for those who stay"),
        ([child.pk], partner.pk, "must be among those"),
        ([one.pk for one in stays], head.pk, "not all"),
    ):
        typed = {"leaving": leaving, "head": new}
        assert said in refused(client, place.worker, head, "separate", typed)
    other = family(place, place.housing, 1)[0]
    assert "Say how everybody is related" in refused(
        client, place.worker, head, "unite", {"client": other.client_id}
    )
    away = family(place, place.shelter, 1)[0]
    client.force_login(place.worker)
    address = reverse("enrollments:correct", args=[head.pk, "unite"])
    for nobody in (away.client_id, head.client_id, 2**61):
        page = client.post(address, {"client": nobody, "do": "look"}).content.decode()
        assert "Nobody of that ID" in page


# ------------------------------------------------------------------ guards


def test_only_what_was_looked_at_is_changed(place: Place, stays: list[Enrollment]) -> None:
    head = stays[0]

    def planned() -> Plan:
        return corrections.move_start(place.worker, corrections.members(place.worker, head)[:1], LATER)

    with acting(place.worker):
        seen = planned().token
        Enrollment.objects.filter(pk=head.pk).update(move_in_date=START)
        with pytest.raises(EnrollmentRefused, match="Look again"):
            carry_out(by=place.worker, household=stays, planned=planned, seen=seen, what="start")
        assert Enrollment.objects.get(pk=head.pk).entry_date == START
        carry_out(by=place.worker, household=stays, planned=planned, seen=planned().token, what="start")
        assert Enrollment.objects.get(pk=head.pk).move_in_date == LATER


def test_only_where_one_edits(
    client: Browser, place: Place, stays: list[Enrollment], administrator: User
) -> None:
    head = stays[0]
    with acting(administrator):
        other = factories.make_hmis_user(factories.make_organization())
        Enrollment.objects.update(is_shared=True)
    client.force_login(other)
    for what in ("head", "start", "remove", "reopen", "separate", "unite", "person", "project"):
        address = reverse("enrollments:correct", args=[head.pk, what])
        assert client.get(address).status_code == 404
        assert client.post(address, {"do": "change"}).status_code == 404
    with acting(other):
        found = corrections.members(other, head)
        plan = corrections.change_head(found, stays[1].pk, {head.pk: 3})
        with pytest.raises(PermissionDenied):
            carry_out(by=other, household=found, planned=lambda: plan, seen=plan.token, what="head")
    client.force_login(place.worker)
    assert client.get(reverse("enrollments:correct", args=[head.pk, "other"])).status_code == 404


@pytest.mark.parametrize(
    ("began", "becomes", "notes"),
    [(START, START - timedelta(days=3), 0), (START - timedelta(days=1), START - timedelta(days=1), 1),
     (START - timedelta(days=9), START - timedelta(days=9), 0), (None, None, 0)],
)  # fmt: skip
def test_homelessness_did_not_begin_after_the_start(
    place: Place, stays: list[Enrollment], began: date | None, becomes: date | None, notes: int
) -> None:
    """What was dated by the start goes along (3.917.3); another day stays, and is said."""
    with acting(place.worker):
        Enrollment.objects.filter(pk=stays[0].pk).update(date_to_street_essh=began)
        (head, *_) = corrections.members(place.worker, stays[0])
        plan = corrections.move_start(place.worker, [head], START - timedelta(days=3))
        assert not plan.impossible
        assert len(plan.notes) == notes
        after = {one.field: one.after for one in plan.changes}
        assert after.get("date_to_street_essh", began) == becomes


def test_a_path_status_is_not_left_before_the_start(place: Place, stays: list[Enrollment]) -> None:
    with acting(place.worker):
        for day, refused_for in ((START, ""), (START + timedelta(days=1), "PATH status")):
            Enrollment.objects.filter(pk=stays[0].pk).update(date_of_path_status=day)
            (head, *_) = corrections.members(place.worker, stays[0])
            plan = corrections.move_start(place.worker, [head], LATER)
            assert refused_for in plan.impossible
            assert bool(plan.impossible) is bool(refused_for)


# ------------------------------------------------------------------ another CoC


def test_the_coc_of_a_stay_is_changed_with_its_history(
    client: Browser, place: Place, stays: list[Enrollment], administrator: User
) -> None:
    with acting(administrator):
        ProjectCoC.objects.create(**factories.record(project=place.housing, coc_code="MN-501"))
        Enrollment.objects.filter(pk=stays[2].pk).update(enrollment_coc="MN-500")
    answer = fix(client, place.worker, stays[1], "coc", {"coc": "MN-501"}, follow=False)
    assert answer.status_code == 302
    with acting(place.worker):
        now = {one.pk: one.enrollment_coc for one in Enrollment.objects.filter(project=place.housing)}
        # The head's, and that of a member who had one; a member without stays without.
        assert [now[one.pk] for one in stays] == ["MN-501", None, "MN-501"]
        before = [old.enrollment_coc for old in history_of(Enrollment.objects.get(pk=stays[0].pk))]
    assert before[0] == "MN-500"
    address = reverse("enrollments:correct", args=[stays[0].pk, "coc"])
    assert client.get(address).context["form"]["coc"].value() == "MN-501"
    same = client.post(address, {"coc": "MN-501", "do": "look"}).context["plan"]
    assert same.impossible.startswith("Nothing would change")
    for hostile in ("MN-505", "", "x" * 10_000, "=1+1"):
        page = client.post(address, {"coc": hostile, "do": "look"})
        assert page.status_code == 200 and page.context["form"].errors["coc"]


def test_a_coc_that_the_project_has_left_is_not_stored(place: Place, stays: list[Enrollment]) -> None:
    with acting(place.worker):
        plan = corrections.change_coc(corrections.members(place.worker, stays[0]), "MN-505")
        assert plan.impossible
        with pytest.raises(EnrollmentRefused):
            carry_out(by=place.worker, household=stays, planned=lambda: plan, seen=plan.token, what="coc")
