"""What SQL can do as hearth_web and hearth_loader, whoever acts: the last wall behind a mistake of ours."""

from datetime import date

import psycopg
import pytest
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError, connection, connections, transaction

from hearth.hmis.access.actions import become_first_administrator, give_grant
from hearth.hmis.access.context import acting, set_acting_user
from hearth.hmis.access.models import Grant, User
from hearth.hmis.access.roles import Auditor, HmisUser, SystemAdministrator
from hearth.hmis.access.scopes import OrganizationScope, StateScope
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access, AccessLog
from hearth.hmis.clients.models import Client
from hearth.hmis.enrollments.models import Enrollment
from hearth.server import database
from tests import factories

pytestmark = pytest.mark.django_db

REFUSED_TO_ALL = [
    "TRUNCATE clients_client CASCADE",
    "TRUNCATE audit_accesslog",
    "UPDATE audit_accesslog SET user_id = 1",
    "DELETE FROM audit_accesslog",
    "UPDATE clients_clienthistory SET first_name = 'x'",
    "DELETE FROM clients_clienthistory",
    "DELETE FROM enrollments_enrollmenthistory",
    "UPDATE organizations_projecthistory SET project_name = 'x'",
    "DELETE FROM organizations_organizationhistory",
    "SELECT * FROM clients_searchkey",
    "SELECT * FROM clients_searchname",
    "SELECT * FROM hearth_likely_words('maria', '{}', 9)",
    "SELECT hearth_search_without_indexes()",
    "SELECT hearth_search_indexes()",
    "SET ROLE hearth_owner",
    "SET ROLE hearth_loader",
    "SET SESSION AUTHORIZATION hearth_owner",
    "SET session_replication_role = replica",
    "SET row_security = off; SELECT * FROM clients_client",
    "ALTER TABLE clients_client DISABLE ROW LEVEL SECURITY",
    "DROP POLICY reads ON clients_client",
    "ALTER TABLE clients_client DISABLE TRIGGER ALL",
    "CREATE POLICY mine ON clients_client USING (true)",
    "CREATE TABLE mine (id int)",
    "CREATE OR REPLACE FUNCTION hearth_sees_all() RETURNS boolean LANGUAGE sql AS 'SELECT true'",
    "CREATE TEMPORARY TABLE t (id bigint, first_name text, middle_name text, last_name text);"
    " CREATE TRIGGER t AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION hearth_keep_search_key()",
    "COPY clients_client TO PROGRAM 'cat'",
    "COPY clients_client TO '/nowhere'",
    "SELECT pg_read_file('PG_VERSION')",
    "CREATE EXTENSION dblink",
]


@pytest.fixture
def two_clients(administrator: User) -> tuple[Client, Enrollment]:
    with acting(administrator):
        enrollment = factories.make_enrollment(factories.make_client())
    return enrollment.client, enrollment


