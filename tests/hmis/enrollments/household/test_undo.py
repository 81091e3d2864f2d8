"""One's own last action is taken back within a day, unless somebody changed since what it wrote."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.enrollments import actions
from hearth.hmis.enrollments.household import undoing
from hearth.hmis.enrollments.models import Disabilities, Enrollment, Exit, IncomeBenefits
from hearth.hmis.enrollments.stages import actions as stages_actions
from hearth.hmis.organizations.entered import stamp
from tests import factories
from tests.hmis.enrollments.household.test_corrections import ALSO, LATER, family, fix, refused
from tests.hmis.enrollments.start.test_enroll import Place
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


def stored(administrator: User) -> dict[int, tuple[Any, ...]]:
    with acting(administrator):
        rows = Enrollment.objects.order_by("pk")
        fields = ("relationship_to_hoh", "entry_date", "household_id", "enrollment_coc", "date_deleted")
        return {row[0]: row[1:] for row in rows.values_list("pk", *fields)}


def test_a_change_is_taken_back_and_can_be_made_again(
    client: Browser, place: Place, stays: list[Enrollment], administrator: User
) -> None:
    head, partner, child = stays
    before = stored(administrator)
    said = {"head": partner.pk, f"relation-{head.pk}": "3", f"relation-{child.pk}": "4"}
    fix(client, place.worker, head, "head", said)
    after = stored(administrator)
    with acting(administrator):
        changed = Enrollment.objects.get(pk=partner.pk).date_updated
    assert "was undone" in fix(client, place.worker, head, "undo", {}).content.decode()
    assert stored(administrator) == before != after
    with acting(administrator):
        assert Enrollment.objects.get(pk=partner.pk).date_updated > changed
    fix(client, place.worker, head, "undo", {})
    assert stored(administrator) == after


def test_a_new_first_day_with_all_its_records(
    client: Browser, place: Place, stays: list[Enrollment], administrator: User
) -> None:
    before = stored(administrator)
    fix(client, place.worker, stays[0], "start", {"day": LATER.isoformat(), "together": "on"})
    fix(client, place.worker, stays[1], "undo", {})
    assert stored(administrator) == before
    with acting(administrator):
        assert not IncomeBenefits.objects.filter(information_date=LATER).exists()


def test_an_enrollment_goes_and_one_that_was_removed_comes_back(
    client: Browser, place: Place, stays: list[Enrollment], administrator: User
) -> None:
    before = stored(administrator)
    page = fix(client, place.worker, stays[0], "remove", {"whole": "on"})
    assert page.redirect_chain[-1][0] == reverse("enrollments:correct", args=[stays[0].pk, "undo"])
    fix(client, place.worker, stays[0], "undo", {})
    assert stored(administrator) == before
    with acting(administrator):
        assert not Disabilities.objects.filter(date_deleted__isnull=False).exists()


def test_who_was_just_enrolled_is_not(
    client: Browser, place: Place, stays: list[Enrollment], administrator: User
) -> None:
    fix(client, place.worker, stays[0], "undo", {})
    with acting(administrator):
        assert not Enrollment.objects.filter(date_deleted=None).exists()
        assert not Disabilities.objects.filter(date_deleted=None).exists()


def test_an_exit(client: Browser, place: Place, stays: list[Enrollment], administrator: User) -> None:
    with acting(place.worker):
        said = {"IncomeBenefits": {"IncomeFromAnySource": 0}}
        leaving = [actions.Leaving(stays[0], said), *(actions.Leaving(one) for one in stays[1:])]
        actions.exit_household(by=place.worker, exit_date=LATER, leaving=leaving)
    fix(client, place.worker, stays[2], "undo", {})
    with acting(administrator):
        assert not Exit.objects.filter(date_deleted=None).exists()
        assert not IncomeBenefits.objects.filter(data_collection_stage=3, date_deleted=None).exists()
        assert Enrollment.objects.filter(date_deleted=None).count() == 3


def test_an_update_that_was_removed(
    client: Browser, place: Place, stays: list[Enrollment], administrator: User
) -> None:
    """Its answers are back, and with them the disabling condition that they had made."""
    head = stays[0]
    with acting(place.worker):
        stages_actions.record_stage(
            by=place.worker, enrollment=head, stage="update", day=LATER, disabling=1,
            records={"Disabilities[6]": {"DisabilityResponse": 1}},
        )  # fmt: skip
    at = reverse("enrollments:remove_answers", args=[head.pk, "update", LATER.isoformat()])
    client.force_login(place.worker)
    client.post(at, {"version": client.get(at).context["version"]})
    with acting(administrator):
        assert Enrollment.objects.get(pk=head.pk).disabling_condition != 1
    fix(client, place.worker, head, "undo", {})
    with acting(administrator):
        assert Enrollment.objects.get(pk=head.pk).disabling_condition == 1
        assert Disabilities.objects.get(data_collection_stage=2).date_deleted is None


def test_what_somebody_changed_since_stays_and_they_are_named(
    client: Browser, place: Place, stays: list[Enrollment], administrator: User
) -> None:
    with acting(administrator):
        colleague = factories.make_hmis_user(place.organization, email="colleague@agency.example")
    fix(client, place.worker, stays[0], "start", {"day": LATER.isoformat(), "together": "on"})
    with acting(colleague):
        income = IncomeBenefits.objects.get(enrollment=stays[1])
        income.income_from_any_source = 1
        stamp(income, by=colleague)
        income.save()
    assert f"{colleague} changed it since" in refused(client, place.worker, stays[0], "undo", {})
    with acting(administrator):
        assert Enrollment.objects.filter(entry_date=LATER).count() == 3


def test_it_is_ones_own_and_of_the_last_day(
    client: Browser,
    place: Place,
    stays: list[Enrollment],
    administrator: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with acting(administrator):
        colleague = factories.make_hmis_user(place.organization, email="colleague@agency.example")
    assert "You changed nothing" in refused(client, colleague, stays[0], "undo", {})
    monkeypatch.setattr(undoing, "UNDO_FOR", timedelta(0))
    assert "You changed nothing" in refused(client, place.worker, stays[0], "undo", {})


def test_what_was_put_right_goes_out_without_an_error(
    client: Browser, place: Place, stays: list[Enrollment], administrator: User, tmp_path: Path
) -> None:
    """Another head, one who leaves the household, one who dies and one who joins: HUD's checks find no error
    in what is exported."""
    head, partner, child = stays
    fix(client, place.worker, head, "head", {"head": partner.pk, f"relation-{head.pk}": "3"})
    fix(client, place.worker, head, "start", {"day": LATER.isoformat(), "together": "on"})
    with acting(place.worker):
        actions.exit_stay(
            by=place.worker, enrollment=Enrollment.objects.get(pk=head.pk), exit_date=LATER,
            records={"Exit": {"Destination": 24}},
        )  # fmt: skip
        joined = actions.enroll(
            by=place.worker, client=factories.make_client(), project=place.housing, relationship=5,
            entry_date=LATER, records={"Enrollment": ALSO}, household=Enrollment.objects.get(pk=partner.pk),
        )  # fmt: skip
    fix(client, place.worker, child, "separate", {"leaving": [joined.pk], "head": joined.pk})
    when = {"start": date(2026, 10, 1), "end": LATER + timedelta(days=2)}
    tables = export(administrator, tmp_path / "out.zip", **when)
    homes = [row["HouseholdID"] for row in tables["Enrollment"]]
    assert sorted(homes.count(one) for one in set(homes)) == [1, 3]
    heads = [row["HouseholdID"] for row in tables["Enrollment"] if row["RelationshipToHoH"] == "1"]
    assert len(heads) == len(set(heads)) == 2
    run = finished(administrator, tmp_path / "out.zip")
    ours = {"Enrollment", "Exit", "IncomeBenefits", "Disabilities", "Services", "HealthAndDV"}
    found = [one for one in run.findings_summary if one["severity"] == "error" and one["file"] in ours]
    assert found == []


def test_what_was_saved_offers_undo_in_the_same_line(
    client: Browser, place: Place, stays: list[Enrollment], administrator: User
) -> None:
    """One press shows what would be taken back, the next does it; the undo itself offers none."""
    head, partner = stays[0], stays[1]
    link = f'<a href="{reverse("enrollments:correct", args=[head.pk, "undo"])}">Undo</a>'
    with acting(administrator):
        before = stored(administrator)
    said = {"head": partner.pk, f"relation-{head.pk}": "3", f"relation-{stays[2].pk}": "4"}
    assert link in fix(client, place.worker, head, "head", said).content.decode()
    page = client.get(reverse("enrollments:correct", args=[head.pk, "undo"])).content.decode()
    assert "What would be changed" in page and "Make these changes" in page
    assert "Look at the changes" not in page  # nothing is asked: they stand there
    done = fix(client, place.worker, head, "undo", {}).content.decode()
    assert "was undone" in done and ">Undo</a>" not in done
    assert stored(administrator) == before

    day = f"{LATER:%m/%d/%Y}"
    stage = reverse("enrollments:stage", args=[head.pk, "update"])
    typed = {"information_date": day, "Disabilities-DisabilityResponse-6": "1"}
    assert link in client.post(stage, typed, follow=True).content.decode()
    fix(client, place.worker, head, "undo", {})
    with acting(administrator):
        assert not Disabilities.objects.filter(data_collection_stage=2, date_deleted=None).exists()


def test_who_is_in_no_household_is_undone_alone(
    client: Browser, place: Place, stays: list[Enrollment], administrator: User
) -> None:
    """Imported enrollments may have no HouseholdID: two of them are two households."""
    with acting(administrator):
        Enrollment.objects.filter(pk__in=[one.pk for one in stays]).update(household_id="")
    fix(client, place.worker, stays[0], "start", {"day": LATER.isoformat()})
    fix(client, place.worker, stays[1], "undo", {})
    with acting(administrator):
        first = Enrollment.objects.get(pk=stays[0].pk)
        assert (first.entry_date, first.date_deleted) == (LATER, None)
