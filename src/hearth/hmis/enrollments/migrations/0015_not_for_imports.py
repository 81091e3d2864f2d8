"""Imports write no drafts and no answers to checks."""

from django.db import migrations

TABLES = "enrollments_draft, enrollments_draftanswer, enrollments_checkanswer"


class Migration(migrations.Migration):
    dependencies = [("enrollments", "0014_answers_to_checks")]
    operations = [
        migrations.RunSQL(
            f"REVOKE INSERT, UPDATE, DELETE ON {TABLES} FROM hearth_loader",
            f"GRANT INSERT, UPDATE, DELETE ON {TABLES} TO hearth_loader",
        )
    ]
