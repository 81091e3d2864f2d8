"""Assessments and events keep in step, as the records of enrollments in the migration of the same name."""

from importlib import import_module

from django.db import migrations

step = import_module("hearth.hmis.enrollments.migrations.0007_columns_keep_in_step")
TABLES = import_module("hearth.hmis.coordinated_entry.migrations.0006_columns_take_their_values").TABLES


class Migration(migrations.Migration):
    dependencies = [
        ("coordinated_entry", "0006_columns_take_their_values"),
        ("enrollments", "0007_columns_keep_in_step"),
    ]
    operations = [
        step.has_project(*(table.split("_")[-1] for table in TABLES)),
        *[step.keeps_in_step(table) for table in TABLES],
    ]
