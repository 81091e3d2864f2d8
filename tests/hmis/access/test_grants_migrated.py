"""The migration from memberships to grants and back: nobody loses or gains a row."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from tests.hmis.enrollments.test_columns_migrated import migrate
from tests.sizes import only_long
from tests.testdatabase import TestDatabase

# Two organizations with an enrollment each, of which the second is shared; who is whose user, and a deleted
# account.
ROWS = """
    SET session_replication_role = replica;
    INSERT INTO organizations_datasource (id, name, is_hearth, implementation_id)
        VALUES (901, 'Old', false, '');
    INSERT INTO organizations_organization (id, data_source_id, hud_id)
        VALUES (901, 901, 'O1'), (902, 901, 'O2'), (903, 901, 'O3');
    INSERT INTO organizations_project (id, data_source_id, hud_id, organization_id)
        VALUES (901, 901, 'P1', 901), (902, 901, 'P2', 902);
    INSERT INTO clients_client (id, data_source_id, hud_id) VALUES (901, 901, 'C1');
    INSERT INTO enrollments_enrollment
        (id, data_source_id, hud_id, client_id, project_id, organization_id, is_shared)
        VALUES (901, 901, 'E1', 901, 901, 901, false), (902, 901, 'E2', 901, 902, 902, true),
            (903, 901, 'E3', 901, 902, 902, false);
    INSERT INTO access_user
        (id, password, is_superuser, is_staff, is_active, date_joined, email, display_name)
        VALUES (901, '', false, false, true, now(), 'admin@example.org', ''),
            (902, '', false, false, true, now(), 'one@example.org', ''),
            (903, '', false, false, true, now(), 'both@example.org', ''),
            (904, '', false, false, true, now(), 'auditor@example.org', ''),
            (905, '', false, false, false, now(), 'gone@example.org', ''),
            (906, '', false, false, true, now(), 'empty@example.org', '');
"""
MEMBERSHIPS = """
    INSERT INTO access_membership (user_id, role, organization_id, created_by_id) VALUES
        (901, 'system_administrator', NULL, NULL), (902, 'hmis_user', 901, 901), (903, 'hmis_user', 901, 901),
        (903, 'hmis_user', 902, 901), (903, 'auditor', NULL, 901), (904, 'auditor', NULL, 901),
        (905, 'hmis_user', 901, 901), (906, 'hmis_user', 903, 901);
"""
USERS = (901, 902, 903, 904, 905, 906)
TABLES = ("enrollments_enrollment", "clients_client", "audit_accesslog", "enrollments_enrollmenthistory")


@contextmanager
def copy(database: TestDatabase) -> Iterator[str]:
    name = f"building_{os.getpid()}_grants"
    with psycopg.connect(database.cluster.conninfo(database="postgres"), autocommit=True) as admin:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER hearth_owner")
        admin.execute(statement.format(sql.Identifier(name), sql.Identifier(database.template)))
        try:
            yield name
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def seen(address: str) -> dict[tuple[int, str], object]:
    """What each user reads and may change of each table, as the web role."""
    found: dict[tuple[int, str], object] = {}
    for user in USERS:
        with psycopg.connect(address) as connection:
            connection.execute("SET ROLE hearth_web")
            connection.execute("SELECT set_config('app.user_id', %s, false)", [str(user)])
            for table in TABLES:
                rows = connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)))
                found[user, table] = sorted(str(row[0]) for row in rows.fetchall())
            rows = connection.execute("UPDATE enrollments_enrollment SET percent_ami = 1 RETURNING id")
            found[user, "changed"] = sorted(row[0] for row in rows.fetchall())
            connection.rollback()
    return found


@only_long
def test_nobody_loses_or_gains_a_row_there_and_back(test_database: TestDatabase) -> None:
    with copy(test_database) as name:
        address = test_database.cluster.conninfo(database=name)
        migrate(name, "access", "0007")
        with psycopg.connect(address) as superuser:
            superuser.execute(ROWS)
            superuser.execute(MEMBERSHIPS)
        before = seen(address)
        assert before[902, "enrollments_enrollment"] == ["901", "902"]
        assert before[903, "changed"] == [901, 902, 903]
        migrate(name)
        assert seen(address) == before
        with psycopg.connect(address) as superuser:
            grants = superuser.execute(
                "SELECT user_id, role, scope, organization_id, given_by_id, ends_on FROM access_grant"
                " ORDER BY user_id, role, organization_id"
            ).fetchall()
        assert (903, "hmis_user", "organization", 902, 901, None) in grants
        assert (901, "system_administrator", "state", None, None, None) in grants
        assert len(grants) == 8
        migrate(name, "access", "0007")
        assert seen(address) == before
