"""Grants in the place of memberships: role, scope, dates, by whom and why.

Every membership becomes a grant without end in the same organization, or in the whole installation; nobody
loses or gains a row. What a role may do and where it may be held stand in two tables that `rights_sql.py`
fills after every migration; a grant of a role in a scope that its class does not name is refused by a key.

The functions that policies ask are made after the migrations; here they answer that nobody may do anything.
`hearth_organizations` is dropped with the policies that asked it, so that a table is closed until its new
policies are made.
"""

from importlib import import_module

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from hearth.hmis.access.policies_sql import SecureRows

TABLES = """
    CREATE TABLE access_rolepermission (role text, permission text, PRIMARY KEY (role, permission));
    CREATE TABLE access_rolescope (role text, scope text, PRIMARY KEY (role, scope));
    INSERT INTO access_rolescope VALUES
        ('hmis_user', 'organization'), ('system_administrator', 'state'), ('auditor', 'state');
    REVOKE INSERT, UPDATE, DELETE ON access_rolepermission, access_rolescope, access_grant FROM hearth_loader;
    REVOKE INSERT, UPDATE, DELETE ON access_rolepermission, access_rolescope FROM hearth_web;
    REVOKE DELETE ON access_grant FROM hearth_web;
"""
TABLES_BACK = "DROP TABLE access_rolescope, access_rolepermission;"

# Who made the first administrator of an installation: nobody.
MOVED = """
    INSERT INTO access_grant (id, user_id, role, scope, organization_id, begins_on, given_at, given_by_id)
    SELECT m.id, m.user_id, m.role, CASE WHEN m.organization_id IS NULL THEN 'state' ELSE 'organization' END,
        m.organization_id, (m.created_at AT TIME ZONE 'UTC')::date - 1, m.created_at, m.created_by_id
    FROM access_membership m;
    SELECT setval(pg_get_serial_sequence('access_grant', 'id'), coalesce(max(id), 0) + 1, false) FROM access_grant;
    SET CONSTRAINTS ALL IMMEDIATE;
"""
MOVED_BACK = """
    INSERT INTO access_membership (user_id, role, organization_id, created_at, created_by_id)
    SELECT DISTINCT ON (user_id, role, organization_id) user_id, role, organization_id, given_at, given_by_id
    FROM access_grant
    WHERE role IN ('hmis_user', 'system_administrator', 'auditor') AND scope IN ('state', 'organization')
      AND ended_at IS NULL AND (ends_on IS NULL OR ends_on > current_date) AND begins_on <= current_date;
    SET CONSTRAINTS ALL IMMEDIATE;
"""

