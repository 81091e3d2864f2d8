"""Assessments and events, as the records of enrollments in the migration of the same name."""

from importlib import import_module

from django.db import migrations

MODELS = import_module("hearth.hmis.coordinated_entry.migrations.0002_row_security").MODELS
checked_afterwards = import_module(
    "hearth.hmis.enrollments.migrations.0003_added_rows_are_checked_afterwards"
).checked_afterwards


class Migration(migrations.Migration):
    dependencies = [
        ("coordinated_entry", "0002_row_security"),
        ("enrollments", "0003_added_rows_are_checked_afterwards"),
    ]
    operations = [checked_afterwards(f"coordinated_entry_{model.lower()}") for model in MODELS]
