"""Whoever writes assessments and events is noted with the writers of enrollments."""

from importlib import import_module

from django.db import migrations

notes_writers = import_module("hearth.hmis.enrollments.migrations.0004_who_wrote").notes_writers
TABLES = ("assessment", "assessmentquestions", "assessmentresults", "event")


class Migration(migrations.Migration):
    dependencies = [
        ("coordinated_entry", "0003_added_rows_are_checked_afterwards"),
        ("enrollments", "0004_who_wrote"),
    ]
    operations = [notes_writers(f"coordinated_entry_{table}") for table in TABLES]
