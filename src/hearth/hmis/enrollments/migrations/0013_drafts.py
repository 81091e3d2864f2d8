"""Drafts of forms that are not finished, with row-level security; the database removes a draft with its answers."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from hearth.hmis.access.policies_sql import SecureRows

RULES = """
-- With a draft go its answers, also of clients whom whoever removes it may not know.
ALTER TABLE enrollments_draftanswer ADD CONSTRAINT draft_answer_of_draft
    FOREIGN KEY (draft_id) REFERENCES enrollments_draft (id) ON DELETE CASCADE;

-- Remove the drafts in which nobody has typed for too long, whoever acts; which ones they were.
CREATE FUNCTION hearth_remove_old_drafts()
RETURNS TABLE (draft bigint, kind text, client bigint, project bigint, answers bigint)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH old AS MATERIALIZED (
        SELECT d.id, (SELECT count(*) FROM enrollments_draftanswer a WHERE a.draft_id = d.id) AS answers
        FROM enrollments_draft d WHERE d.expires_on <= hearth_today() FOR UPDATE SKIP LOCKED
    )
    DELETE FROM enrollments_draft d USING old WHERE d.id = old.id
    RETURNING d.id, d.kind, d.client_id, d.project_id, old.answers
$$;
REVOKE ALL ON FUNCTION hearth_remove_old_drafts FROM PUBLIC, hearth_web, hearth_loader;
GRANT EXECUTE ON FUNCTION hearth_remove_old_drafts TO hearth_web;
"""
RULES_BACK = """
DROP FUNCTION hearth_remove_old_drafts;
ALTER TABLE enrollments_draftanswer DROP CONSTRAINT draft_answer_of_draft;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0014_restricted_marked_in_search'),
        ('enrollments', '0012_writers_of_many_at_once'),
        ('organizations', '0006_whose_keys'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.TextField(choices=[('start', 'Start'), ('update', 'Update'), ('annual', 'Annual assessment'), ('exit', 'Exit'), ('post_exit', 'After the exit'), ('occurrence', 'Event'), ('edit', 'Correction')])),
                ('subject', models.TextField(blank=True, db_default='', default='')),
                ('day', models.DateField(null=True)),
                ('base_version', models.TextField(blank=True, db_default='', default='')),
                ('version', models.IntegerField(db_default=0, default=0)),
                ('started_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('expires_on', models.DateField()),
                ('changed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='clients.client')),
                ('enrollment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='enrollments.enrollment')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='organizations.project')),
                ('started_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='DraftAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.TextField()),
                ('sealed', models.BinaryField()),
                ('version', models.IntegerField()),
                ('page', models.TextField(blank=True, db_default='', default='')),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('changed_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='clients.client')),
                ('draft', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='answers', to='enrollments.draft')),
            ],
        ),
        migrations.AddConstraint(
            model_name='draft',
            constraint=models.UniqueConstraint(fields=('kind', 'client', 'project', 'enrollment', 'subject'), name='draft_once_for_a_form', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='draftanswer',
            constraint=models.UniqueConstraint(fields=('draft', 'client', 'name'), name='draft_answer_once'),
        ),
        migrations.RunSQL(RULES, RULES_BACK),
        SecureRows("Draft", "OfDraft"),
        SecureRows("DraftAnswer", "OfDraftAnswer"),
    ]
