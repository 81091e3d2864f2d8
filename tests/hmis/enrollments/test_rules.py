"""What must never be false of enrollments, whoever writes."""

from datetime import date, datetime

import pytest
from django.db import IntegrityError, connection

from hearth.hmis.access.models import User
from hearth.hmis.enrollments.models import Enrollment, Exit, IncomeBenefits
from tests import factories
from tests.factories import record

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrollment(as_administrator: User) -> Enrollment:
    return factories.make_enrollment(entry_date=date(2026, 3, 1))


def test_exit_before_entry_is_refused(enrollment: Enrollment) -> None:
    with pytest.raises(IntegrityError, match="exit is before the entry"):
        Exit.objects.create(**record(enrollment=enrollment, exit_date=date(2026, 2, 28)))


def test_exit_on_the_day_of_entry_is_allowed(enrollment: Enrollment) -> None:
    assert Exit.objects.create(**record(enrollment=enrollment, exit_date=date(2026, 3, 1))).pk


def test_a_faulty_exit_is_kept_as_it_came(enrollment: Enrollment) -> None:
    exit = Exit.objects.create(**record(enrollment=enrollment, exit_date=date(2026, 2, 1), is_faulty=True))
    with pytest.raises(IntegrityError):
        Exit.objects.filter(pk=exit.pk).update(is_faulty=False)


def test_entry_cannot_move_behind_the_exit(enrollment: Enrollment) -> None:
    Exit.objects.create(**record(enrollment=enrollment, exit_date=date(2026, 3, 5)))
    with pytest.raises(IntegrityError, match="exit is before the entry"):
        Enrollment.objects.filter(pk=enrollment.pk).update(entry_date=date(2026, 3, 6))


def test_one_exit_of_an_enrollment(enrollment: Enrollment) -> None:
    Exit.objects.create(
        **record(enrollment=enrollment, exit_date=date(2026, 3, 5), date_deleted=datetime(2026, 3, 6))
    )
    Exit.objects.create(**record(enrollment=enrollment, exit_date=date(2026, 3, 7)))
    with pytest.raises(IntegrityError, match="one_exit_of_an_enrollment"):
        Exit.objects.create(**record(enrollment=enrollment, exit_date=date(2026, 3, 8)))


def test_one_head_of_household(enrollment: Enrollment) -> None:
    same = {"project": enrollment.project, "household_id": enrollment.household_id}
    factories.make_enrollment(**same, relationship_to_hoh=2)
    factories.make_enrollment(**same, is_faulty=True)
    factories.make_enrollment(household_id=enrollment.household_id)  # another project: another household
    with pytest.raises(IntegrityError, match="one_head_of_household"):
        factories.make_enrollment(**same)


def test_source_keys_are_unique_within_their_source(enrollment: Enrollment) -> None:
    factories.make_enrollment(hud_id=enrollment.hud_id, data_source=factories.make_source())
    with pytest.raises(IntegrityError, match="enrollment_source_key"):
        factories.make_enrollment(hud_id=enrollment.hud_id)


def test_records_follow_their_enrollment(enrollment: Enrollment) -> None:
    income = IncomeBenefits.objects.create(**record(enrollment=enrollment))
    income.refresh_from_db()
    assert (income.organization_id, income.is_shared) == (enrollment.project.organization_id, False)

    Enrollment.objects.filter(pk=enrollment.pk).update(is_shared=True)
    income.refresh_from_db()
    assert income.is_shared

    other = factories.make_project()
    Enrollment.objects.filter(pk=enrollment.pk).update(project=other)
    income.refresh_from_db()
    enrollment.refresh_from_db()
    assert income.organization_id == enrollment.organization_id == other.organization_id


def test_enrollments_follow_their_project_to_another_organization(enrollment: Enrollment) -> None:
    income = IncomeBenefits.objects.create(**record(enrollment=enrollment))
    new = factories.make_organization()
    project = enrollment.project
    project.organization = new
    project.save()
    income.refresh_from_db()
    assert income.organization_id == new.pk


def test_an_enrollment_added_with_sql_is_of_its_projects_organization(enrollment: Enrollment) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO enrollments_enrollment"
            " (data_source_id, hud_id, client_id, project_id, organization_id)"
            " VALUES (%s, 'added', %s, %s, %s)",
            [enrollment.data_source_id, enrollment.client_id, enrollment.project_id,
             factories.make_organization().pk],
        )  # fmt: skip
    added = Enrollment.objects.get(hud_id="added")
    assert added.organization_id == enrollment.project.organization_id


def test_visibility_of_a_record_cannot_be_forged(enrollment: Enrollment) -> None:
    income = IncomeBenefits.objects.create(
        **record(enrollment=enrollment, organization=factories.make_organization(), is_shared=True)
    )
    income.refresh_from_db()
    assert (income.organization_id, income.is_shared) == (enrollment.project.organization_id, False)
