"""A file knows the answer that it shows; and what an answer opens and closes is counted, before and after.

A row that an answer opens is seen by whoever asks from then on, one that it closes was seen until then, and of
a restricted client only those with a stay in common ask: the counts tell nobody of what they may not see.
"""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

rules = import_module("hearth.hmis.consent.migrations.0004_consent_rules")
step = import_module("hearth.hmis.enrollments.migrations.0006_columns_take_their_values")

OPEN = "{0}.is_shared AND ({0}.shared_until IS NULL OR {0}.shared_until > today) AND {0}.date_deleted IS NULL"
COUNT = f"""
-- Like hearth_follow_answers, with what is open to other organizations before and after.
CREATE FUNCTION hearth_follow_and_count(clients bigint[], OUT touched bigint, OUT enrollments_opened bigint,
    OUT enrollments_closed bigint, OUT records_opened bigint, OUT records_closed bigint, OUT runs_closed bigint)
{rules.DEFINER} AS $$
DECLARE
    before text := current_setting('app.keeps_step', true);
    today date := hearth_today();
    stays bigint[];
    stays_now bigint[];
    were jsonb := '{{}}';
    ids bigint[];
    records name;
    more bigint;
    fewer bigint;
BEGIN
    {rules.BEGIN}
    stays := ARRAY(SELECT e.id FROM enrollments_enrollment e
        WHERE e.client_id = ANY (clients) AND {OPEN.format("e")});
    FOR records IN SELECT hearth_record_tables() LOOP
        EXECUTE format('SELECT array_agg(r.id) FROM %I r JOIN enrollments_enrollment e ON e.id = r.enrollment_id'
            ' WHERE e.client_id = ANY ($1) AND {OPEN.format("r").replace("today", "$2")}', records)
        INTO ids USING clients, today;
        were := were || jsonb_build_object(records, to_jsonb(coalesce(ids, '{{}}')));
    END LOOP;
    {rules.END}
    touched := hearth_follow_answers(clients);
    {rules.BEGIN}
    stays_now := ARRAY(SELECT e.id FROM enrollments_enrollment e
        WHERE e.client_id = ANY (clients) AND {OPEN.format("e")});
    SELECT count(*) INTO enrollments_opened FROM unnest(stays_now) AS one(id) WHERE id <> ALL (stays);
    SELECT count(*), coalesce(array_agg(id), '{{}}') INTO enrollments_closed, ids
    FROM unnest(stays) AS one(id) WHERE id <> ALL (stays_now);
    SELECT count(*) INTO runs_closed FROM jobs_shareduse WHERE ids <> '{{}}' AND enrollments && ids;
    records_opened := 0;
    records_closed := 0;
    FOR records IN SELECT hearth_record_tables() LOOP
        EXECUTE format('WITH were AS (SELECT jsonb_array_elements_text($3)::bigint AS id), now AS ('
            ' SELECT r.id FROM %I r JOIN enrollments_enrollment e ON e.id = r.enrollment_id'
            ' WHERE e.client_id = ANY ($1) AND {OPEN.format("r").replace("today", "$2")})'
            ' SELECT (SELECT count(*) FROM now WHERE id NOT IN (SELECT id FROM were)),'
            ' (SELECT count(*) FROM were WHERE id NOT IN (SELECT id FROM now))', records)
        INTO more, fewer USING clients, today, were -> records::text;
        records_opened := records_opened + more;
        records_closed := records_closed + fewer;
    END LOOP;
    {rules.END}
END $$;
REVOKE ALL ON FUNCTION hearth_follow_and_count FROM PUBLIC, hearth_web, hearth_loader;
GRANT EXECUTE ON FUNCTION hearth_follow_and_count TO hearth_web;
"""

class Migration(migrations.Migration):

    dependencies = [
        ('consent', '0007_document_of_an_answer'),
        ('jobs', '0002_shared_use'),
    ]

    operations = [
        migrations.AddField(
            model_name='sealedfile',
            name='consent',
            field=models.ForeignKey(help_text='The answer that it shows', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consent.consent'),
        ),
        migrations.AlterField(
            model_name='sealedfile',
            name='purpose',
            field=models.TextField(choices=[('consent_paper', 'Signed paper'), ('signature', 'Signature'), ('witness_signature', 'Signature of the witness')]),
        ),
        step.lets_owner_keep_step("jobs_shareduse"),
        migrations.RunSQL(COUNT, "DROP FUNCTION hearth_follow_and_count"),
    ]
