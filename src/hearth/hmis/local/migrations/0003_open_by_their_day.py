"""Local answers and funding are open as clients' answers say, by their own day: as all records of an enrollment
(consent migration 0004). Funding has no day of its own there; it is as open as its enrollment."""

from importlib import import_module

from django.db import migrations

rules = import_module("hearth.hmis.consent.migrations.0004_consent_rules")

DAYS = {"local_localanswer": "r.information_date", "local_householdfunding": "NULL::date"}


def own_days(days: dict[str, str]) -> str:
    """The function that tells the day of a table's records, with these tables too."""
    every = {table: rules.day_of(day) for table, day in rules.RECORDS.items()} | days
    whens = " ".join(f"WHEN '{table}' THEN '{day}'" for table, day in every.items())
    return f"""
        CREATE OR REPLACE FUNCTION hearth_own_day_of(records name) RETURNS text LANGUAGE sql IMMUTABLE AS $$
            SELECT CASE records {whens} END
        $$
    """


class Migration(migrations.Migration):
    dependencies = [("local", "0002_row_security"), ("consent", "0008_files_of_answers")]
    operations = [
        migrations.RunSQL(own_days(DAYS), own_days({})),
        migrations.RunSQL(
            rules.takes_consent("local_localanswer", "information_date"),
            rules.takes_no_consent("local_localanswer"),
        ),
        migrations.RunSQL(
            rules.takes_consent("local_householdfunding", None),
            rules.takes_no_consent("local_householdfunding"),
        ),
    ]
