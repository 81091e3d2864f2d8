"""The migrations that give records their project and bring old versions in step, over older rows."""

import os
import subprocess
import sys

import psycopg
from psycopg import sql

from tests.sizes import only_long
from tests.testdatabase import TestDatabase

BEFORE = [("coordinated_entry", "0004"), ("enrollments", "0004"), ("clients", "0006")]

# An enrollment that was open when its row and its exit's were changed, and is closed now; it moved from the
# first project to the second since. And one that was deleted with its exit.
ROWS = """
    SET session_replication_role = replica;
    INSERT INTO organizations_datasource (id, name, is_hearth, implementation_id)
        VALUES (901, 'Old', false, '');
    INSERT INTO organizations_organization (id, data_source_id, hud_id)
        VALUES (901, 901, 'O1'), (902, 901, 'O2');
    INSERT INTO organizations_project (id, data_source_id, hud_id, organization_id)
        VALUES (901, 901, 'P1', 901), (902, 901, 'P2', 902);
    INSERT INTO clients_client (id, data_source_id, hud_id) VALUES (901, 901, 'C1');
    INSERT INTO enrollments_enrollment
        (id, data_source_id, hud_id, client_id, project_id, organization_id, is_shared)
        VALUES (901, 901, 'E1', 901, 902, 902, false);
    INSERT INTO enrollments_exit (id, data_source_id, hud_id, enrollment_id, organization_id, is_shared)
        VALUES (901, 901, 'T1', 901, 902, false);
    INSERT INTO enrollments_enrollmenthistory (pgh_id, pgh_created_at, pgh_label, pgh_obj_id, id,
            data_source_id, hud_id, client_id, project_id, organization_id, is_shared, is_faulty)
        VALUES (901, now(), 'before_change', 901, 901, 901, 'E1', 901, 901, 901, true, false),
               (902, now(), 'before_delete', 902, 902, 901, 'E2', 901, 902, 902, false, false);
    INSERT INTO enrollments_exithistory (pgh_id, pgh_created_at, pgh_label, pgh_obj_id, id, data_source_id,
            hud_id, enrollment_id, organization_id, is_shared, is_faulty)
        VALUES (901, now(), 'before_change', 901, 901, 901, 'T1', 901, 901, true, false),
               (190902, now(), 'before_change', 902, 902, 901, 'T2', 902, 901, true, false),
               (190903, now(), 'before_delete', 902, 902, 901, 'T2', 902, 902, true, false);
"""


def migrate(name: str, *to: str) -> None:
    subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "django", "migrate", *to, "--skip-checks", "-v", "0"],
        env={
            **os.environ, "HEARTH_DB_NAME": name, "HEARTH_DB_ROLE": "owner",
            "DJANGO_SETTINGS_MODULE": "hearth.hmis.config.settings",
        },
        check=True,
    )  # fmt: skip


@only_long
def test_there_and_back(test_database: TestDatabase) -> None:
    name = f"building_{os.getpid()}_columns"
    address = test_database.cluster.conninfo(database=name)
    copied = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER hearth_owner")
    with psycopg.connect(test_database.cluster.conninfo(database="postgres"), autocommit=True) as admin:
        admin.execute(copied.format(sql.Identifier(name), sql.Identifier(test_database.template)))
        try:
            for app, number in BEFORE:
                migrate(name, app, number)
            with psycopg.connect(address) as superuser:
                superuser.execute(ROWS)
            migrate(name)
            with psycopg.connect(address) as superuser:
                exits = superuser.execute(
                    "SELECT organization_id, project_id, is_shared, is_restricted FROM enrollments_exit"
                ).fetchall()
                assert exits == [(902, 902, False, False)]
                versions = superuser.execute(
                    "SELECT organization_id, project_id, is_shared, pgh_moved_from, pgh_was_shared"
                    " FROM enrollments_enrollmenthistory ORDER BY pgh_id"
                ).fetchall()
                assert versions == [(902, 902, False, 901, True), (902, 902, False, None, None)]
                versions = superuser.execute(
                    "SELECT organization_id, project_id, is_shared FROM enrollments_exithistory"
                ).fetchall()
                assert versions == [(902, 902, False)] * 3
                off = superuser.execute(
                    "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'O' AND NOT tgisinternal"
                ).fetchall()
                assert off == []
            for app, number in BEFORE:
                migrate(name, app, number)
            with psycopg.connect(address) as superuser:
                back = superuser.execute(
                    "SELECT project_id, is_shared FROM enrollments_enrollmenthistory ORDER BY pgh_id"
                ).fetchall()
                assert back == [(901, True), (902, False)]
        finally:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