RULES = """
    ALTER TABLE access_grant ADD CONSTRAINT grant_role_and_scope FOREIGN KEY (role, scope)
        REFERENCES access_rolescope (role, scope);
    ALTER TABLE access_grant ADD CONSTRAINT grant_once EXCLUDE USING gist (
        user_id WITH =, role WITH =, scope WITH =, coalesce(organization_id, 0) WITH =,
        coalesce(project_id, 0) WITH =, coalesce(project_group_id, 0) WITH =, coc_code WITH =,
        coalesce(funder, 0) WITH =, funding_grant_id WITH =, daterange(begins_on, ends_on) WITH &&)
        WHERE (ended_at IS NULL);

    CREATE FUNCTION hearth_writes_grant() RETURNS trigger LANGUAGE plpgsql
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
            OR to_jsonb(NEW) - '{ended_at,ended_by_id,end_reason}'::text[]
                <> to_jsonb(OLD) - '{ended_at,ended_by_id,end_reason}'::text[]
        THEN
            RAISE insufficient_privilege USING MESSAGE = 'A grant is ended and never changed';
        END IF;
        NEW.ended_at := now();
        NEW.ended_by_id := hearth_user_id();
        RETURN NEW;
    END $$;
    CREATE TRIGGER writes_grant BEFORE INSERT OR UPDATE ON access_grant
        FOR EACH ROW EXECUTE FUNCTION hearth_writes_grant();

    -- Doors of an account are opened and closed by its user, and by whoever administers all that it may do.
    CREATE FUNCTION hearth_guards_user() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        IF (NEW.password, NEW.email, NEW.is_active, NEW.second_factor_due)
            IS NOT DISTINCT FROM (OLD.password, OLD.email, OLD.is_active, OLD.second_factor_due)
        THEN
            RETURN NEW;
        END IF;
        IF hearth_user_id() IS NULL THEN
            IF NEW.is_active AND NOT OLD.is_active THEN
                RAISE insufficient_privilege USING MESSAGE = 'Nobody acts: the account stays as it is';
            END IF;
        ELSIF hearth_user_id() <> OLD.id AND NOT hearth_may_administer(OLD.id) THEN
            RAISE insufficient_privilege USING MESSAGE = 'This account is not yours to administer';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER guards_user BEFORE UPDATE ON access_user
        FOR EACH ROW EXECUTE FUNCTION hearth_guards_user();
    REVOKE ALL ON FUNCTION hearth_writes_grant, hearth_guards_user FROM PUBLIC, hearth_web, hearth_loader;

    CREATE OR REPLACE FUNCTION hearth_make_first_administrator(chosen bigint) RETURNS boolean LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        LOCK TABLE access_grant IN SHARE ROW EXCLUSIVE MODE;
        IF EXISTS (SELECT FROM hearth_system_administrators()) THEN
            RETURN false;
        END IF;
        INSERT INTO access_grant (user_id, role, scope, begins_on, reason)
        SELECT chosen, 'system_administrator', 'state', hearth_today(), 'The first one'
        WHERE NOT EXISTS (
            SELECT FROM access_grant g WHERE g.user_id = chosen AND g.role = 'system_administrator'
              AND g.scope = 'state' AND g.ended_at IS NULL AND g.ends_on IS NULL);
        RETURN true;
    END $$;
"""
RULES_BACK = """
    DROP TRIGGER guards_user ON access_user;
    DROP TRIGGER writes_grant ON access_grant;
    DROP FUNCTION hearth_guards_user, hearth_writes_grant;
    ALTER TABLE access_grant DROP CONSTRAINT grant_once;
    ALTER TABLE access_grant DROP CONSTRAINT grant_role_and_scope;
"""

#: The functions of rights.sql that policies and functions name, as long as they are not made.
NOTHING_ALLOWED = {
    "hearth_today() RETURNS date": "SELECT NULL::date",
    "hearth_in_force(g access_grant) RETURNS boolean": "SELECT false",
    "hearth_grant_projects(g access_grant) RETURNS bigint[]": "SELECT '{}'::bigint[]",
    "hearth_rights(who bigint) RETURNS TABLE (permission text, everywhere boolean, projects bigint[])":
        "SELECT '', false, '{}'::bigint[] WHERE false",
    "hearth_grants_with(asked text) RETURNS SETOF access_grant": "SELECT * FROM access_grant WHERE false",
    "hearth_everywhere(asked text) RETURNS boolean": "SELECT false",
    "hearth_somewhere(asked text) RETURNS boolean": "SELECT false",
    "hearth_projects(asked text) RETURNS bigint[]": "SELECT '{}'::bigint[]",
    "hearth_grant_within(asked text, g access_grant) RETURNS boolean": "SELECT false",
    "hearth_may_give(g access_grant) RETURNS boolean": "SELECT false",
    "hearth_may_administer(somebody bigint) RETURNS boolean": "SELECT false",
    "hearth_system_administrators() RETURNS SETOF bigint": "SELECT NULL::bigint WHERE false",
    "hearth_sees_all() RETURNS boolean": "SELECT false",
    "hearth_sees_clients() RETURNS boolean": "SELECT false",
    "hearth_reads_access_log() RETURNS boolean": "SELECT false",
}