@pytest.mark.parametrize("statement", REFUSED_TO_ALL)
def test_refused_even_to_an_administrator(administrator: User, statement: str) -> None:
    with (
        acting(administrator),
        pytest.raises(ProgrammingError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_a_table_of_the_same_name_in_pg_temp_deceives_nobody(two_clients, administrator: User) -> None:
    user = factories.make_user()
    with acting(user), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE access_grant AS"
            " SELECT 1::bigint AS id, %s::bigint AS user_id, 'system_administrator' AS role",
            [user.pk],
        )
        cursor.execute("SELECT hearth_sees_all(), count(*) FROM clients_client")
        assert cursor.fetchone() == (False, 0)


def test_nobody_gives_himself_a_role(administrator: User) -> None:
    organization = factories.make_organization()
    user = factories.make_hmis_user(organization)
    auditor = factories.make_auditor()
    for person in (user, auditor, None):
        with acting(person):
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                Grant.objects.create(
                    user=user, role=SystemAdministrator.code, scope="state", begins_on=date(2026, 1, 1)
                )
            assert Grant.objects.filter(user=user).update(end_reason="mine") == 0
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                Grant.objects.filter(user=administrator)._raw_delete("default")
    with pytest.raises(PermissionDenied):
        give_grant(by=user, user=user, role=Auditor, scope=StateScope())
    given = give_grant(
        by=administrator, user=auditor, role=HmisUser, scope=OrganizationScope(organization.pk)
    )
    with acting(administrator):
        given.refresh_from_db()
        assert given.given_by == administrator


def test_the_first_administrator_is_made_once(db: None) -> None:
    first, second = factories.make_user(), factories.make_user()
    assert become_first_administrator(by=first)
    assert not become_first_administrator(by=second)
    assert not become_first_administrator(by=first)
    with acting(first):
        assert list(Grant.objects.values_list("user", "role")) == [(first.pk, SystemAdministrator.code)]


def test_the_log_takes_only_ones_own_entries(administrator: User) -> None:
    user, other = factories.make_user(), factories.make_user()
    with acting(user):
        record_access(by=user.pk, action=Access.SEARCHED)
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            record_access(by=other.pk, action=Access.SEARCHED)
        assert not AccessLog.objects.exists()
    with acting(administrator):
        assert AccessLog.objects.get().user_id == user.pk


def test_what_a_failed_request_set_is_gone_with_it(two_clients, administrator: User) -> None:
    with pytest.raises(ZeroDivisionError), acting(administrator):
        assert Client.objects.exists()
        raise ZeroDivisionError
    assert not Client.objects.exists()
    with pytest.raises(ProgrammingError), acting(administrator), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM not_there")
    assert not Client.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_pooled_connection_carries_nobodys_rights_on(client, monkeypatch) -> None:
    administrator = factories.make_administrator()
    with acting(administrator):
        factories.make_client()
    client.force_login(administrator)
    assert client.get("/clients/").status_code == 200
    for _ in range(4):  # whichever connection the pool hands out
        connections["default"].close()
        with transaction.atomic():
            assert not Client.objects.exists()
    with pytest.raises(RuntimeError, match="inside a transaction"):
        set_acting_user(administrator.pk)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_accesslog SET user_id = 1",
        "DELETE FROM audit_accesslog",
        "DELETE FROM clients_clienthistory",
        "INSERT INTO access_grant (user_id, role, scope) VALUES (1, 'system_administrator', 'state')",
        "UPDATE access_user SET password = ''",
        "DELETE FROM django_session",
        "INSERT INTO mfa_authenticator (type, data, user_id, created_at) VALUES ('totp', '{}', 1, now())",
        "DELETE FROM usersessions_usersession",
        "UPDATE account_emailaddress SET email = ''",
        "DELETE FROM axes_accessattempt",
        "UPDATE site_mail SET body = ''",
        "UPDATE jobs_nightlyduty SET state = 'finished'",
        "SELECT hearth_make_first_administrator(1)",
        "SET ROLE hearth_owner",
        "ALTER TABLE clients_client DISABLE ROW LEVEL SECURITY",
        "CREATE TABLE mine (id int)",
    ],
)
def test_what_an_import_may_not_do(db: None, statement: str) -> None:
    with (
        psycopg.connect(database.url("loader")) as loader,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        loader.execute(statement)


def test_history_is_changed_by_nobody(db: None) -> None:
    """The house rule: a new table of old versions takes UPDATE and DELETE from both roles."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns c,"
            " (VALUES ('hearth_web'), ('hearth_loader')) AS role (name)"
            " WHERE table_schema = 'public' AND column_name = 'pgh_obj_id' AND"
            " has_table_privilege(role.name, format('%I', table_name), 'UPDATE, DELETE, TRUNCATE')"
        )
        assert cursor.fetchall() == []


def test_functions_with_the_owners_rights_are_for_named_roles(db: None) -> None:
    """The house rule: what only says something about the acting user may be open; nothing else."""
    about_the_acting_user = {
        "hearth_sees_all", "hearth_sees_clients", "hearth_reads_access_log", "hearth_today",
        "hearth_everywhere", "hearth_somewhere", "hearth_projects", "hearth_grants_with",
        "hearth_grant_within", "hearth_may_give", "hearth_may_restrict", "hearth_known_restricted",
        "hearth_stays_in_common", "hearth_places_within", "hearth_may_change_group", "hearth_may_put",
        "hearth_may_record", "hearth_hidden_projects", "hearth_hidden_organizations",
        # Of settings and published texts, not of anybody.
        "hearth_shares", "hearth_requirements", "hearth_train_again_on",
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
            " AND EXISTS (SELECT FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) a"
            "             WHERE a.grantee = 0)"
        )
        found = {name for (name,) in cursor.fetchall()}
    found = {name for name in found if not name.startswith("tests_")}
    assert found <= about_the_acting_user
