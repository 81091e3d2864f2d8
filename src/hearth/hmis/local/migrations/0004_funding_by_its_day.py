"""Funding is opened by the day on which it begins, as a service is by its own: what began after a client's No is not
open because the stay began before it."""

from importlib import import_module

from django.db import migrations

rules = import_module("hearth.hmis.consent.migrations.0004_consent_rules")
before = import_module("hearth.hmis.local.migrations.0003_open_by_their_day")

TABLE, DAY = "local_householdfunding", "begins_on"


def own_day(*more: str) -> str:
    further = "".join(f", record ->> '{column}'" for column in more)
    return f"""
        CREATE OR REPLACE FUNCTION hearth_own_day(record jsonb) RETURNS date LANGUAGE sql STABLE
        SET search_path = pg_catalog, public, pg_temp AS $$
            SELECT CASE WHEN record ? 'assessment_id'
                THEN (SELECT a.assessment_date FROM coordinated_entry_assessment a
                      WHERE a.id = (record ->> 'assessment_id')::bigint)
                ELSE coalesce(record ->> 'information_date', record ->> 'date_provided', record ->> 'exit_date',
                    record ->> 'assessment_date', record ->> 'event_date'{further})::date END
        $$;
    """


class Migration(migrations.Migration):
    dependencies = [("local", "0003_open_by_their_day")]
    operations = [
        migrations.RunSQL(own_day(DAY), own_day()),
        migrations.RunSQL(before.own_days(before.DAYS | {TABLE: f"r.{DAY}"}), before.own_days(before.DAYS)),
        migrations.RunSQL(
            rules.takes_no_consent(TABLE) + rules.takes_consent(TABLE, DAY),
            rules.takes_no_consent(TABLE) + rules.takes_consent(TABLE, None),
        ),
    ]
