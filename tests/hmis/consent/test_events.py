"""What happens when, by the table of events: each test is named after its line."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.history import history_of
from hearth.hmis.clients.models import Client
from hearth.hmis.consent import due, queries
from hearth.hmis.consent.actions import ConsentRefused
from hearth.hmis.consent.choices import Applies, Method
from hearth.hmis.consent.models import Consent
from hearth.hmis.coordinated_entry.models import Assessment, AssessmentResults
from hearth.hmis.enrollments.models import Enrollment, Exit, Services
from tests import factories
from tests.hmis.consent.consenting import CLOSED, OPEN, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(administrator: User) -> World:
    return World(administrator)


class TestFromDoNotShareToShare:
    def test_also_what_is_there_already_unless_said_otherwise(self, world: World) -> None:
        before = world.stay(date(2026, 1, 5))
        service, undated = world.service(before, date(2026, 1, 9)), world.situation(before, None)
        world.answers("do_not_share", date(2026, 1, 5))
        assert world.seen(before, service, undated) == [CLOSED] * 3
        recorded = world.answers("share", date(2026, 3, 1))
        assert world.seen(before, service, undated) == [OPEN] * 3
        assert recorded.changed.touched == 3
        assert "Opened to all organizations: 1 enrollment and 2 records of them." in recorded.words

    def test_from_now_on(self, world: World) -> None:
        """For enrollments that begin later: what is entered later into an earlier one stays closed."""
        before = world.stay(date(2026, 1, 5))
        world.answers("share", date(2026, 3, 1), applies=Applies.FROM_NOW_ON)
        on_the_day, later = world.stay(date(2026, 3, 1)), world.stay(date(2026, 4, 1))
        assert world.seen(before, on_the_day, later) == [CLOSED, OPEN, OPEN]
        services = [world.service(stay, date(2026, 5, 1)) for stay in (before, on_the_day, later)]
        assert world.seen(*services) == [CLOSED, OPEN, OPEN]

    def test_what_was_open_before_stays_open_when_it_is_from_now_on(self, world: World) -> None:
        first = world.stay(date(2026, 1, 5))
        world.answers("share", date(2026, 1, 5))
        world.answers("share", date(2026, 3, 1), applies=Applies.FROM_NOW_ON)
        assert world.seen(first) == [OPEN]


class TestFromShareToDoNotShare:
    def test_all_transactions_of_all_organizations_close_at_once(self, world: World) -> None:
        here, there = world.stay(), world.stay(project=world.elsewhere)
        service = world.service(here, date(2026, 1, 9))
        world.answers("share", date(2026, 1, 5))
        assert world.seen(here, service) == [OPEN] * 2
        recorded = world.answers("do_not_share", date(2026, 3, 1))
        assert world.seen(here, service, there) == [CLOSED, CLOSED, OPEN]  # the stranger works there
        with acting(world.worker):
            assert not Enrollment.objects.filter(pk=there.pk).exists()
            assert Enrollment.objects.filter(pk=here.pk).exists()
        assert recorded.changed.touched == 3
        assert "cannot be called back" in recorded.words

    def test_with_old_versions_and_deleted_rows(self, world: World) -> None:
        stay = world.stay()
        kept, gone = world.service(stay, date(2026, 1, 9)), world.service(stay, date(2026, 1, 10))
        other = world.stay(date(2026, 2, 1))
        hanging = world.service(other, date(2026, 2, 2))
        world.answers("share", date(2026, 1, 5))
        with acting(world.administrator):
            for one in (stay, kept, gone):
                type(one).objects.filter(pk=one.pk).update(user_id="U9")
            for one in (gone, hanging, other):
                type(one).objects.filter(pk=one.pk).delete()

        def seen() -> list[bool]:
            with acting(world.stranger):
                return [history_of(one).exists() for one in (stay, kept, gone, hanging, other)]

        assert seen() == [OPEN] * 5
        world.answers("do_not_share", date(2026, 3, 1))
        assert seen() == [CLOSED] * 5
        world.answers("share", date(2026, 4, 1))
        assert seen() == [OPEN] * 5
        with acting(world.administrator):
            for model in (Enrollment, Services):
                history = apps.get_model("enrollments", f"{model.__name__}History")
                assert set(history.objects.values_list("is_shared", flat=True)) == {True}

    def test_what_is_entered_afterwards_is_closed(self, world: World) -> None:
        world.answers("share", date(2026, 1, 5))
        world.answers("do_not_share", date(2026, 3, 1))
        stay = world.stay(date(2026, 3, 2), is_shared=True)
        assert world.seen(stay, world.service(stay, date(2026, 3, 3))) == [CLOSED] * 2

    def test_not_from_now_on(self, world: World) -> None:
        with pytest.raises(ConsentRefused, match="closes what is there as well"):
            world.answers("do_not_share", date(2026, 3, 1), applies=Applies.FROM_NOW_ON)


def test_members_differ(world: World) -> None:
    """Each person's own answer governs that person's rows; nothing of the others names who is left out."""
    with acting(world.administrator):
        partner = factories.make_client()
    head = world.stay(household_id="H1")
    other = world.stay(client=partner, household_id="H1", relationship_to_hoh=3)
    world.answers("share", date(2026, 1, 5))
    world.answers("do_not_share", date(2026, 1, 5), client=partner)
    assert world.seen(head, other) == [OPEN, CLOSED]
    with acting(world.stranger):
        assert Enrollment.objects.filter(household_id="H1").count() == 1
    with acting(world.worker):
        assert Enrollment.objects.filter(household_id="H1").count() == 2


class TestGuardianForMinors:
    BORN = date(2008, 6, 10)  # 18 on June 10, 2026

    @pytest.fixture
    def child(self, world: World) -> Client:
        with acting(world.administrator):
            return factories.make_client(dob=self.BORN)

    def test_a_choice_per_child_may_differ(self, world: World, child: Client) -> None:
        with acting(world.administrator):
            sister = factories.make_client(dob=date(2012, 1, 1))
        stays = [world.stay(client=one, relationship_to_hoh=2) for one in (child, sister)]
        world.answers("share", date(2026, 1, 5), client=child, guardian="Invented Parent, mother")
        world.answers("do_not_share", date(2026, 1, 5), client=sister, guardian="Invented Parent, mother")
        assert world.seen(*stays) == [OPEN, CLOSED]

    def test_at_18_nothing_opens_until_the_adult_signs(self, world: World, child: Client) -> None:
        stay = world.stay(client=child)
        world.answers("share", date(2026, 1, 5), client=child, guardian="Invented Parent, mother")
        before, birthday = world.service(stay, date(2026, 6, 9)), world.service(stay, date(2026, 6, 10))
        later = world.stay(date(2026, 7, 1), client=child)
        assert world.seen(stay, before, birthday, later) == [OPEN, OPEN, CLOSED, CLOSED]
        world.answers("share", date(2026, 8, 1), client=child)
        assert world.seen(stay, before, birthday, later) == [OPEN] * 4

    def test_questions_and_results_follow_the_day_of_their_assessment(
        self, world: World, child: Client
    ) -> None:
        stay = world.stay(client=child)
        world.answers("share", date(2026, 1, 5), client=child, guardian="Invented Parent, mother")
        with acting(world.administrator):
            made = factories.record(enrollment=stay, assessment_date=date(2026, 6, 20))
            assessment = Assessment.objects.create(**made)
            result = AssessmentResults.objects.create(
                **factories.record(enrollment=stay, assessment=assessment)
            )
        assert world.seen(assessment, result) == [CLOSED] * 2
        with acting(world.administrator):
            Assessment.objects.filter(pk=assessment.pk).update(assessment_date=date(2026, 6, 1))
        assert world.seen(assessment, result) == [OPEN] * 2

    def test_a_corrected_day_of_birth_moves_the_end(self, world: World, child: Client) -> None:
        stay = world.stay(client=child)
        world.answers("share", date(2026, 1, 5), client=child, guardian="Invented Parent, mother")
        service = world.service(stay, date(2026, 6, 20))
        assert world.seen(stay, service) == [OPEN, CLOSED]
        with acting(world.worker):
            Client.objects.filter(pk=child.pk).update(dob=date(2008, 7, 10))
        assert world.seen(stay, service) == [OPEN, OPEN]
        with acting(world.worker):
            Client.objects.filter(pk=child.pk).update(dob=date(2008, 1, 4))
        assert world.seen(stay, service) == [OPEN, OPEN]  # of age on the day: the answer is not a minor's

    def test_on_the_list_30_days_before(self, world: World, child: Client) -> None:
        world.stay(client=child)
        world.answers("share", date(2026, 1, 5), client=child, guardian="Invented Parent, mother")

        def listed(day: date, user: User) -> list[Client]:
            with acting(user):
                return list(due.turning_18(user, day))

        assert listed(date(2026, 5, 10), world.worker) == []
        assert listed(date(2026, 5, 11), world.worker) == [child]
        assert listed(date(2026, 6, 10), world.worker) == [child]
        assert listed(date(2026, 6, 11), world.worker) == []
        assert listed(date(2026, 5, 11), world.stranger) == []
        with acting(world.worker):
            asked = due.to_be_asked
            assert child not in asked(world.worker, date(2026, 6, 9))
            assert child in asked(world.worker, date(2026, 6, 10))


class TestMinorAlone:
    def test_shares_only_with_a_guardian(self, world: World, settings: Any) -> None:
        with acting(world.administrator):
            youth = factories.make_client(dob=date(2010, 1, 1))
        stay = world.stay(client=youth)
        with pytest.raises(ConsentRefused, match="under 18"):
            world.answers("share", date(2026, 1, 5), client=youth)
        world.answers("do_not_share", date(2026, 1, 5), client=youth)
        assert world.seen(stay) == [CLOSED]
        youth.withheld = frozenset({"dob"})  # read for somebody whose role does not show it
        with pytest.raises(ConsentRefused, match="does not show birth dates"):
            world.answers("share", date(2026, 1, 5), client=youth)
        settings.CONSENT_SCHEME = replace(settings.CONSENT_SCHEME, minors_may_sign=True)
        world.answers("share", date(2026, 1, 6), client=youth)
        assert world.seen(stay) == [OPEN]

    def test_whoever_sees_no_birth_date_records_no_sharing(self, world: World, monkeypatch: Any) -> None:
        stay = world.stay()
        factories.take_rights(monkeypatch, Permission.DOB_VIEW)
        worker = User.objects.get(pk=world.worker.pk)
        with acting(worker):
            person = Client.objects.restrict(worker).get(pk=world.person.pk)
        with pytest.raises(ConsentRefused, match="does not show birth dates"):
            world.answers("share", date(2026, 1, 5), client=person, by=worker)
        world.answers("do_not_share", date(2026, 1, 5), client=person, by=worker)
        assert world.seen(stay) == [CLOSED]


class TestTwoAgenciesHoldDifferentAnswers:
    def at_the_clinic(self, world: World, choice: str, day: date) -> None:
        world.answers(choice, day, by=world.stranger, organization=world.clinic)

    def test_the_latest_day_wins_whatever_was_entered_first(self, world: World) -> None:
        stay = world.stay()
        world.answers("share", date(2026, 3, 1))
        self.at_the_clinic(world, "do_not_share", date(2026, 2, 1))
        assert world.seen(stay) == [OPEN]
        self.at_the_clinic(world, "do_not_share", date(2026, 4, 1))
        assert world.seen(stay) == [CLOSED]

    @pytest.mark.parametrize("order", [("share", "do_not_share"), ("do_not_share", "share")])
    def test_on_the_same_day_the_narrower(self, world: World, order: tuple[str, str]) -> None:
        stay = world.stay()
        for choice in order:
            self.at_the_clinic(world, choice, date(2026, 3, 1))
        assert world.seen(stay) == [CLOSED]
        with acting(world.stranger):
            assert Consent.objects.get(is_current=True).choice == "do_not_share"

    def test_from_now_on_is_narrower_than_all(self, world: World) -> None:
        stay = world.stay()
        world.answers("share", date(2026, 3, 1), applies=Applies.FROM_NOW_ON)
        world.answers("do_not_share", date(2026, 2, 1))
        world.answers("share", date(2026, 3, 1))
        assert world.seen(stay) == [CLOSED]

    def test_both_are_kept(self, world: World) -> None:
        world.answers("share", date(2026, 3, 1))
        self.at_the_clinic(world, "do_not_share", date(2026, 2, 1))
        with acting(world.worker):
            found = queries.answers(world.worker, world.person)
            assert [(one.choice, one.is_current) for one in found] == [
                ("share", True), ("do_not_share", False),
            ]  # fmt: skip


class TestNoAnswerRecorded:
    def test_is_do_not_share_and_to_be_asked(self, world: World) -> None:
        stay = world.stay()
        assert world.seen(stay, world.service(stay, date(2026, 1, 9))) == [CLOSED] * 2
        with acting(world.worker):
            assert list(due.to_be_asked(world.worker, date(2026, 2, 1))) == [world.person]
        with acting(world.stranger):
            assert list(due.to_be_asked(world.stranger, date(2026, 2, 1))) == []
        with acting(world.administrator):
            assert list(due.to_be_asked(world.administrator, date(2026, 2, 1))) == [world.person]

    def test_an_answer_takes_somebody_off_the_list(self, world: World) -> None:
        world.stay()
        world.answers("do_not_share", date(2026, 1, 5))
        with acting(world.worker):
            assert list(due.to_be_asked(world.worker, date(2026, 2, 1))) == []


def test_an_answer_on_an_older_form_is_honored_and_asked_again(world: World) -> None:
    stay = world.stay()
    consent = world.answers("share", date(2023, 5, 1), form_version="2019-01").consents[0]
    assert world.seen(stay) == [OPEN]
    with acting(world.worker):
        today = timezone.localdate()
        assert queries.is_older_form(world.worker, consent, today)
        assert list(due.to_be_asked(world.worker, today)) == [world.person]


def test_death_leaves_the_choice(world: World) -> None:
    stay = world.stay()
    world.answers("share", date(2026, 1, 5))
    with acting(world.administrator):
        end = Exit.objects.create(
            **factories.record(enrollment=stay, exit_date=date(2026, 2, 1), destination=24)
        )
    assert world.seen(stay, end) == [OPEN] * 2


class TestExpiry:
    def test_is_a_day_on_every_row(self, world: World) -> None:
        stay = world.stay()
        service = world.service(stay, date(2026, 1, 9))
        world.answers("share", date(2026, 1, 5), until=date(2099, 1, 5))
        for one in (stay, service, world.stay(date(2026, 2, 1))):
            with acting(world.administrator):
                one.refresh_from_db()
            assert (one.is_shared, one.shared_until) == (True, date(2099, 1, 5))

    def test_as_the_scheme_says(self, world: World, settings: Any) -> None:
        settings.CONSENT_SCHEME = replace(settings.CONSENT_SCHEME, months=36)
        stay = world.stay()
        world.answers("share", date(2024, 2, 29))
        with acting(world.administrator):
            stay.refresh_from_db()
        assert stay.shared_until == date(2027, 2, 28)
        with acting(world.worker):
            asked = due.to_be_asked
            assert list(asked(world.worker, date(2027, 2, 27))) == []
            assert list(asked(world.worker, date(2027, 2, 28))) == [world.person]


def test_where_the_scheme_asks_a_household_the_head_answers_for_all(world: World, settings: Any) -> None:
    settings.CONSENT_SCHEME = replace(settings.CONSENT_SCHEME, per="household")
    with acting(world.administrator):
        partner = factories.make_client()
    head = world.stay(household_id="H1")
    other = world.stay(client=partner, household_id="H1", relationship_to_hoh=3)
    recorded = world.answers("share", date(2026, 1, 5))
    assert world.seen(head, other) == [OPEN] * 2
    assert (len(recorded.consents), recorded.changed.touched) == (2, 2)


@pytest.mark.parametrize("choice", ["share", "do_not_share"])
def test_a_head_does_not_answer_for_who_left_or_came_later(world: World, settings: Any, choice: str) -> None:
    """Bound are who is in the household on that day and who leaves on it, nobody of a stay that is over."""
    settings.CONSENT_SCHEME = replace(settings.CONSENT_SCHEME, per="household")
    with acting(world.administrator):
        there, leaving, left, later, of_old = (factories.make_client() for _ in range(5))
    member = {"household_id": "H1", "relationship_to_hoh": 3}
    world.stay(household_id="H1")
    world.stay(client=there, **member)
    exits = {leaving: date(2026, 3, 1), left: date(2026, 2, 28)}
    stays = {person: world.stay(client=person, **member) for person in exits}
    world.stay(date(2026, 3, 2), client=later, **member)
    over = world.stay(date(2025, 1, 5), household_id="H0")
    stays[over.client], exits[over.client] = over, date(2025, 2, 1)
    world.stay(date(2025, 1, 5), client=of_old, **member | {"household_id": "H0"})
    with acting(world.administrator):
        for person, day in exits.items():
            Exit.objects.create(**factories.record(enrollment=stays[person], exit_date=day, destination=410))
    recorded = world.answers(choice, date(2026, 3, 1))
    assert {one.client_id for one in recorded.consents} == {world.person.pk, there.pk, leaving.pk}


def test_by_word_leaves_a_signature_due(world: World) -> None:
    world.stay()
    given = {"method": Method.BY_WORD, "witness": "Invented Colleague"}
    world.answers("share", date(2026, 1, 5), **given)
    with acting(world.worker):
        assert list(due.signature_due(world.worker, date(2026, 1, 5))) == [world.person]
    with acting(world.stranger):
        assert not due.signature_due(world.stranger, date(2026, 1, 5)).exists()