# What older functions of other rooms asked of memberships, they ask of grants.
KNOWS_WRITER = """
    DO $$ DECLARE body text := pg_get_functiondef('hearth_knows_writer'::regproc);
    BEGIN
        IF strpos(body, 'access_{old} m') = 0 THEN
            RAISE EXCEPTION 'hearth_knows_writer is not as it was';
        END IF;
        EXECUTE replace(body, 'access_{old} m', 'access_{new} m');
    END $$;
"""

#: The functions and policies of before (migrations 0003 and 0006 here, 0002 and 0004 of other rooms).
BEFORE = import_module("hearth.hmis.access.migrations.0003_acting_rights").FUNCTIONS
FIRST = import_module("hearth.hmis.access.migrations.0004_closed_doors").ROLES
KNOWING = import_module("hearth.hmis.enrollments.migrations.0004_who_wrote").KNOWING
_OWN = "organization_id = ANY ((SELECT hearth_organizations())::bigint[])"
POLICIES_BACK = f"""
    DO $$ DECLARE
        secured record;
        reads text;
        writes text;
        name text;
    BEGIN
        FOR secured IN
            SELECT c.relname, EXISTS (
                    SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'pgh_obj_id') AS is_history,
                c.relname LIKE 'clients_client%' AS is_client
            FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relrowsecurity
              AND c.relname ~ '^(clients_client|enrollments_|coordinated_entry_)'
        LOOP
            writes := '(SELECT hearth_sees_all()) OR {_OWN}';
            reads := '(SELECT hearth_sees_all()) OR ((SELECT hearth_sees_clients()) AND (is_shared OR {_OWN}))';
            IF secured.is_client THEN
                reads := '(SELECT hearth_sees_clients())';
                writes := reads;
            END IF;
            FOREACH name IN ARRAY '{{reads,adds,changes,removes}}'::text[] LOOP
                EXECUTE format('DROP POLICY IF EXISTS %I ON %I', name, secured.relname);
            END LOOP;
            EXECUTE format('CREATE POLICY reads ON %I FOR SELECT USING (%s)', secured.relname, reads);
            IF secured.is_history THEN
                EXECUTE format('CREATE POLICY adds ON %I FOR INSERT WITH CHECK (pg_trigger_depth() > 0)',
                    secured.relname);
            ELSE
                EXECUTE format('CREATE POLICY adds ON %I FOR INSERT WITH CHECK (%s)', secured.relname, writes);
                EXECUTE format('CREATE POLICY changes ON %I FOR UPDATE USING (%s) WITH CHECK (%s)',
                    secured.relname, writes, writes);
                EXECUTE format('CREATE POLICY removes ON %I FOR DELETE USING ((SELECT hearth_sees_all()))',
                    secured.relname);
            END IF;
        END LOOP;
    END $$;
"""


def _made_anew(signature: str, body: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {signature} LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER"
        f" SET search_path = pg_catalog, public, pg_temp AS $${body}$$;"
    )


