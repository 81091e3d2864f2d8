"""An enrollment that is moved from a person who was taken for another leaves nothing that ties the two.

Old versions carry the client of today, as they carry the project of today (migration 0007); that it was another's
is counted, and whose is not kept, but for whoever moved it and for a day, so that it can be undone
(`FormerClient`).
"""

from importlib import import_module

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from hearth.hmis.access.policies_sql import SecureRows

step = import_module("hearth.hmis.enrollments.migrations.0007_columns_keep_in_step")
DEFINER, listed, taken = step.DEFINER, step.listed, step.taken


def _function(name: str) -> str:
    start = step.RULES.index(f"CREATE FUNCTION {name}(")
    return "CREATE OR REPLACE" + step.RULES[start + len("CREATE") : step.RULES.index("END $$;", start)] + "END $$;"


KEEPS_STEP_BEFORE = _function("hearth_versions_keep_step")
_CLIENT = """
            THEN ', pgh_moved_from = nullif(coalesce(h.pgh_moved_from, h.project_id), r.project_id)'
                ', pgh_was_shared = nullif(coalesce(h.pgh_was_shared, h.is_shared), r.is_shared)'
                ', client_id = r.client_id, pgh_other_client = CASE WHEN h.client_id = r.client_id'
                ' THEN h.pgh_other_client ELSE coalesce(h.pgh_other_client, (SELECT coalesce(max('
                'x.pgh_other_client), 0) + 1 FROM enrollments_enrollmenthistory x WHERE x.pgh_obj_id = r.id)) END'
            ELSE '' END,
        its,
        CASE its WHEN 'enrollments_enrollment' THEN ' OR h.client_id <> r.client_id' ELSE '' END)
"""


def _with_client(text: str) -> str:
    start, end = text.index("THEN ', pgh_moved_from"), text.index("    USING changed;")
    text = text[:start].rstrip() + _CLIENT + text[end:]
    before = f"' AND ({listed('h')}) IS DISTINCT FROM ({listed('r')})',"
    assert before in text
    return text.replace(before, f"' AND (({listed('h')}) IS DISTINCT FROM ({listed('r')})%s)',")


RULES = f"""
{_with_client(KEEPS_STEP_BEFORE)}

CREATE FUNCTION hearth_stay_versions_follow() RETURNS trigger {DEFINER} AS $$
DECLARE
    changed bigint[] := ARRAY(
        SELECT n.id FROM old_rows o JOIN new_rows n ON n.id = o.id
        WHERE (o.client_id, {listed("o")}) IS DISTINCT FROM (n.client_id, {listed("n")}));
BEGIN
    IF changed <> '{{}}' THEN
        PERFORM hearth_versions_keep_step(TG_RELID, changed);
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER versions_follow ON enrollments_enrollment;
CREATE TRIGGER versions_follow AFTER UPDATE ON enrollments_enrollment
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION hearth_stay_versions_follow();

CREATE FUNCTION hearth_forget_former_clients() RETURNS bigint LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    WITH gone AS (
        DELETE FROM enrollments_formerclient WHERE moved_at <= now() - interval '24 hours' RETURNING 1
    ) SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION hearth_stay_versions_follow, hearth_forget_former_clients
    FROM PUBLIC, hearth_web, hearth_loader;
GRANT EXECUTE ON FUNCTION hearth_forget_former_clients TO hearth_web;
REVOKE INSERT, UPDATE, DELETE ON enrollments_formerclient FROM hearth_loader;
REVOKE UPDATE ON enrollments_formerclient FROM hearth_web;

-- Enrollments that were moved before.
SELECT set_config('app.keeps_step', 'on', true);
SELECT hearth_versions_keep_step('enrollments_enrollment', ARRAY(
    SELECT DISTINCT e.id FROM enrollments_enrollmenthistory h JOIN enrollments_enrollment e ON e.id = h.pgh_obj_id
    WHERE h.client_id <> e.client_id));
SELECT set_config('app.keeps_step', '', true);
"""
RULES_BACK = f"""
DROP FUNCTION hearth_forget_former_clients;
DROP TRIGGER versions_follow ON enrollments_enrollment;
CREATE TRIGGER versions_follow AFTER UPDATE ON enrollments_enrollment
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION hearth_versions_follow();
DROP FUNCTION hearth_stay_versions_follow;
{KEEPS_STEP_BEFORE}
"""


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0019_old_versions_stay'),
        ('enrollments', '0015_not_for_imports'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='enrollmenthistory',
            name='pgh_other_client',
            field=models.SmallIntegerField(editable=False, help_text="Of how many people it was before this version's, where it was somebody else's: no key", null=True),
        ),
        migrations.CreateModel(
            name='FormerClient',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('moved_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='clients.client')),
                ('enrollment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='enrollments.enrollment')),
                ('moved_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        SecureRows("FormerClient", "OfMover"),
        migrations.RunSQL(RULES, RULES_BACK),
    ]
