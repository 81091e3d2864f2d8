"""`restrict(user)` in Python and row-level security in the database say the same thing."""

import random
from datetime import date
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction

from hearth.hmis.access import policies_sql
from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access.policies_sql import SecureRows
from hearth.hmis.access.row_policies import ClientIdentity, OfProject, Open
from hearth.hmis.clients.models import Client
from hearth.hmis.enrollments.models import Enrollment, Exit, HealthAndDV, Services
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(administrator: User) -> dict[str, User]:
    """Random enrollments in four organizations, and one user of every kind."""
    dice = random.Random(20260930)
    with acting(administrator):
        organizations = [factories.make_organization() for _ in range(4)]
        projects = [factories.make_project(dice.choice(organizations)) for _ in range(9)]
        clients = [factories.make_client() for _ in range(25)]
        for _ in range(60):
            enrollment = factories.make_enrollment(
                dice.choice(clients), dice.choice(projects), is_shared=dice.random() < 0.3
            )
            for model in (HealthAndDV, Services):
                for _ in range(dice.randrange(3)):
                    model.objects.create(**factories.record(enrollment=enrollment))
            if dice.random() < 0.5:
                Exit.objects.create(**factories.record(enrollment=enrollment, exit_date=date(2026, 2, 1)))
        inactive = factories.make_hmis_user(organizations[0], is_active=False)
    return {
        "administrator": administrator,
        "user of one organization": factories.make_hmis_user(organizations[0]),
        "user of two organizations": factories.make_hmis_user(organizations[1], organizations[2]),
        "user of none": factories.make_user(),
        "auditor": factories.make_auditor(),
        "inactive user": inactive,
    }


def in_database(model: type, user: User | None) -> set[int]:
    with acting(user), connection.cursor() as cursor:
        cursor.execute(f'SELECT id FROM "{model._meta.db_table}"')
        return {row[0] for row in cursor.fetchall()}


@pytest.mark.parametrize("model", [Client, Enrollment, Exit, HealthAndDV, Services])
def test_python_and_database_agree(people: dict[str, User], administrator: User, model: type) -> None:
    everything = in_database(model, administrator)
    assert everything
    seen = {}
    for kind, user in people.items():
        # Python's side alone: asked while an administrator acts, so the database hides nothing.
        with acting(administrator):
            python = set(model.objects.restrict(user).values_list("id", flat=True))
        assert in_database(model, user) == python, kind
        seen[kind] = python
    assert seen["administrator"] == everything
    assert seen["auditor"] == seen["user of none"] == seen["inactive user"] == set()
    if model is not Client:
        assert set() < seen["user of one organization"] < everything


def test_nobody_acting_sees_nothing(people: dict[str, User]) -> None:
    assert in_database(Client, None) == set()
    assert in_database(Enrollment, None) == set()


def test_sees_own_and_shared_only(administrator: User) -> None:
    with acting(administrator):
        own, other = factories.make_organization(), factories.make_organization()
        mine = factories.make_enrollment(project=factories.make_project(own))
        theirs = factories.make_enrollment(project=factories.make_project(other))
        shared = factories.make_enrollment(project=factories.make_project(other), is_shared=True)
    assert in_database(Enrollment, factories.make_hmis_user(own)) == {mine.pk, shared.pk}
    assert in_database(Enrollment, factories.make_hmis_user(other)) == {theirs.pk, shared.pk}


def test_shared_is_to_read_not_to_change(administrator: User) -> None:
    with acting(administrator):
        shared = factories.make_enrollment(is_shared=True)
        user = factories.make_hmis_user(factories.make_organization())
    with acting(user):
        assert Enrollment.objects.filter(pk=shared.pk).exists()
        assert Enrollment.objects.filter(pk=shared.pk).update(percent_ami=1) == 0


def test_cannot_add_to_another_organization(administrator: User) -> None:
    with acting(administrator):
        client, project = factories.make_client(), factories.make_project()
        user = factories.make_hmis_user(factories.make_organization())
    with pytest.raises(ProgrammingError, match="row-level security"), acting(user):
        factories.make_enrollment(client, project)


def test_cannot_hang_a_record_on_an_enrollment_of_others(administrator: User) -> None:
    with acting(administrator):
        hidden = factories.make_enrollment()
        user = factories.make_hmis_user(factories.make_organization())
    with pytest.raises(IntegrityError, match="not there, or not yours"), acting(user):
        HealthAndDV.objects.create(**factories.record(enrollment_id=hidden.pk))


ADDED = """
    INSERT INTO enrollments_healthanddv
        (data_source_id, hud_id, enrollment_id, organization_id, project_id, is_shared)
    VALUES (%(source)s, 'added', %(enrollment)s, %(organization)s, %(project)s, true) RETURNING id
"""


@pytest.mark.parametrize("shared", [False, True])
def test_not_with_sql_of_ones_own_either(administrator: User, shared: bool) -> None:
    """A row that claims the own project for the enrollment of another one."""
    with acting(administrator):
        theirs = factories.make_enrollment(is_shared=shared)
        own = factories.make_project()
        user = factories.make_hmis_user(own.organization)
    said = "row-level security" if shared else "not there, or not yours"
    with pytest.raises(DatabaseError, match=said), acting(user), connection.cursor() as cursor:
        cursor.execute(
            ADDED,
            {
                "source": theirs.data_source_id,
                "enrollment": theirs.pk,
                "organization": own.organization_id,
                "project": own.pk,
            },
        )


