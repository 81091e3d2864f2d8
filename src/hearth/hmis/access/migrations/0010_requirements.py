"""Agreements and training as dated records, which roles require before their grants count.

Nothing is closed by this migration: the first version of each requirement has no day from which it counts. A
trigger notes when somebody comes back after long, so that training of before counts no more.
"""

import datetime

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from hearth.hmis.access.policies_sql import SecureRows

RULES = """
    CREATE TABLE access_rolerequirement (role text, kind text, PRIMARY KEY (role, kind));
    ALTER TABLE access_requirementmet ADD CONSTRAINT requirement_met_version FOREIGN KEY (kind, version)
        REFERENCES access_requirementversion (kind, version);
    CREATE INDEX requirementmet_user ON access_requirementmet (user_id, kind) WHERE ended_at IS NULL;
    CREATE INDEX requirementmet_org ON access_requirementmet (organization_id, kind) WHERE ended_at IS NULL;
    REVOKE INSERT, UPDATE, DELETE ON access_rolerequirement, access_requirementversion, access_requirementmet
        FROM hearth_loader;
    REVOKE INSERT, UPDATE, DELETE ON access_rolerequirement FROM hearth_web;
    REVOKE UPDATE, DELETE ON access_requirementversion FROM hearth_web;
    REVOKE DELETE ON access_requirementmet FROM hearth_web;

    CREATE FUNCTION hearth_writes_requirement() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        NEW.made_at := now();
        NEW.made_by_id := hearth_user_id();
        RETURN NEW;
    END $$;
    CREATE TRIGGER writes_requirement BEFORE INSERT ON access_requirementversion
        FOR EACH ROW EXECUTE FUNCTION hearth_writes_requirement();

    CREATE FUNCTION hearth_writes_requirement_met() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            NEW.recorded_at := now();
            NEW.recorded_by_id := hearth_user_id();
            NEW.ended_at := NULL;
            NEW.ended_by_id := NULL;
            IF NEW.user_id = hearth_user_id() THEN
                NEW.met_on := hearth_today();  -- signed on the screen, now
            ELSIF NEW.met_on > hearth_today() THEN
                RAISE check_violation USING MESSAGE = 'Nobody has met a requirement in the future';
            END IF;
            RETURN NEW;
        END IF;
        IF OLD.ended_at IS NOT NULL
            OR to_jsonb(NEW) - '{ended_at,ended_by_id,end_reason}'::text[]
                <> to_jsonb(OLD) - '{ended_at,ended_by_id,end_reason}'::text[]
        THEN
            RAISE insufficient_privilege USING MESSAGE = 'A record is withdrawn and never changed';
        END IF;
        NEW.ended_at := now();
        NEW.ended_by_id := hearth_user_id();
        RETURN NEW;
    END $$;
    CREATE TRIGGER writes_requirement_met BEFORE INSERT OR UPDATE ON access_requirementmet
        FOR EACH ROW EXECUTE FUNCTION hearth_writes_requirement_met();

    -- Made anew by rights.sql after the migrations.
    CREATE FUNCTION hearth_train_again_on(last_used timestamptz) RETURNS date LANGUAGE sql STABLE PARALLEL SAFE
    SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$ SELECT NULL::date $$;

    -- Whoever comes back after long is trained again; nobody writes the day but this.
    CREATE FUNCTION hearth_comes_back() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
        due date := hearth_train_again_on(greatest(OLD.last_login, OLD.used_from));
    BEGIN
        NEW.train_again_from := OLD.train_again_from;
        IF (NEW.last_login, NEW.used_from) IS DISTINCT FROM (OLD.last_login, OLD.used_from)
            AND due <= hearth_today()
        THEN
            NEW.train_again_from := greatest(OLD.train_again_from, due);
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER comes_back BEFORE UPDATE OF last_login, used_from, train_again_from ON access_user
        FOR EACH ROW EXECUTE FUNCTION hearth_comes_back();
    REVOKE ALL ON FUNCTION hearth_writes_requirement, hearth_writes_requirement_met, hearth_comes_back
        FROM PUBLIC, hearth_web, hearth_loader;
"""
# What rights.sql makes of the tables goes with them; what it made of grants is put back as it was.
RULES_BACK = """
    CREATE OR REPLACE FUNCTION hearth_rights(who bigint)
    RETURNS TABLE (permission text, everywhere boolean, projects bigint[]) LANGUAGE sql STABLE PARALLEL SAFE
    SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
        WITH held AS MATERIALIZED (
            SELECT g.role, g.scope, hearth_grant_projects(g) AS projects
            FROM access_grant g JOIN access_user u ON u.id = g.user_id
            WHERE g.user_id = who AND u.is_active AND hearth_in_force(g)
        )
        SELECT r.permission, bool_or(held.scope = 'state'),
            coalesce(array_agg(DISTINCT p) FILTER (WHERE p IS NOT NULL), '{}')
        FROM held JOIN access_rolepermission r ON r.role = held.role
            LEFT JOIN LATERAL unnest(held.projects) p ON true
        GROUP BY r.permission
    $$;
    CREATE OR REPLACE FUNCTION hearth_grants_with(asked text) RETURNS SETOF access_grant LANGUAGE sql STABLE
    PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
        SELECT g.* FROM access_grant g
            JOIN access_user u ON u.id = g.user_id
            JOIN access_rolepermission r ON r.role = g.role AND r.permission = asked
        WHERE g.user_id = hearth_user_id() AND u.is_active AND hearth_in_force(g)
    $$;
    CREATE OR REPLACE FUNCTION hearth_projects(asked text) RETURNS bigint[] LANGUAGE sql STABLE
    PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
        SELECT coalesce(array_agg(DISTINCT p), '{}')
        FROM hearth_grants_with(asked) g, unnest(hearth_grant_projects(g)) p
    $$;
    DROP TRIGGER comes_back ON access_user;
    DROP POLICY IF EXISTS reads ON access_requirementmet;
    DROP POLICY IF EXISTS adds ON access_requirementmet;
    DROP POLICY IF EXISTS changes ON access_requirementmet;
    DROP FUNCTION IF EXISTS hearth_may_record, hearth_standing, hearth_open_projects, hearth_counts, hearth_missing_of, hearth_missing,
        hearth_days_met, hearth_requirements, hearth_train_again_on, hearth_comes_back;
    DROP TRIGGER writes_requirement_met ON access_requirementmet;
    DROP TRIGGER writes_requirement ON access_requirementversion;
    DROP FUNCTION hearth_writes_requirement_met, hearth_writes_requirement;
    ALTER TABLE access_requirementmet DROP CONSTRAINT requirement_met_version;
    DROP TABLE access_rolerequirement;
"""

