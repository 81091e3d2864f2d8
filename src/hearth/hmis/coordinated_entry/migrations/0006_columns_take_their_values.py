"""Assessments and events take their project, as the records of enrollments in the migration of the same name."""

from importlib import import_module

from django.db import migrations

values = import_module("hearth.hmis.enrollments.migrations.0006_columns_take_their_values")
TABLES = tuple(
    f"coordinated_entry_{table}"
    for table in ("assessment", "assessmentquestions", "assessmentresults", "event")
)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("coordinated_entry", "0005_project_end_of_sharing_and_restriction"),
        ("enrollments", "0006_columns_take_their_values"),
    ]
    operations = [
        values.lets_owner_keep_step(*(f"{table}{kind}" for table in TABLES for kind in ("", "history"))),
        values.records_take_project(TABLES),
    ]
