"""What decides who sees a row stays in step, of every kind of record and of every old version."""

from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.audit import changes
from hearth.hmis.audit.changes import Kind
from hearth.hmis.audit.history import history_of
from hearth.hmis.clients.models import Client
from hearth.hmis.coordinated_entry.models import Assessment
from hearth.hmis.enrollments.models import Enrollment, Exit, IncomeBenefits
from hearth.hmis.enrollments.models.base import EnrollmentRecord
from tests import factories
from tests.factories import record

pytestmark = pytest.mark.django_db

KINDS = [model for model in apps.get_models() if issubclass(model, EnrollmentRecord)]
COLUMNS = ("organization_id", "project_id", "is_shared", "shared_until", "is_restricted")
END = date(2026, 12, 1)


def history(model: type[models.Model]) -> Any:
    return apps.get_model(model._meta.app_label, f"{model.__name__}History").objects


def decided(rows: Any) -> set[tuple[Any, ...]]:
    return set(rows.values_list(*COLUMNS))


def make(model: type[models.Model], enrollment: Enrollment) -> Any:
    more = {}
    if any(field.name == "assessment" for field in model._meta.fields):
        more["assessment"] = Assessment.objects.create(**record(enrollment=enrollment))
    return model.objects.create(**record(enrollment=enrollment, **more))


@pytest.fixture
def enrollment(as_administrator: User) -> Enrollment:
    return factories.make_enrollment(entry_date=date(2026, 3, 1))


def test_there_are_fourteen_kinds() -> None:
    assert len(KINDS) == 14


@pytest.mark.parametrize("model", KINDS, ids=lambda model: model.__name__)
def test_every_kind_follows_with_its_old_versions(enrollment: Enrollment, model: type[models.Model]) -> None:
    """A version of before, the one that the change itself leaves, and those of a deleted record."""
    kept, gone = make(model, enrollment), make(model, enrollment) if model is not Exit else None
    own = model.objects.filter(pk=kept.pk)
    for row in model.objects.filter(pk__in=[kept.pk, gone.pk] if gone else [kept.pk]):
        row.user_id = "U9"
        row.save()
    if gone:
        model.objects.filter(pk=gone.pk).delete()
    other = factories.make_project()
    for change in (
        {"is_shared": True, "shared_until": END},
        {"project": other},
        {"is_shared": False, "shared_until": None},
    ):
        Enrollment.objects.filter(pk=enrollment.pk).update(**change)
        now = decided(Enrollment.objects.filter(pk=enrollment.pk))
        assert decided(own) == now
        assert decided(history(model).filter(enrollment=enrollment.pk)) == now
        assert decided(history_of(enrollment)) == now
    factories.restrict(enrollment.client)
    now = {(other.organization_id, other.pk, False, None, True)}
    assert decided(own) == decided(history(model)) == decided(history_of(enrollment)) == now
    assert decided(Enrollment.objects.filter(pk=enrollment.pk)) == now
    assert history(model).filter(pgh_label="before_delete").count() == (1 if gone else 0)


def test_a_closed_enrollment_leaves_no_open_copy(administrator: User) -> None:
    with acting(administrator):
        enrollment = factories.make_enrollment(is_shared=True)
        income = IncomeBenefits.objects.create(**record(enrollment=enrollment))
        IncomeBenefits.objects.filter(pk=income.pk).update(user_id="U9")
        Enrollment.objects.filter(pk=enrollment.pk).update(percent_ami=1)
        stranger = factories.make_hmis_user(factories.make_organization())
    with acting(stranger):
        assert history_of(enrollment).exists()
        assert history_of(income).exists()
    with acting(administrator):
        Enrollment.objects.filter(pk=enrollment.pk).update(is_shared=False)
    with acting(stranger):
        assert not history_of(enrollment).exists()
        assert not history_of(income).exists()
    with acting(administrator):
        assert history_of(income).count() == 2


def test_a_worker_who_closes_closes_the_old_versions_too(administrator: User) -> None:
    """Not only administrators, who see all: the change is one of the own organization."""
    with acting(administrator):
        enrollment = factories.make_enrollment(is_shared=True)
        worker = factories.make_hmis_user(enrollment.project.organization)
    with acting(worker):
        Enrollment.objects.filter(pk=enrollment.pk).update(percent_ami=1)
        Enrollment.objects.filter(pk=enrollment.pk).update(is_shared=False)
        assert set(history_of(enrollment).values_list("is_shared", flat=True)) == {False}


def test_a_record_that_moved_takes_its_versions_along(enrollment: Enrollment) -> None:
    """They are seen by who sees the record now, and follow its new enrollment alone, deleted or not."""
    other = factories.make_enrollment(is_shared=True)
    income = IncomeBenefits.objects.create(**record(enrollment=enrollment))
    IncomeBenefits.objects.filter(pk=income.pk).update(enrollment=other)
    assert decided(history_of(income)) == decided(Enrollment.objects.filter(pk=other.pk))
    Enrollment.objects.filter(pk=enrollment.pk).update(shared_until=END)
    assert decided(history_of(income)) == decided(Enrollment.objects.filter(pk=other.pk))
    IncomeBenefits.objects.filter(pk=income.pk).delete()
    Enrollment.objects.filter(pk=other.pk).update(is_shared=False)
    assert decided(history(IncomeBenefits)) == decided(Enrollment.objects.filter(pk=other.pk))