OURS_ALONE = [signature.split(" RETURNS")[0] for signature in NOTHING_ALLOWED if signature not in BEFORE]
FUNCTIONS_BACK = "".join(f"DROP FUNCTION {name} CASCADE;" for name in reversed(OURS_ALONE)) + "".join(
    _made_anew(signature, body) for signature, body in BEFORE.items()
)
FUNCTIONS = "".join(_made_anew(signature, body) for signature, body in NOTHING_ALLOWED.items())
MEMBERSHIP_BACK = FIRST[: FIRST.index("REVOKE ALL")].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
OWN_BACK = KNOWING[KNOWING.index("DROP POLICY") : KNOWING.index("REVOKE ALL")] + "".join(
    f"DROP POLICY IF EXISTS {name} ON {table};"
    for table in ("clients_recentclient", "lists_keptview")
    for name in ("reads", "adds", "changes", "removes")
) + """
    CREATE POLICY own ON clients_recentclient
        USING (user_id = (SELECT hearth_user_id()) AND (SELECT hearth_sees_clients()))
        WITH CHECK (user_id = (SELECT hearth_user_id()) AND (SELECT hearth_sees_clients()));
    CREATE POLICY own ON lists_keptview
        USING (user_id = (SELECT hearth_user_id())) WITH CHECK (user_id = (SELECT hearth_user_id()));
"""


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0007_limits_and_failures'),
        ('clients', '0007_restriction'),
        ('coordinated_entry', '0007_columns_keep_in_step'),
        ('enrollments', '0007_columns_keep_in_step'),
        ('lists', '0001_kept_views'),
        ('organizations', '0003_project_groups'),
    ]

    operations = [
        migrations.CreateModel(
            name='Grant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.TextField()),
                ('scope', models.TextField()),
                ('coc_code', models.TextField(blank=True, db_default='', default='')),
                ('funder', models.IntegerField(blank=True, help_text='Code of 2.06 (funding sources)', null=True)),
                ('funding_grant_id', models.TextField(blank=True, db_default='', default='', help_text='GrantID of 2.06; empty: any')),
                ('begins_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, help_text='First day without it', null=True)),
                ('reason', models.TextField(blank=True, db_default='', default='')),
                ('given_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('ended_at', models.DateTimeField(editable=False, null=True)),
                ('end_reason', models.TextField(blank=True, db_default='', default='')),
                ('ended_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('given_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='organizations.organization')),
                ('project', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='organizations.project')),
                ('project_group', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='organizations.projectgroup')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='grants', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddConstraint(
            model_name='grant',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('coc_code', ''), ('funder__isnull', True), ('funding_grant_id', ''), ('organization__isnull', True), ('project__isnull', True), ('project_group__isnull', True), ('scope', 'state')), models.Q(('coc_code', ''), ('funder__isnull', True), ('funding_grant_id', ''), ('organization__isnull', False), ('project__isnull', True), ('project_group__isnull', True), ('scope', 'organization')), models.Q(('coc_code', ''), ('funder__isnull', True), ('funding_grant_id', ''), ('organization__isnull', True), ('project__isnull', False), ('project_group__isnull', True), ('scope', 'project')), models.Q(('coc_code', ''), ('funder__isnull', True), ('funding_grant_id', ''), ('organization__isnull', True), ('project__isnull', True), ('project_group__isnull', False), ('scope', 'project_group')), models.Q(('funder__isnull', True), ('funding_grant_id', ''), ('organization__isnull', True), ('project__isnull', True), ('project_group__isnull', True), ('scope', 'coc'), models.Q(('coc_code', ''), _negated=True)), models.Q(('coc_code', ''), ('funder__isnull', False), ('organization__isnull', True), ('project__isnull', True), ('project_group__isnull', True), ('scope', 'funding')), _connector='OR'), name='grant_scope_columns'),
        ),
        migrations.AddConstraint(
            model_name='grant',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gt', models.F('begins_on')), _connector='OR'), name='grant_ends_after_beginning'),
        ),
        migrations.RunSQL(TABLES, TABLES_BACK),
        migrations.RunSQL(MOVED, MOVED_BACK),
        migrations.RunSQL(FUNCTIONS, [FUNCTIONS_BACK, POLICIES_BACK, MEMBERSHIP_BACK, OWN_BACK]),
        migrations.RunSQL(RULES, RULES_BACK),
        migrations.RunSQL("DROP FUNCTION hearth_organizations() CASCADE", migrations.RunSQL.noop),
        migrations.RunSQL(
            KNOWS_WRITER.format(old="membership", new="grant"), KNOWS_WRITER.format(old="grant", new="membership")
        ),
        SecureRows("Grant", "OfGrants"),
        migrations.RunSQL("ALTER TABLE access_grant NO FORCE ROW LEVEL SECURITY", migrations.RunSQL.noop),
        migrations.DeleteModel(name='Membership'),
    ]
