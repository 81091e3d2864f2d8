"""Who may write roles, old versions and the access log: as few as can be.

Roles are given by system administrators alone. The first one of an installation, when nobody could give
it, is made by `hearth_make_first_administrator`, which does nothing once there is an administrator.

`access_membership` is enabled and not forced: the functions that say who may see what belong to its owner
and must read all of it.

Old versions are written by triggers and by imports and never changed; an import (hearth_loader) adds its
line to the access log and writes no users, roles or sessions. A trigger's function needs no right to run
when the trigger fires, so that nobody else can hang it on a table of their own.
"""

from django.db import migrations

ROLES = """
    ALTER TABLE access_membership ENABLE ROW LEVEL SECURITY;
    CREATE POLICY reads ON access_membership FOR SELECT USING (true);
    CREATE POLICY adds ON access_membership FOR INSERT WITH CHECK ((SELECT hearth_sees_all()));
    CREATE POLICY changes ON access_membership FOR UPDATE
        USING ((SELECT hearth_sees_all())) WITH CHECK ((SELECT hearth_sees_all()));
    CREATE POLICY removes ON access_membership FOR DELETE USING ((SELECT hearth_sees_all()));

    CREATE FUNCTION hearth_make_first_administrator(chosen bigint) RETURNS boolean LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        LOCK TABLE access_membership IN SHARE ROW EXCLUSIVE MODE;
        IF EXISTS (
            SELECT FROM access_membership m JOIN access_user u ON u.id = m.user_id
            WHERE u.is_active AND m.role = 'system_administrator'
        ) THEN
            RETURN false;
        END IF;
        INSERT INTO access_membership (user_id, role) VALUES (chosen, 'system_administrator')
        ON CONFLICT DO NOTHING;
        RETURN true;
    END $$;
    REVOKE ALL ON FUNCTION hearth_make_first_administrator FROM PUBLIC, hearth_loader;
"""
ROLES_BACK = """
    DROP FUNCTION hearth_make_first_administrator;
    DROP POLICY removes ON access_membership;
    DROP POLICY changes ON access_membership;
    DROP POLICY adds ON access_membership;
    DROP POLICY reads ON access_membership;
    ALTER TABLE access_membership DISABLE ROW LEVEL SECURITY;
"""

#: Tables that an import must not write. The access log it adds to.
NOT_FOR_IMPORTS = "access_user, access_membership, django_session"
RIGHTS = f"""
    REVOKE INSERT, UPDATE, DELETE ON {NOT_FOR_IMPORTS} FROM hearth_loader;
    REVOKE UPDATE, DELETE ON audit_accesslog FROM hearth_loader;
    REVOKE ALL ON FUNCTION hearth_keep_search_key FROM PUBLIC, hearth_web, hearth_loader;
"""
RIGHTS_BACK = f"""
    GRANT EXECUTE ON FUNCTION hearth_keep_search_key TO PUBLIC, hearth_web, hearth_loader;
    GRANT UPDATE, DELETE ON audit_accesslog TO hearth_loader;
    GRANT INSERT, UPDATE, DELETE ON {NOT_FOR_IMPORTS} TO hearth_loader;
"""

#: All tables of old versions that there are; tests/house looks after those that come later.
HISTORY = """
    DO $$ DECLARE kept text;
    BEGIN
        FOR kept IN SELECT table_name FROM information_schema.columns
            WHERE table_schema = 'public' AND column_name = 'pgh_obj_id'
        LOOP
            EXECUTE format('{verb} UPDATE, DELETE ON %I {who} hearth_web, hearth_loader', kept);
        END LOOP;
    END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0003_acting_rights"),
        ("clients", "0004_recent_clients"),
        ("coordinated_entry", "0002_row_security"),
        ("enrollments", "0002_rules_and_row_security"),
        ("organizations", "0002_residential_project_may_be_absent"),
        ("sessions", "0001_initial"),
    ]
    operations = [
        migrations.RunSQL(ROLES, ROLES_BACK),
        migrations.RunSQL(RIGHTS, RIGHTS_BACK),
        migrations.RunSQL(
            HISTORY.replace("{verb}", "REVOKE").replace("{who}", "FROM"),
            HISTORY.replace("{verb}", "GRANT").replace("{who}", "TO"),
        ),
    ]
