"""Records and their old versions take the project of their enrollment; old versions take the sharing of today.

Until now an old version kept the sharing that its row had then, so that a closed enrollment left an open copy
in its history. Rows are gone through in steps of so many ids, each a transaction of its own; what was done is
passed over, so that a migration which was interrupted goes on where it was.

Whoever acts for the owner past row-level security says so for the length of one function
(`app.keeps_step`, with the policies made here): the owner alone, who has no other way to see a row.
"""

from typing import Any

from django.db import migrations, transaction

OF_ENROLLMENT = (
    "exit",
    "incomebenefits",
    "healthanddv",
    "employmenteducation",
    "disabilities",
    "services",
    "currentlivingsituation",
    "youtheducationstatus",
)
TABLES = tuple(f"enrollments_{table}" for table in OF_ENROLLMENT)
STEP = 50_000


def lets_owner_keep_step(*tables: str) -> migrations.RunSQL:
    """The owner reads and changes rows of these tables while it says that it keeps them in step."""
    keeps = "(SELECT current_setting('app.keeps_step', true)) = 'on'"
    back = "".join(
        f"DROP POLICY IF EXISTS step_reads ON {table}; DROP POLICY IF EXISTS step_changes ON {table};"
        for table in tables
    )
    made = "".join(
        f"CREATE POLICY step_reads ON {table} FOR SELECT TO CURRENT_USER USING ({keeps});"
        f"CREATE POLICY step_changes ON {table} FOR UPDATE TO CURRENT_USER"
        f" USING ({keeps}) WITH CHECK ({keeps});"
        for table in tables
    )
    return migrations.RunSQL(back + made, back)


# Of a record that is there: what it carries itself. Of one that was deleted: what its enrollment carries,
# or carried when it was deleted, too. {table}: the records, by ids or pgh_ids from {first} to {last}.
RECORDS = """
    UPDATE {table} r SET project_id = e.project_id FROM enrollments_enrollment e
    WHERE e.id = r.enrollment_id AND r.id BETWEEN {first} AND {last} AND r.project_id IS NULL
"""
VERSIONS = """
    UPDATE {table}history h SET project_id = r.project_id, organization_id = r.organization_id,
        is_shared = r.is_shared
    FROM {table} r WHERE r.id = h.pgh_obj_id AND h.pgh_id BETWEEN {first} AND {last}
        AND (h.project_id, h.organization_id, h.is_shared)
            IS DISTINCT FROM (r.project_id, r.organization_id, r.is_shared)
"""
DELETED_VERSIONS = """
    UPDATE {table}history h SET project_id = coalesce(e.project_id, x.project_id),
        organization_id = coalesce(e.organization_id, x.organization_id),
        is_shared = coalesce(e.is_shared, x.is_shared)
    FROM {table}history d LEFT JOIN enrollments_enrollment e ON e.id = d.enrollment_id
        LEFT JOIN enrollments_enrollmenthistory x
            ON x.pgh_obj_id = d.enrollment_id AND x.pgh_label = 'before_delete'
    WHERE d.pgh_obj_id = h.pgh_obj_id AND d.pgh_label = 'before_delete'
        AND h.pgh_id BETWEEN {first} AND {last} AND h.project_id IS NULL
"""
ENROLLMENT_VERSIONS = """
    UPDATE {table}history h SET organization_id = r.organization_id, is_shared = r.is_shared,
        project_id = r.project_id, pgh_moved_from = nullif(h.project_id, r.project_id),
        pgh_was_shared = nullif(h.is_shared, r.is_shared)
    FROM {table} r WHERE r.id = h.pgh_obj_id AND h.pgh_id BETWEEN {first} AND {last}
        AND (h.project_id, h.organization_id, h.is_shared)
            IS DISTINCT FROM (r.project_id, r.organization_id, r.is_shared)
"""


def fill(editor: Any, table: str, key: str, *statements: str) -> None:
    """Run the statements over all rows of `table` (with `history` behind it where the key is pgh_id), in
    steps of ids; user triggers of the table are off, of nobody else's transactions."""
    changed = f"{table}history" if key == "pgh_id" else table
    with transaction.atomic(), editor.connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.keeps_step', 'on', true)")
        cursor.execute(f"SELECT min({key}), max({key}) FROM {changed}")
        first, last = cursor.fetchone()
    if first is None:
        return
    for begin in range(first, last + 1, STEP):
        with transaction.atomic(), editor.connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.keeps_step', 'on', true)")
            cursor.execute(f"ALTER TABLE {changed} DISABLE TRIGGER USER")
            for statement in statements:
                cursor.execute(statement.format(table=table, first=begin, last=begin + STEP - 1))
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {changed} ENABLE TRIGGER USER")


def records_take_project(tables: tuple[str, ...]) -> migrations.RunPython:
    """The records of these tables, and their old versions."""

    def forwards(apps: Any, editor: Any) -> None:
        for table in tables:
            fill(editor, table, "id", RECORDS)
            fill(editor, table, "pgh_id", VERSIONS, DELETED_VERSIONS)

    return migrations.RunPython(forwards, migrations.RunPython.noop)


def enrollments_take_project(apps: Any, editor: Any) -> None:
    fill(editor, "enrollments_enrollment", "pgh_id", ENROLLMENT_VERSIONS)


def enrollments_had_project(apps: Any, editor: Any) -> None:
    back = (
        "UPDATE {table}history SET project_id = coalesce(pgh_moved_from, project_id),"
        " is_shared = coalesce(pgh_was_shared, is_shared) WHERE pgh_id BETWEEN {first} AND {last}"
        " AND (pgh_moved_from, pgh_was_shared) IS DISTINCT FROM (NULL::bigint, NULL::boolean)"
    )
    fill(editor, "enrollments_enrollment", "pgh_id", back)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("enrollments", "0005_project_end_of_sharing_and_restriction"),
        ("clients", "0007_restriction"),
    ]
    operations = [
        lets_owner_keep_step(
            "clients_client",
            "clients_clienthistory",
            *(f"{table}{kind}" for table in ("enrollments_enrollment", *TABLES) for kind in ("", "history")),
        ),
        migrations.RunPython(enrollments_take_project, enrollments_had_project),
        records_take_project(TABLES),
    ]