def test_what_a_row_added_with_sql_repeats_is_put_right(administrator: User) -> None:
    with acting(administrator):
        enrollment = factories.make_enrollment()
        other = factories.make_project()
        with connection.cursor() as cursor:
            cursor.execute(
                ADDED,
                {
                    "source": enrollment.data_source_id,
                    "enrollment": enrollment.pk,
                    "organization": other.organization_id,
                    "project": other.pk,
                },
            )
            (added,) = cursor.fetchone()
        stored = HealthAndDV.objects.get(pk=added)
        assert (stored.organization_id, stored.is_shared) == (enrollment.project.organization_id, False)
        assert stored.project_id == enrollment.project_id


def test_old_versions_are_as_secret_as_the_row(administrator: User) -> None:
    with acting(administrator):
        own = factories.make_organization()
        mine = factories.make_enrollment(project=factories.make_project(own))
        theirs = factories.make_enrollment()
        Enrollment.objects.update(percent_ami=1)
    history = apps.get_model("enrollments", "EnrollmentHistory")
    with acting(administrator):
        versions = history.objects.values_list("pgh_obj_id", "percent_ami", "pgh_changed_by")
        assert set(versions) == {(mine.pk, None, administrator.pk), (theirs.pk, None, administrator.pk)}
    with acting(factories.make_hmis_user(own)):
        assert set(history.objects.values_list("pgh_obj_id", flat=True)) == {mine.pk}
        for change in (lambda: history.objects.update(percent_ami=9),
                       lambda: history.objects.all()._raw_delete("default")):  # fmt: skip
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                change()
    with acting(None):
        assert not history.objects.exists()


def test_an_ended_grant_ends_what_one_sees(administrator: User) -> None:
    with acting(administrator):
        own = factories.make_organization()
        mine = factories.make_enrollment(project=factories.make_project(own))
        user = factories.make_hmis_user(own)
    assert in_database(Enrollment, user) == {mine.pk}
    factories.end_grants(user)
    assert in_database(Enrollment, user) == set()


def test_acting_ends_with_its_transaction(administrator: User) -> None:
    with acting(administrator):
        factories.make_client()
    with connection.cursor() as cursor:
        cursor.execute("SELECT nullif(current_setting('app.user_id', true), '')")
        assert cursor.fetchone()[0] is None
    assert not Client.objects.exists()


def test_policies_are_forced_on_every_table_with_client_data() -> None:
    """The house rule: a table whose model is about clients cannot exist without its policy."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
        secured = {row[0] for row in cursor.fetchall()}
    for model in apps.get_models():
        policy = getattr(getattr(model, "pgh_tracked_model", model), "row_policy", Open)
        if issubclass(policy, (ClientIdentity, OfProject)):
            assert model._meta.db_table in secured, model._meta.label
    assert "audit_accesslog" in secured


def test_row_security_of_a_migration_is_undone_whole() -> None:
    """Forwards and backwards as PostgreSQL is told, with history and without."""

    class Told:
        def __init__(self) -> None:
            self.statements: list[str] = []

        def execute(self, statement: str) -> None:
            self.statements.append(statement)

    state = SimpleNamespace(apps=apps)
    tables = {"enrollments_enrollment", "enrollments_enrollmenthistory"}
    for history in (None, "EnrollmentHistory"):
        operation = SecureRows("Enrollment", "OfProject", history)
        name, arguments, _ = operation.deconstruct()
        assert (name, arguments) == ("SecureRows", ["Enrollment", "OfProject", history])
        assert "OfProject" in operation.describe() and "Enrollment" in operation.describe()
        operation.state_forwards("enrollments", state)
        forwards, backwards = Told(), Told()
        operation.database_forwards("enrollments", forwards, state, state)
        operation.database_backwards("enrollments", backwards, state, state)
        here = tables if history else {"enrollments_enrollment"}
        for table in here:
            for word in ("ENABLE", "FORCE"):
                assert f'ALTER TABLE "{table}" {word} ROW LEVEL SECURITY' in forwards.statements
            for word in ("DISABLE", "NO FORCE"):
                assert f'ALTER TABLE "{table}" {word} ROW LEVEL SECURITY' in backwards.statements
        dropped = {(one.split()[4], one.split()[6]) for one in backwards.statements if one.startswith("DROP")}
        made = {
            (name, f'"{table}"') for table, all_ in policies_sql.secured() for name in all_ if table in here
        }
        assert made <= dropped
        assert {table.strip('"') for _, table in dropped} == here


def test_the_policies_of_the_database_are_those_of_the_models() -> None:
    """Each table's own, and no other: what the code says is what `bring_up_to_date` put there."""
    wanted = {
        (table, name, policies_sql.fingerprint(text))
        for table, policies in [*policies_sql.secured(), *policies_sql.counted()]
        for name, text in policies.items()
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT polrelid::regclass::text, polname, obj_description(oid, 'pg_policy') FROM pg_policy"
            " WHERE polname = ANY (%s) AND obj_description(oid, 'pg_policy') IS NOT NULL",
            [list(policies_sql.NAMES)],
        )
        assert set(cursor.fetchall()) == wanted
        cursor.execute(
            "SELECT DISTINCT polrelid::regclass::text FROM pg_policy"
            " WHERE obj_description(oid, 'pg_policy') IS NULL AND polname NOT LIKE 'step\\_%%'"
        )
        # Made by migrations of their own: nobody's model says them.
        assert {table for (table,) in cursor.fetchall()} == {"audit_accesslog", "access_usecount"}


def test_a_transaction_that_failed_is_left_to_be_undone(administrator: User) -> None:
    other = factories.make_user()
    with acting(administrator):
        with transaction.atomic(), acting(other):
            transaction.set_rollback(True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('app.user_id', true)")
            assert cursor.fetchone() == (str(administrator.pk),)
