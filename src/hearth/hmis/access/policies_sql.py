"""Row-level security of every table, made from its model's `row_policy` after each migration.

So the database says what the code says, and a changed rule needs no migration of its own. A table whose
policies are not made yet shows nothing: row-level security is enabled and forced by the migration that makes
the table (`SecureRows`), whatever happens afterwards.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connections, models, transaction
from django.db.migrations.operations.base import Operation

from hearth.hmis.access.row_policies import RowPolicy
from hearth.server.roles import COUNTS

#: The policies made here; "own" stood for all of them in older migrations. What the owner may do to keep rows
#: in step has other names (enrollments migration 0006).
NAMES = ("reads", "adds", "changes", "removes", "own", "everybody", "counted", "counted_alone")
#: The projects of the run that hearth_counts reads for (rights.sql).
COUNTED = "project_id = ANY ((SELECT hearth_counted_projects())::bigint[])"
#: Old versions are added by triggers, whoever acts, and changed by nobody.
BY_TRIGGERS = "pg_trigger_depth() > 0"


def secured() -> Iterator[tuple[str, dict[str, str]]]:
    """Table → its policies: name → the statement's part behind `CREATE POLICY name ON table`."""
    for model in apps.get_models():
        policy: type[RowPolicy] | None = getattr(model, "row_policy", None)
        if policy is None or not policy.reads:
            continue
        yield (
            model._meta.db_table,
            {
                "reads": f"FOR SELECT USING ({policy.reads})",
                "adds": f"FOR INSERT WITH CHECK ({policy.adds or policy.writes})",
                "changes": f"FOR UPDATE USING ({policy.writes}) WITH CHECK ({policy.writes})",
                "removes": f"FOR DELETE USING ({policy.removes})",
            },
        )
        history = history_table(model)
        if history is not None:
            reads = policy.history_reads or policy.reads
            yield (
                history,
                {
                    "reads": f"FOR SELECT USING ({reads})",
                    "adds": f"FOR INSERT WITH CHECK ({BY_TRIGGERS})",
                },
            )
        for field in model._meta.local_many_to_many:
            through = field.remote_field.through
            if through._meta.auto_created:
                yield (
                    through._meta.db_table,
                    {
                        "reads": f"FOR SELECT USING ({policy.reads})",
                        "adds": f"FOR INSERT WITH CHECK ({policy.links_add or policy.writes})",
                        "changes": "FOR UPDATE USING (false) WITH CHECK (false)",
                        "removes": f"FOR DELETE USING ({policy.links_remove or policy.removes})",
                    },
                )


def counted() -> Iterator[tuple[str, dict[str, str]]]:
    """Table with records of HUD's files → what hearth_counts reads of it, and nothing else, whatever other
    policies let through. A table that is open to everybody stays so for everybody else."""
    for model in apps.get_models():
        policy: type[RowPolicy] | None = getattr(model, "row_policy", None)
        if policy is None or not hasattr(model, "hud_id"):
            continue
        columns = {field.column for field in model._meta.local_concrete_fields}
        rows = model.counted or policy.counted or (COUNTED if "project_id" in columns else "false")
        everybody = {} if policy.reads else {"everybody": "FOR ALL USING (true) WITH CHECK (true)"}
        yield (
            model._meta.db_table,
            everybody
            | {
                "counted": f"FOR SELECT TO {COUNTS} USING ({rows})",
                "counted_alone": f"AS RESTRICTIVE FOR SELECT TO {COUNTS} USING ({rows})",
            },
        )


def fingerprint(text: str) -> str:
    """What is noted at a policy, so that it is made anew where its text changed."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def history_table(model: type[models.Model]) -> str | None:
    """The table of a model's old versions, if it keeps them."""
    try:
        return apps.get_model(model._meta.app_label, f"{model.__name__}History")._meta.db_table
    except LookupError:
        return None


def bring_up_to_date(using: str = "default", **signal: Any) -> None:
    """After every migration, as the owner: policies that are not as the code says are made anew."""
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('access_rolescope') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return  # migrated back to before grants: migration 0008 put the policies of then there
        there = set(connection.introspection.table_names(cursor))
        cursor.execute(
            "SELECT polrelid::regclass::text, polname, obj_description(oid, 'pg_policy') FROM pg_policy"
            " WHERE polname = ANY (%s)",
            [list(NAMES)],
        )
        stored: dict[str, dict[str, str | None]] = {}
        for table, name, note in cursor.fetchall():
            stored.setdefault(table.strip('"'), {})[name] = note
        open_to_owner = {
            model._meta.db_table
            for model in apps.get_models()
            if getattr(getattr(model, "row_policy", None), "owner_reads_all", False)
        }
        every = dict(secured())
        open_to_all: set[str] = set()
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [COUNTS])
        if cursor.fetchone():  # a server that an older version set up gets it from `hearth db setup`
            for table, policies in counted():
                open_to_all |= {table} - set(every)
                every[table] = every.get(table, {}) | policies
        for table, policies in every.items():
            wanted = {name: fingerprint(text) for name, text in policies.items()}
            if table not in there or stored.get(table) == wanted:
                continue
            for name in stored.get(table, {}):
                cursor.execute(f'DROP POLICY "{name}" ON "{table}"')
            cursor.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
            forced = "NO FORCE" if table in open_to_owner | open_to_all else "FORCE"
            cursor.execute(f'ALTER TABLE "{table}" {forced} ROW LEVEL SECURITY')
            for name, text in policies.items():
                cursor.execute(f'CREATE POLICY {name} ON "{table}" {text}')
                cursor.execute(f"COMMENT ON POLICY {name} ON \"{table}\" IS '{wanted[name]}'")


class SecureRows(Operation):
    """Migration operation: row-level security, enabled and forced, on a model's table and its history.

    Which rows are whose is the model's `row_policy`; until its policies are made, nobody's. `policy` is the
    name that it had when the migration was written, for its reader.
    """

    reversible = True
    reduces_to_sql = True

    def __init__(self, model: str, policy: str, history: str | None = None) -> None:
        self.model, self.policy, self.history = model, policy, history

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [self.model, self.policy, self.history], {}

    def state_forwards(self, app_label: str, state: Any) -> None:
        pass

    def _tables(self, app_label: str, state: Any) -> list[str]:
        names = filter(None, (self.model, self.history))
        return [state.apps.get_model(app_label, name)._meta.db_table for name in names]

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for table in self._tables(app_label, to_state):
            schema_editor.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
            schema_editor.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for table in self._tables(app_label, from_state):
            for policy in ("reads", "adds", "changes", "removes"):
                schema_editor.execute(f'DROP POLICY IF EXISTS {policy} ON "{table}"')
            schema_editor.execute(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY')
            schema_editor.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')

    def describe(self) -> str:
        return f"Row-level security ({self.policy}) on {self.model}"
