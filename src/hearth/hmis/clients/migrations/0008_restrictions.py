"""Restrictions of clients, and the mark `is_restricted` that follows from them and from nothing else.

The mark stands while a client has a restriction that nobody has ended and whose last day is not past, also one
that begins later: the functions of access/rights.sql compare the days. Where the last day has passed, the mark
goes at night (`hearth_clear_restrictions_over`), which changes for nobody what they see.
"""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from hearth.hmis.access.policies_sql import SecureRows

DEFINER = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"

RULES = f"""
REVOKE INSERT, UPDATE, DELETE ON clients_restriction FROM hearth_loader;
REVOKE DELETE ON clients_restriction FROM hearth_web;

CREATE FUNCTION hearth_writes_restriction() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.given_at := now();
        NEW.given_by_id := hearth_user_id();
        NEW.ended_at := NULL;
        NEW.ended_by_id := NULL;
        RETURN NEW;
    END IF;
    IF OLD.ended_at IS NOT NULL
        OR to_jsonb(NEW) - '{{ended_at,ended_by_id,end_reason}}'::text[]
            <> to_jsonb(OLD) - '{{ended_at,ended_by_id,end_reason}}'::text[]
    THEN
        RAISE insufficient_privilege USING MESSAGE = 'A restriction is ended and never changed';
    END IF;
    NEW.ended_at := now();
    NEW.ended_by_id := hearth_user_id();
    RETURN NEW;
END $$;
CREATE TRIGGER writes_restriction BEFORE INSERT OR UPDATE ON clients_restriction
    FOR EACH ROW EXECUTE FUNCTION hearth_writes_restriction();

-- Nobody chooses the mark: whatever is written, it is what the restrictions say.
CREATE FUNCTION hearth_client_takes_restriction() RETURNS trigger {DEFINER} AS $$
BEGIN
    NEW.is_restricted := EXISTS (
        SELECT FROM clients_restriction r
        WHERE r.client_id = NEW.id AND r.ended_at IS NULL AND (r.ends_on IS NULL OR r.ends_on > hearth_today()));
    RETURN NEW;
END $$;
CREATE TRIGGER takes_restriction BEFORE UPDATE OF is_restricted ON clients_client
    FOR EACH ROW EXECUTE FUNCTION hearth_client_takes_restriction();

-- The lock waits for whoever enters an enrollment of this client just now, and they for it.
CREATE FUNCTION hearth_restriction_marks_client() RETURNS trigger {DEFINER} AS $$
DECLARE
    before text := current_setting('app.keeps_step', true);
BEGIN
    PERFORM set_config('app.keeps_step', 'on', true);
    PERFORM FROM clients_client WHERE id = NEW.client_id FOR UPDATE;
    UPDATE clients_client SET is_restricted = is_restricted WHERE id = NEW.client_id;
    PERFORM set_config('app.keeps_step', coalesce(before, ''), true);
    RETURN NULL;
END $$;
CREATE TRIGGER marks_client AFTER INSERT OR UPDATE ON clients_restriction
    FOR EACH ROW EXECUTE FUNCTION hearth_restriction_marks_client();

CREATE FUNCTION hearth_clear_restrictions_over() RETURNS bigint {DEFINER} AS $$
DECLARE
    before text := current_setting('app.keeps_step', true);
    cleared bigint;
BEGIN
    PERFORM set_config('app.keeps_step', 'on', true);
    UPDATE clients_client c SET is_restricted = false
    WHERE c.is_restricted AND EXISTS (SELECT FROM clients_restriction r WHERE r.client_id = c.id)
        AND NOT EXISTS (
            SELECT FROM clients_restriction r WHERE r.client_id = c.id AND r.ended_at IS NULL
                AND (r.ends_on IS NULL OR r.ends_on > hearth_today()));
    GET DIAGNOSTICS cleared = ROW_COUNT;
    PERFORM set_config('app.keeps_step', coalesce(before, ''), true);
    RETURN cleared;
END $$;
REVOKE ALL ON FUNCTION hearth_writes_restriction, hearth_client_takes_restriction, hearth_restriction_marks_client,
    hearth_clear_restrictions_over FROM PUBLIC, hearth_web, hearth_loader;
GRANT EXECUTE ON FUNCTION hearth_clear_restrictions_over TO hearth_web;
"""
RULES_BACK = """
DROP TRIGGER takes_restriction ON clients_client;
DROP TRIGGER marks_client ON clients_restriction;
DROP TRIGGER writes_restriction ON clients_restriction;
DROP FUNCTION hearth_writes_restriction, hearth_client_takes_restriction, hearth_restriction_marks_client,
    hearth_clear_restrictions_over;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0007_restriction'),
        ('organizations', '0003_project_groups'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Restriction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField()),
                ('begins_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, help_text='First day without it', null=True)),
                ('given_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('ended_at', models.DateTimeField(editable=False, null=True)),
                ('end_reason', models.TextField(blank=True, db_default='', default='')),
            ],
        ),
        migrations.AddIndex(
            model_name='client',
            index=models.Index(condition=models.Q(('is_restricted', True)), fields=['id'], name='client_restricted'),
        ),
        migrations.AddField(
            model_name='restriction',
            name='client',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='restrictions', to='clients.client'),
        ),
        migrations.AddField(
            model_name='restriction',
            name='ended_by',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='restriction',
            name='given_by',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='restriction',
            name='organization',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization'),
        ),
        migrations.AddConstraint(
            model_name='restriction',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gt', models.F('begins_on')), _connector='OR'), name='restriction_ends_after_beginning'),
        ),
        migrations.AddConstraint(
            model_name='restriction',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='restriction_has_reason'),
        ),
        SecureRows("Restriction", "OfRestrictions"),
        migrations.RunSQL(RULES, RULES_BACK),
    ]