#: Functions and `rights_sql.py` read and fill the tables as their owner.
NO_FORCE = """
    ALTER TABLE access_requirementversion NO FORCE ROW LEVEL SECURITY;
    ALTER TABLE access_requirementmet NO FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0009_unused_accounts'),
        ('organizations', '0004_hipaa'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='train_again_from',
            field=models.DateField(editable=False, null=True),
        ),
        migrations.CreateModel(
            name='RequirementMet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.TextField(help_text='Code of access/requirements.py')),
                ('version', models.IntegerField()),
                ('met_on', models.DateField()),
                ('signed_name', models.TextField(blank=True, db_default='', default='')),
                ('note', models.TextField(blank=True, db_default='', default='')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('ended_at', models.DateTimeField(editable=False, null=True)),
                ('end_reason', models.TextField(blank=True, db_default='', default='')),
                ('ended_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('recorded_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='requirements_met', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('organization__isnull', True), ('user__isnull', False)), models.Q(('organization__isnull', False), ('user__isnull', True)), _connector='OR'), name='requirement_met_by_one'), models.CheckConstraint(condition=models.Q(('met_on__gte', datetime.date(1990, 1, 1))), name='requirement_met_in_time')],
            },
        ),
        migrations.CreateModel(
            name='RequirementVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.TextField(help_text='Code of access/requirements.py')),
                ('version', models.IntegerField()),
                ('text', models.TextField(blank=True, default='')),
                ('valid_days', models.IntegerField(blank=True, null=True)),
                ('counts_from', models.DateField(blank=True, null=True)),
                ('accepts_from', models.IntegerField(default=1)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('made_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('kind', 'version'), name='requirement_version_once'), models.CheckConstraint(condition=models.Q(('accepts_from__gte', 1), ('accepts_from__lte', models.F('version')), ('version__gte', 1)), name='requirement_accepts_versions'), models.CheckConstraint(condition=models.Q(('valid_days__isnull', True), models.Q(('valid_days__gte', 1), ('valid_days__lte', 36500)), _connector='OR'), name='requirement_valid_days')],
            },
        ),
        migrations.RunSQL(RULES, RULES_BACK),
        SecureRows("RequirementVersion", "OfRequirements"),
        SecureRows("RequirementMet", "OfRequirementsMet"),
        migrations.RunSQL(NO_FORCE, migrations.RunSQL.noop),
    ]
