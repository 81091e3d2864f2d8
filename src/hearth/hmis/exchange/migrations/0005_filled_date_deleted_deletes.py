"""A DateDeleted that holds anything deletes, also of records that were imported before this was so.

Until then a text there that is no time was kept beside a record that stayed live on pages and in exports. What
was changed here since (row_hash 0) stays as whoever changed it left it. The mark 1 in place of the hash makes
the next import read the row again, without taking it for one that was changed here.
"""

from importlib import import_module

from django.db import migrations

TABLES = import_module("hearth.hmis.exchange.migrations.0004_changed_here").TABLES
DELETE = """
ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
UPDATE {table} SET date_deleted = '1900-01-01 00:00:00', row_hash = 1
WHERE as_it_came ? 'DateDeleted' AND date_deleted IS NULL AND row_hash <> 0;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0004_changed_here"),
        ("organizations", "0002_residential_project_may_be_absent"),
        ("clients", "0004_recent_clients"),
        ("enrollments", "0003_added_rows_are_checked_afterwards"),
        ("coordinated_entry", "0003_added_rows_are_checked_afterwards"),
    ]

    operations = [
        migrations.RunSQL([DELETE.format(table=table) for table in TABLES], migrations.RunSQL.noop)
    ]