def test_where_an_enrollment_was_is_not_forgotten(enrollment: Enrollment) -> None:
    first = enrollment.project_id
    second, third = factories.make_project(), factories.make_project()
    for project in (second, third):
        Enrollment.objects.filter(pk=enrollment.pk).update(project=project)
    versions = history_of(enrollment).values_list("project_id", "pgh_moved_from")
    assert list(versions) == [(third.pk, second.pk), (third.pk, first)]
    Enrollment.objects.filter(pk=enrollment.pk).update(project=second)
    versions = history_of(enrollment).values_list("project_id", "pgh_moved_from")
    assert list(versions) == [(second.pk, third.pk), (second.pk, None), (second.pk, first)]


def test_how_an_enrollment_was_shared_is_not_forgotten(
    enrollment: Enrollment, as_administrator: User
) -> None:
    for shared in (True, False):
        Enrollment.objects.filter(pk=enrollment.pk).update(is_shared=shared)
    versions = history_of(enrollment).values_list("is_shared", "pgh_was_shared")
    assert list(versions) == [(False, True), (False, None)]
    kind = Kind("Enrollment", "Enrollment", Enrollment.objects.filter(pk=enrollment.pk))
    steps = [
        step
        for change in changes.history(as_administrator, [kind], withholds=lambda *told: False).changes
        for step in change.steps
    ]
    assert [(step.label, step.before, step.after) for step in steps] == [
        ("Visible to", "every HMIS user", "this organization only"),
        ("Visible to", "this organization only", "every HMIS user"),
    ]


def test_deleted_enrollments_follow_their_client_and_project(enrollment: Enrollment) -> None:
    income = IncomeBenefits.objects.create(**record(enrollment=enrollment))
    project = enrollment.project
    IncomeBenefits.objects.filter(pk=income.pk).delete()
    Enrollment.objects.filter(pk=enrollment.pk).delete()
    factories.restrict(enrollment.client)
    project.organization = factories.make_organization()
    project.save()
    now = {(project.organization_id, project.pk, False, None, True)}
    assert decided(history(Enrollment)) == decided(history(IncomeBenefits)) == now


def test_old_versions_of_a_client_are_as_restricted_as_the_client(as_administrator: User) -> None:
    client = factories.make_client()
    Client.objects.filter(pk=client.pk).update(first_name="Other")
    factories.restrict(client)
    assert set(history_of(client).values_list("is_restricted", flat=True)) == {True}
    assert history_of(client).count() == 2
    factories.lift_restrictions(client)
    assert set(history_of(client).values_list("is_restricted", flat=True)) == {False}


def test_an_enrollment_of_a_restricted_client_is_restricted_whoever_says_otherwise(
    as_administrator: User,
) -> None:
    client = factories.make_client()
    factories.restrict(client)
    enrollment = factories.make_enrollment(client, is_restricted=False)  # knows the client as it was
    enrollment.refresh_from_db()
    assert enrollment.is_restricted
    Enrollment.objects.filter(pk=enrollment.pk).update(is_restricted=False)
    enrollment.refresh_from_db()
    assert enrollment.is_restricted
    income = IncomeBenefits.objects.create(**record(enrollment=enrollment))
    assert income.is_restricted
    Enrollment.objects.filter(pk=enrollment.pk).update(client=factories.make_client())
    income.refresh_from_db()
    assert not income.is_restricted


def test_nobody_else_keeps_versions_in_step(administrator: User) -> None:
    """The setting is the owner's: whoever else sets it sees and changes no more than before."""
    with acting(administrator):
        theirs = factories.make_enrollment()
        Enrollment.objects.filter(pk=theirs.pk).update(percent_ami=1)
        stranger = factories.make_hmis_user(factories.make_organization())
    with acting(stranger), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.keeps_step', 'on', true)")
        assert not Enrollment.objects.filter(pk=theirs.pk).exists()
        assert not history_of(theirs).exists()
        assert Enrollment.objects.filter(pk=theirs.pk).update(percent_ami=2) == 0
        for function in (
            "hearth_versions_keep_step('enrollments_exit', '{}')",
            "hearth_deleted_keep_step('{}')",
        ):
            cursor.execute("SAVEPOINT asked")
            with pytest.raises(Exception, match="permission denied"):
                cursor.execute(f"SELECT {function}")
            cursor.execute("ROLLBACK TO asked")


def test_an_ordinary_change_leaves_its_versions_alone(enrollment: Enrollment) -> None:
    """No rewriting of history where nothing that decides has changed."""
    with connection.cursor() as cursor:
        places = []
        for percent in range(3):
            Enrollment.objects.filter(pk=enrollment.pk).update(percent_ami=percent)
            cursor.execute("SELECT pgh_id, ctid::text FROM enrollments_enrollmenthistory ORDER BY pgh_id")
            found = cursor.fetchall()
            assert found[:-1] == places  # a row that is written again gets another place
            places = found
        cursor.execute("SELECT current_setting('app.keeps_step', true)")
        assert cursor.fetchone()[0] in (None, "")
