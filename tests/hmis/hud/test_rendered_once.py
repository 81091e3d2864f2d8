"""Operations whose models are rendered once leave the database that they leave one after another."""

import os
import subprocess
import sys
from collections.abc import Callable

import psycopg
import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState
from django.db.models import CASCADE, CheckConstraint, F, Q
from pgtrigger.compiler import Trigger, UpsertTriggerSql
from pgtrigger.migrations import AddTrigger
from psycopg import sql

from hearth.hmis.hud.rendered_once import RenderedOnce
from hearth.server import roles
from hearth.server.backup import environment
from tests.sizes import only_long
from tests.testdatabase import GIVE_GRANT, TestDatabase

pytestmark = pytest.mark.django_db

APP = "rendered"


def key() -> tuple[str, models.Field]:
    return "id", models.BigAutoField(primary_key=True)


def to(model: str, **more: object) -> models.ForeignKey:
    return models.ForeignKey(on_delete=CASCADE, to=f"{APP}.{model}", **more)


BEFORE = [
    migrations.CreateModel("House", [key(), ("street", models.TextField()), ("beds", models.IntegerField())]),
    migrations.AddConstraint(
        "house", CheckConstraint(condition=Q(street__in=["Elm", "Oak"]), name="house_street")
    ),
]
OPERATIONS = [
    # Two that refer to one another: the second comes to the first afterwards.
    migrations.CreateModel("Guest", [key(), ("name", models.TextField())]),
    migrations.CreateModel("Room", [key(), ("guest", to("guest")), ("house", to("house"))]),
    migrations.AddField("guest", "room", to("room", null=True)),
    migrations.AddField("guest", "age", models.IntegerField(db_default=0)),
    migrations.AddConstraint("guest", CheckConstraint(condition=Q(age__gte=0), name="guest_age")),
    migrations.AddIndex("room", models.Index(fields=["house", "-guest"], name="room_latest")),
    AddTrigger(
        "guest",
        Trigger(
            name="stays",
            sql=UpsertTriggerSql(
                func="RETURN OLD;", hash="1", operation="DELETE", pgid="pgtrigger_stays_1",
                table="rendered_guest", when="BEFORE",
            ),
        ),
    ),
    # What was there before is changed in each of the ways there are.
    migrations.AddField("house", "first_guest", to("guest", null=True, related_name="+")),
    migrations.RemoveConstraint("house", "house_street"),
    migrations.AlterField("house", "beds", models.IntegerField(null=True)),
    migrations.AddConstraint(
        "house", CheckConstraint(condition=Q(street__in=["Elm", "Oak", "Ash"]), name="house_street")
    ),
    migrations.AddIndex("house", models.Index(F("street"), name="house_by_street")),
]  # fmt: skip
DESCRIBE = """
    SELECT c.relname, 'column', a.attname, format_type(atttypid, atttypmod) || attnotnull || attnum
        || coalesce(pg_get_expr(adbin, adrelid), '')
    FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid AND attnum > 0 AND NOT attisdropped
        LEFT JOIN pg_attrdef d ON adrelid = c.oid AND adnum = attnum
    WHERE relname LIKE 'rendered%' AND relkind = 'r'
    UNION ALL SELECT conrelid::regclass::text, 'constraint', conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE conrelid::regclass::text LIKE 'rendered%'
    UNION ALL SELECT tablename, 'index', indexname, indexdef FROM pg_indexes WHERE tablename LIKE 'rendered%'
    UNION ALL SELECT tgrelid::regclass::text, 'trigger', tgname, pg_get_triggerdef(oid)
    FROM pg_trigger WHERE NOT tgisinternal AND tgrelid::regclass::text LIKE 'rendered%'
    ORDER BY 1, 2, 3
"""
Rows = list[tuple[object, ...]]


@pytest.fixture
def left_by(test_database: TestDatabase) -> Callable[..., Rows]:
    """What a database has after operations, each a step of its own; `back` takes back that many of them."""

    def describe(*operations: object, back: int = 0) -> Rows:
        states = [ProjectState()]
        statements: list[str] = []
        for operation in operations:
            states.append(states[-1].clone())
            operation.state_forwards(APP, states[-1])
            with connection.schema_editor(collect_sql=True) as editor:
                operation.database_forwards(APP, editor, states[-2], states[-1])
            statements += editor.collected_sql
        for number in range(len(operations), len(operations) - back, -1):
            with connection.schema_editor(collect_sql=True) as editor:
                operations[number - 1].database_backwards(APP, editor, states[number], states[number - 1])
            statements += editor.collected_sql
        with psycopg.connect(test_database.cluster.conninfo(database=test_database.name)) as superuser:
            superuser.execute("\n".join(statements))
            found = superuser.execute(DESCRIBE).fetchall()
            superuser.rollback()
        return found

    return describe


def test_they_leave_what_they_leave_one_after_another(left_by: Callable[..., Rows]) -> None:
    expected = left_by(*BEFORE, *OPERATIONS)
    assert {row[1] for row in expected} == {"column", "constraint", "index", "trigger"}
    assert left_by(*BEFORE, RenderedOnce(OPERATIONS)) == expected


def test_they_are_taken_back_as_one_after_another(left_by: Callable[..., Rows]) -> None:
    expected = left_by(*BEFORE, *OPERATIONS, back=len(OPERATIONS))
    assert {row[0] for row in expected} == {"rendered_house"}
    assert left_by(*BEFORE, RenderedOnce(OPERATIONS), back=1) == expected


def test_what_looks_at_rows_stands_outside() -> None:
    with pytest.raises(TypeError, match="RunSQL needs the state before it"):
        RenderedOnce([migrations.RunSQL("UPDATE house SET beds = 1")])


ONE_AFTER_ANOTHER = """
import django
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader
from hearth.hmis.hud.rendered_once import RenderedOnce
django.setup()
load = MigrationLoader.load_disk
def flat(loader):
    load(loader)
    for migration in loader.disk_migrations.values():
        migration.operations = [
            part for operation in migration.operations
            for part in (operation.operations if isinstance(operation, RenderedOnce) else [operation])
        ]
MigrationLoader.load_disk = flat
call_command("migrate", verbosity=0, skip_checks=True)
"""


def schema(of: TestDatabase, name: str) -> list[str]:
    """All that PostgreSQL tells of a database but its rows; without what differs from run to run."""
    done = subprocess.run(
        [of.cluster.programs().folder / "pg_dump", "--schema-only"],
        env=environment(of.cluster.conninfo(database=name)),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [line for line in done.stdout.splitlines() if not line.startswith(("\\restrict", "\\unrestrict"))]


@only_long
def test_all_migrations_leave_what_they_leave_one_after_another(test_database: TestDatabase) -> None:
    """Databases that were migrated before `RenderedOnce` was there are those of one after another."""
    name = f"building_{os.getpid()}_flat"
    address = test_database.cluster.conninfo(database=name)
    with psycopg.connect(test_database.cluster.conninfo(database="postgres"), autocommit=True) as admin:
        roles.create_database(admin, name)
        try:
            with psycopg.connect(address) as superuser:
                roles.prepare_database(superuser)
            subprocess.run(
                [sys.executable, "-c", ONE_AFTER_ANOTHER],
                env={**os.environ, "HEARTH_DB_NAME": name, "HEARTH_DB_ROLE": "owner"},
                check=True,
            )
            with psycopg.connect(address) as superuser:
                superuser.execute(GIVE_GRANT)
            flat = schema(test_database, name)
        finally:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    assert "CREATE TABLE public.clients_client (" in flat
    assert schema(test_database, test_database.name) == flat
