"""What one statement adds to several stays takes each from its own stay, as if it were added alone."""

import random
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.consent.choices import Applies
from hearth.hmis.coordinated_entry.models import Assessment
from hearth.hmis.enrollments.models import Enrollment, Exit
from hearth.hmis.enrollments.models.base import EnrollmentRecord
from tests import factories
from tests.hmis.consent.consenting import World

pytestmark = pytest.mark.django_db

KINDS = [model for model in apps.get_models() if issubclass(model, EnrollmentRecord)]
DAYS = ("information_date", "date_provided", "exit_date", "assessment_date", "event_date", "begins_on")
DECIDED = ("organization_id", "project_id", "is_shared", "shared_until", "is_restricted")


def day(dice: random.Random) -> date:
    return date(2025, 1, 1) + timedelta(days=dice.randrange(700))


@pytest.fixture
def world(administrator: User) -> World:
    return World(administrator)


@pytest.fixture
def stays(world: World) -> list[Enrollment]:
    """Stays of people who answered so and so, or nothing; some are restricted."""
    dice = random.Random(20261201)
    with acting(world.administrator):
        people = [factories.make_client(dob=date(1990, 1, 1)) for _ in range(10)]
    for person in people:
        for _ in range(dice.randrange(4)):
            choice = dice.choice(["share", "share", "do_not_share"])
            applies = dice.choice(list(Applies)) if choice == "share" else Applies.ALL
            world.answers(choice, day(dice), client=person, applies=applies)
    with acting(world.administrator):
        for person in people[:2]:
            factories.restrict(person)
        project = factories.make_project()
        added = Enrollment.objects.bulk_create(
            Enrollment(
                client=person, project=project, entry_date=day(dice),
                **factories.record(is_shared=dice.random() < 0.5),
            )
            for person in people
        )  # fmt: skip
        return list(Enrollment.objects.filter(pk__in=[one.pk for one in added]).order_by("pk"))


def lied_about(stay: Enrollment) -> Enrollment:
    """The stay as it is not, which its records are then made of."""
    seen: Enrollment = Enrollment.objects.get(pk=stay.pk)
    seen.is_shared, seen.is_restricted = not stay.is_shared, not stay.is_restricted
    seen.shared_until = None if stay.shared_until else date(2031, 1, 1)
    return seen


def records(model: type[Any], stays: list[Enrollment], dice: random.Random) -> list[Any]:
    has = {field.name for field in model._meta.fields}
    more = {}
    made = []
    for stay in stays:
        for name in DAYS:
            if name in has:
                more[name] = stay.entry_date + timedelta(days=dice.randrange(300))
        if "assessment" in has:
            own = Assessment(enrollment=stay, assessment_date=day(dice), **factories.record())
            own.save()
            more["assessment"] = own
        made.append(model(enrollment=lied_about(stay), **factories.record(), **more))
    return made


def decided(model: type[Any], rows: list[Any]) -> list[tuple[Any, ...]]:
    stored = {row[0]: row[1:] for row in model.objects.values_list("pk", *DECIDED)}
    return [stored[row.pk] for row in rows]


def test_stays_take_what_their_clients_answered(world: World, stays: list[Enrollment]) -> None:
    with acting(world.administrator), connection.cursor() as cursor:
        assert {stay.is_shared for stay in stays} == {True, False}
        assert [stay.is_restricted for stay in stays] == [True] * 2 + [False] * 8
        cursor.execute("SELECT hearth_follow_answers(%s)", [[stay.client_id for stay in stays]])
        assert cursor.fetchone() == (0,)  # there was nothing to put right


def test_records_of_many_stays_each_take_their_own(world: World, stays: list[Enrollment]) -> None:
    """Of every kind, whatever whoever adds them takes the stays for; the same as one by one."""
    of_stay = ("organization_id", "project_id", "shared_until", "is_restricted")
    with acting(world.administrator), connection.cursor() as cursor:
        for model in KINDS:
            together = model.objects.bulk_create(records(model, stays, random.Random(7)))
            results = decided(model, together)
            for stay, (organization, project, shared, until, restricted) in zip(stays, results, strict=True):
                taken = (organization, project, until, restricted)
                assert taken == tuple(getattr(stay, name) for name in of_stay), model
                assert stay.is_shared or not shared, model
            if model is Exit:  # a stay has one
                continue
            alone = records(model, stays, random.Random(7))
            for one, other in zip(alone, together, strict=True):
                if hasattr(one, "assessment_id"):
                    one.assessment = other.assessment
                one.save(force_insert=True)
            assert decided(model, alone) == results, model
        cursor.execute("SELECT hearth_follow_answers(%s)", [[stay.client_id for stay in stays]])
        assert cursor.fetchone() == (0,)


def test_one_stay_that_is_not_ones_own_refuses_all(world: World, stays: list[Enrollment]) -> None:
    """Somebody of another organization adds to their own stay and, in the same statement, to one of ours."""
    with acting(world.administrator):
        elsewhere = factories.make_project()
        theirs = factories.make_enrollment(project=elsewhere)
        closed = next(stay for stay in stays if not stay.is_shared)
        made = {model: records(model, [theirs, closed], random.Random(3)) for model in KINDS}
        stranger = factories.make_hmis_user(elsewhere.organization)
    for model, rows in made.items():
        for record in rows:
            record.enrollment.organization_id = elsewhere.organization_id
            record.enrollment.project_id = elsewhere.pk
        with acting(stranger):
            there = model.objects.count()
            with pytest.raises(IntegrityError, match="not there, or not yours to use"), transaction.atomic():
                model.objects.bulk_create(rows)
            assert model.objects.count() == there, model
