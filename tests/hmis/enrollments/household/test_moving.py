"""An enrollment entered for the wrong person or in the wrong project goes to the right one, with all of it,
and nothing ties the two people who were mistaken for each other."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access.roles import HmisUser
from hearth.hmis.access.scopes import ProjectScope
from hearth.hmis.audit.history import history_of
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.clients.models import Client, RecentClient
from hearth.hmis.consent.actions import record_consent
from hearth.hmis.consent.choices import Method
from hearth.hmis.enrollments import actions
from hearth.hmis.enrollments.drafts import actions as drafts
from hearth.hmis.enrollments.drafts.about import About
from hearth.hmis.enrollments.drafts.actions import Typed
from hearth.hmis.enrollments.household import moving
from hearth.hmis.enrollments.models import (
    Disabilities,
    Draft,
    DraftAnswer,
    Enrollment,
    FormerClient,
    IncomeBenefits,
    Services,
)
from hearth.hmis.organizations.models import ProjectCoC
from tests import factories
from tests.hmis.enrollments.household.test_corrections import LATER, family, fix, refused
from tests.hmis.enrollments.start.test_enroll import COC_RRH, RRH, START, Place
from tests.hmis.exchange.exporting import export
from tests.hmis.exchange.importing import finished

#: Each action is a transaction of its own, as it is for users.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def administrator() -> User:
    return factories.make_administrator()


@pytest.fixture
def place(administrator: User) -> Place:
    return Place(administrator)


@pytest.fixture
def stays(place: Place) -> list[Enrollment]:
    return family(place, place.housing)


@pytest.fixture
def right(administrator: User) -> Client:
    with acting(administrator):
        return factories.make_client(first_name="Right", dob=date(1991, 2, 3))


def whose(administrator: User, stay: Enrollment) -> int:
    with acting(administrator):
        return Enrollment.objects.get(pk=stay.pk).client_id


# ------------------------------------------------------------------ to the right person


def test_a_person_entered_by_mistake_is_replaced_with_all_that_was_recorded(
    client: Browser, place: Place, stays: list[Enrollment], right: Client, administrator: User
) -> None:
    child = stays[2]
    with acting(place.worker):
        Client.objects.filter(pk=child.client_id).update(dob=date(2020, 5, 6))
    client.force_login(place.worker)
    address = reverse("enrollments:correct", args=[child.pk, "person"])
    looked = client.post(address, {"client": right.pk, "do": "look"}).content.decode()
    assert f"client ID {right.pk}" in looked and "goes along" in looked
    assert "Asked of the right person, and due now" in looked  # an adult is asked more than a child
    page = fix(client, place.worker, child, "person", {"client": right.pk}).content.decode()
    assert "was moved to the right person" in page
    with acting(administrator):
        moved = Enrollment.objects.get(pk=child.pk)
        assert (moved.client_id, moved.household_id) == (right.pk, stays[0].household_id)
        assert moved.date_updated > child.date_updated and moved.updated_by == place.worker
        income = IncomeBenefits.objects.get(enrollment=child)
        assert income.date_updated >= moved.date_updated - timedelta(seconds=1)
        assert history_of(income).count() == 1
        log = AccessLog.objects.filter(action="record_corrected", details__what="person")
        assert set(log.values_list("client_id", flat=True)) >= {child.client_id, right.pk}


def test_nothing_ties_the_two(
    client: Browser, place: Place, stays: list[Enrollment], right: Client, administrator: User
) -> None:
    """Not the old versions, not the page that tells of them, and not what is kept for undoing."""
    child, wrong = stays[2], stays[2].client_id
    with acting(place.worker):
        Enrollment.objects.filter(pk=child.pk).update(percent_ami=1)
        assert set(history_of(child).values_list("client_id", flat=True)) == {wrong}
    fix(client, place.worker, child, "person", {"client": right.pk})
    with acting(administrator):
        colleague = factories.make_hmis_user(place.organization)
        versions = history_of(child).values_list("client_id", "pgh_other_client")
        assert set(versions) == {(right.pk, 1)}
    with acting(place.worker):
        assert FormerClient.objects.get().client_id == wrong
    for other in (colleague, administrator):
        with acting(other):
            assert not FormerClient.objects.exists()
            assert not FormerClient.objects.restrict(other).exists()
    client.force_login(colleague)
    page = client.get(reverse("enrollments:history", args=[child.pk])).content.decode()
    assert "another client" in page and "this client" in page
    with acting(administrator):
        name = Client.objects.get(pk=wrong)
    named = re.search(rf"\b{name.first_name}\b", page)  # a number of another may begin alike
    assert not named and f"/clients/{wrong}/" not in page
    assert "Person2 Person" not in client.get(reverse("enrollments:detail", args=[child.pk])).content.decode()
    of_wrong = client.get(reverse("clients:detail", args=[wrong])).content.decode()
    assert reverse("enrollments:detail", args=[child.pk]) not in of_wrong


def test_whose_it_was_is_forgotten_in_the_night(
    client: Browser, place: Place, stays: list[Enrollment], right: Client
) -> None:
    fix(client, place.worker, stays[2], "person", {"client": right.pk})
    assert moving.forget() is None
    later = timezone.now() - timedelta(hours=25)
    with acting(place.worker):
        old = FormerClient(enrollment=stays[2], client=stays[2].client, moved_by=place.worker, moved_at=later)
        with pytest.raises(DatabaseError), transaction.atomic():
            FormerClient.objects.bulk_create([old])  # nobody dates it


@pytest.mark.parametrize("answer", ["share", "do_not_share", None])
def test_who_sees_it_follows_from_the_right_persons_answer(
    client: Browser, place: Place, right: Client, administrator: User, answer: str | None
) -> None:
    (stay,) = family(place, place.housing, 1)
    with acting(administrator):
        stranger = factories.make_hmis_user(factories.make_organization())
        Enrollment.objects.filter(pk=stay.pk).update(is_shared=True)
    with acting(stranger):
        assert Enrollment.objects.exists() and IncomeBenefits.objects.exists()
    if answer:
        with acting(place.worker):
            record_consent(
                by=place.worker, client=right, organization=place.organization, choice=answer,
                given_on=START, form_version="1", method=Method.BY_WORD, language="en", witness="Olu",
            )  # fmt: skip
    fix(client, place.worker, stay, "person", {"client": right.pk})
    with acting(stranger):
        sees = answer == "share"
        assert Enrollment.objects.filter(pk=stay.pk).exists() is sees
        assert IncomeBenefits.objects.exists() is sees
        assert history_of(stay).exists() is sees


def test_drafts_go_along_and_open(
    client: Browser, place: Place, stays: list[Enrollment], right: Client
) -> None:
    stay = stays[2]
    about = About("update", stay.client_id, stay.project_id, stay.pk, day=LATER)
    with acting(place.worker):
        drafts.keep(
            by=place.worker, about=about,
            typed={(stay.client_id, "IncomeBenefits-IncomeFromAnySource"): Typed(["1"])},
        )  # fmt: skip
    fix(client, place.worker, stay, "person", {"client": right.pk})
    with acting(place.worker):
        draft, answer = Draft.objects.get(), DraftAnswer.objects.get()
        assert draft.client_id == answer.client_id == right.pk
        opened = drafts.answer_sealing.opened(
            answer.sealed, draft=draft.pk, client=right.pk, name=answer.name
        )
    assert opened == ["1"]
    fix(client, place.worker, stay, "undo", {})
    with acting(place.worker):
        assert Draft.objects.get().client_id == DraftAnswer.objects.get().client_id == stay.client_id


def test_it_is_undone_and_done_again(
    client: Browser, place: Place, stays: list[Enrollment], right: Client, administrator: User
) -> None:
    child, wrong = stays[2], stays[2].client_id
    fix(client, place.worker, child, "person", {"client": right.pk})
    fix(client, place.worker, child, "undo", {})
    assert whose(administrator, child) == wrong
    with acting(administrator):
        assert set(history_of(child).values_list("client_id", flat=True)) == {wrong}
        assert FormerClient.objects.filter(moved_by=place.worker).count() == 0  # not for others to see
    fix(client, place.worker, child, "undo", {})
    assert whose(administrator, child) == right.pk


def test_who_may_not_know_the_person_any_more_cannot_move_back(
    client: Browser, place: Place, right: Client, administrator: User
) -> None:
    (stay,) = family(place, place.housing, 1)
    fix(client, place.worker, stay, "person", {"client": right.pk})
    with acting(administrator):
        factories.restrict(stay.client)
    page = refused(client, place.worker, stay, "undo", {})
    assert "cannot see the person any more" in page
    assert f"client ID {stay.client_id}" not in page and f"/clients/{stay.client_id}/" not in page


def test_to_whom_it_cannot_go(
    client: Browser, place: Place, stays: list[Enrollment], right: Client, administrator: User
) -> None:
    head, partner, child = stays
    said = refused(client, place.worker, child, "person", {"client": partner.client_id})
    assert "in the household already" in said
    with acting(place.worker):
        actions.enroll(
            by=place.worker, client=right, project=place.housing, relationship=1, records={},
            entry_date=LATER,
        )  # fmt: skip
    assert "would overlap" in refused(client, place.worker, child, "person", {"client": right.pk})
    with acting(administrator):
        unborn = factories.make_client(dob=START + timedelta(days=1))
        hidden, gone = factories.make_client(), factories.make_client()
        factories.restrict(hidden)
        Client.objects.filter(pk=gone.pk).update(date_deleted=timezone.now().replace(tzinfo=None))
    assert "birth date" in refused(client, place.worker, child, "person", {"client": unborn.pk})
    address = reverse("enrollments:correct", args=[child.pk, "person"])
    words = set()
    for nobody in (hidden.pk, gone.pk, 2**61):
        page = client.post(address, {"client": nobody, "do": "look"}).content.decode()
        words.add("There is no client of that ID" in page)
        assert "Make these changes" not in page
    assert words == {True}
    for hostile in ("", "x", "-1", 2**70, "\u202e1", child.client_id):
        assert client.post(address, {"client": hostile, "do": "change", "seen": "x"}).status_code == 200
    assert whose(administrator, child) == child.client_id
    assert head.pk  # the head may be somebody else, too
    with acting(administrator):
        other = factories.make_client()
    fix(client, place.worker, head, "person", {"client": other.pk})
    assert whose(administrator, head) == other.pk


# ------------------------------------------------------------------ to the right project


def test_a_household_in_the_wrong_project(
    client: Browser, place: Place, stays: list[Enrollment], administrator: User
) -> None:
    with acting(administrator):
        there = place.project(3, 2)  # permanent supportive housing
        ProjectCoC.objects.filter(project=there).update(coc_code="MN-501")
    page = fix(client, place.worker, stays[1], "project", {"project": there.pk, "whole": "on"})
    assert "was moved to the right project" in page.content.decode()
    with acting(administrator):
        found = list(Enrollment.objects.order_by("pk"))
        assert {one.project_id for one in found} == {there.pk}
        assert {one.household_id for one in found} == {stays[0].household_id}
        assert found[0].enrollment_coc == "MN-501"
        assert set(IncomeBenefits.objects.values_list("project_id", flat=True)) == {there.pk}
        assert set(history_of(found[0]).values_list("project_id", "pgh_moved_from")) == {
            (there.pk, place.housing.pk)
        }
    assert client.get(reverse("enrollments:detail", args=[stays[0].pk])).status_code == 200
    fix(client, place.worker, stays[0], "undo", {})
    with acting(administrator):
        assert set(Enrollment.objects.values_list("project_id", flat=True)) == {place.housing.pk}
        assert Enrollment.objects.get(pk=stays[0].pk).enrollment_coc == "MN-500"


def test_one_alone_is_a_household_there(
    client: Browser, place: Place, stays: list[Enrollment], administrator: User
) -> None:
    with acting(administrator):
        there = place.project(RRH, COC_RRH, rrh_sub_type=2)
    assert "The head cannot go alone" in refused(
        client, place.worker, stays[0], "project", {"project": there.pk}
    )
    fix(client, place.worker, stays[2], "project", {"project": there.pk})
    with acting(administrator):
        moved = Enrollment.objects.get(pk=stays[2].pk)
        assert (moved.relationship_to_hoh, moved.enrollment_coc) == (1, "MN-500")
        assert len(moved.household_id) == 32 and moved.household_id != stays[0].household_id
    fix(client, place.worker, stays[2], "undo", {})
    with acting(administrator):
        back = Enrollment.objects.get(pk=stays[2].pk)
        assert (back.relationship_to_hoh, back.household_id) == (2, stays[0].household_id)


def test_bed_nights_are_asked_about(client: Browser, place: Place, administrator: User) -> None:
    (stay,) = family(place, place.shelter, 1)
    said = {"project": place.housing.pk}
    assert "1 bed night is recorded" in refused(client, place.worker, stay, "project", said)
    fix(client, place.worker, stay, "project", {**said, "without_nights": "on"})
    with acting(administrator):
        assert not Services.objects.filter(date_deleted=None).exists()
    client.force_login(place.worker)
    address = reverse("enrollments:correct", args=[stay.pk, "project"])
    page = client.post(address, {"project": place.shelter.pk, "do": "look"}).content.decode()
    assert "Bed nights are recorded there" in page and "Not asked there" in page


def test_what_the_right_project_asks_is_said_and_asked(
    client: Browser, place: Place, administrator: User
) -> None:
    (stay,) = family(place, place.shelter, 1)
    said = {"project": place.housing.pk, "without_nights": "on", "do": "look"}
    client.force_login(place.worker)
    address = reverse("enrollments:correct", args=[stay.pk, "project"])
    page = client.post(address, said).content.decode()
    assert "Asked there, and due now" in page and "(4.04)" in page
    fix(client, place.worker, stay, "project", said)
    start = reverse("enrollments:correct_answers", args=[stay.pk, "start", START.isoformat()])
    assert "IncomeBenefits-InsuranceFromAnySource" in client.get(start).content.decode()


def test_where_it_cannot_go(
    client: Browser, place: Place, stays: list[Enrollment], administrator: User
) -> None:
    head = stays[0]
    with acting(administrator):
        late = place.project(RRH, COC_RRH, rrh_sub_type=2, operating_start_date=START + timedelta(days=1))
        ended = place.project(RRH, COC_RRH, rrh_sub_type=2, operating_end_date=LATER)
        twice = place.project(RRH, COC_RRH, rrh_sub_type=2)
        Enrollment.objects.update(is_shared=True)
    worker = User.objects.get(pk=place.worker.pk)  # with the rights of now
    with acting(worker):
        actions.enroll(
            by=worker, client=stays[1].client, project=twice, relationship=1, records={},
            entry_date=LATER,
        )  # fmt: skip
    whole = {"whole": "on"}
    for there, sentence in ((ended, "The project ended on"), (twice, "would overlap")):
        assert sentence in refused(client, place.worker, head, "project", {"project": there.pk, **whole})
    address = reverse("enrollments:correct", args=[head.pk, "project"])
    for nowhere in (place.elsewhere.pk, late.pk, place.housing.pk, 2**70, "x", "\u202e", ""):
        page = client.post(address, {"project": nowhere, "do": "look", **whole}).content.decode()
        assert "What would be changed" not in page, nowhere


def test_who_works_in_one_of_the_two_only(
    client: Browser, place: Place, stays: list[Enrollment], administrator: User
) -> None:
    """Neither into a project of others, nor, after a right ended, back."""
    with acting(administrator):
        there = place.project(RRH, COC_RRH, rrh_sub_type=2)
        here_alone = factories.make_user()
        factories.give_grant(here_alone, HmisUser, ProjectScope(place.housing.pk))
    address = reverse("enrollments:correct", args=[stays[0].pk, "project"])
    client.force_login(here_alone)
    assert client.get(address).status_code == 200
    page = client.post(address, {"project": there.pk, "whole": "on", "do": "look"}).content.decode()
    assert "What would be changed" not in page
    with acting(here_alone), pytest.raises(DatabaseError), transaction.atomic():
        Enrollment.objects.filter(pk=stays[0].pk).update(project=there)


# ------------------------------------------------------------------ out and in again


def test_what_was_moved_goes_out_and_comes_in_without_an_error(
    client: Browser,
    place: Place,
    stays: list[Enrollment],
    right: Client,
    administrator: User,
    tmp_path: Path,
) -> None:
    with acting(administrator):
        there = place.project(RRH, COC_RRH, rrh_sub_type=2)
    fix(client, place.worker, stays[2], "person", {"client": right.pk})
    fix(client, place.worker, stays[0], "project", {"project": there.pk, "whole": "on"})
    when = {"start": date(2026, 10, 1), "end": LATER + timedelta(days=2)}
    tables = export(administrator, tmp_path / "out.zip", **when)
    with acting(administrator):
        key, wrong = Client.objects.get(pk=right.pk).hud_id, stays[2].client.hud_id
        project, enrollment = there.hud_id, stays[2].hud_id
    rows: dict[str, list[dict[str, Any]]] = {
        file: [row for row in tables[file] if row["EnrollmentID"] == enrollment]
        for file in ("Enrollment", "IncomeBenefits", "Disabilities")
    }
    assert all(rows.values())
    assert {row["PersonalID"] for found in rows.values() for row in found} == {key}
    assert {row["ProjectID"] for row in rows["Enrollment"]} == {project}
    assert wrong not in {row["PersonalID"] for row in tables["Enrollment"]}
    run = finished(administrator, tmp_path / "out.zip")
    ours = {"Enrollment", "IncomeBenefits", "Disabilities", "Services"}
    assert [one for one in run.findings_summary if one["severity"] == "error" and one["file"] in ours] == []


# ------------------------------------------------------------------ removed for good


@pytest.mark.parametrize("what", ["enrollment", "wrong person", "right person"])
def test_within_a_day_of_a_move_an_administrator_removes_for_good(
    client: Browser, place: Place, right: Client, administrator: User, what: str
) -> None:
    """Whose it was is kept where the administrator cannot see it, and keeps nothing from going."""
    (stay,) = family(place, place.housing, 1)
    wrong = stay.client
    fix(client, place.worker, stay, "person", {"client": right.pk})
    with acting(place.worker):
        assert FormerClient.objects.count() == 1
    with acting(administrator):
        if what != "wrong person":
            for model in (IncomeBenefits, Disabilities, Services):
                model.objects.filter(enrollment=stay).delete()
            assert Enrollment.objects.get(pk=stay.pk).delete()[0]
        if what != "enrollment":
            gone = wrong if what == "wrong person" else right
            assert Client.objects.get(pk=gone.pk).delete()[0]
    with acting(place.worker):
        assert not FormerClient.objects.exists()
        assert RecentClient.objects.filter(client__in=[wrong, right]).count() == (what == "enrollment") + 1
