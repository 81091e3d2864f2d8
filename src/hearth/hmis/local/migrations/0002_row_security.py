"""Answers and funding follow their enrollment, keep in step with it, and are whose it is: as all records of an
enrollment (migrations 0002 to 0007 of enrollments)."""

from importlib import import_module

from django.db import migrations

from hearth.hmis.access.policies_sql import SecureRows

_OF = "hearth.hmis.enrollments.migrations."
checked_afterwards = import_module(f"{_OF}0003_added_rows_are_checked_afterwards").checked_afterwards
follows_enrollment = import_module(f"{_OF}0002_rules_and_row_security").follows_enrollment
keeps_in_step = import_module(f"{_OF}0007_columns_keep_in_step").keeps_in_step
lets_owner_keep_step = import_module(f"{_OF}0006_columns_take_their_values").lets_owner_keep_step
notes_writers = import_module(f"{_OF}0004_who_wrote").notes_writers

MODELS = ("LocalAnswer", "HouseholdFunding")
TABLES = tuple(f"local_{model.lower()}" for model in MODELS)


class Migration(migrations.Migration):
    dependencies = [("local", "0001_initial"), ("enrollments", "0012_writers_of_many_at_once")]
    operations = [
        *[follows_enrollment(table) for table in TABLES],
        *[checked_afterwards(table) for table in TABLES],
        *[SecureRows(model, "OfProject", f"{model}History") for model in MODELS],
        lets_owner_keep_step(*(f"{table}{kind}" for table in TABLES for kind in ("", "history"))),
        *[keeps_in_step(table) for table in TABLES],
        *[notes_writers(table) for table in TABLES],
    ]
