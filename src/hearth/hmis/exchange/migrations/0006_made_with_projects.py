"""What was made with the rights of organizations says their projects: rights are held for projects now."""

from django.db import migrations

FORWARDS = """
    UPDATE exchange_exportrun SET parameters = jsonb_set(
        parameters, '{made_with}', (parameters -> 'made_with') || jsonb_build_object('projects', (
            SELECT coalesce(jsonb_agg(p.id ORDER BY p.id), '[]') FROM organizations_project p
            WHERE p.organization_id IN (
                SELECT one::bigint
                FROM jsonb_array_elements_text(parameters -> 'made_with' -> 'organizations') one))))
    WHERE parameters -> 'made_with' ? 'organizations'
"""


class Migration(migrations.Migration):
    dependencies = [("exchange", "0005_filled_date_deleted_deletes"), ("organizations", "0001_initial")]
    operations = [migrations.RunSQL(FORWARDS, migrations.RunSQL.noop)]
