"""What the acting user may see, for row-level security: the database's side of access/roles.py.

The functions read memberships with the owner's rights, so that policies work whatever the web role may
read, and have a fixed search path. Nobody acting means nothing seen.
"""

from django.db import migrations

FUNCTIONS = {
    "hearth_sees_all() RETURNS boolean": """
        SELECT EXISTS (
            SELECT FROM access_membership m JOIN access_user u ON u.id = m.user_id
            WHERE m.user_id = hearth_user_id() AND u.is_active AND m.role = 'system_administrator')""",
    "hearth_sees_clients() RETURNS boolean": """
        SELECT EXISTS (
            SELECT FROM access_membership m JOIN access_user u ON u.id = m.user_id
            WHERE m.user_id = hearth_user_id() AND u.is_active
              AND m.role IN ('system_administrator', 'hmis_user'))""",
    "hearth_reads_access_log() RETURNS boolean": """
        SELECT EXISTS (
            SELECT FROM access_membership m JOIN access_user u ON u.id = m.user_id
            WHERE m.user_id = hearth_user_id() AND u.is_active
              AND m.role IN ('system_administrator', 'auditor'))""",
    "hearth_organizations() RETURNS bigint[]": """
        SELECT coalesce(array_agg(m.organization_id), '{}')
        FROM access_membership m JOIN access_user u ON u.id = m.user_id
        WHERE m.user_id = hearth_user_id() AND u.is_active AND m.role = 'hmis_user'""",
}

CREATE = "".join(
    f"CREATE FUNCTION {signature} LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER"
    f" SET search_path = pg_catalog, public, pg_temp AS $${body}$$;\n"
    for signature, body in FUNCTIONS.items()
)
DROP = "".join(f"DROP FUNCTION {signature.split(' ')[0]};\n" for signature in FUNCTIONS)

# The log is added to by whoever acts, for themselves; read by auditors; changed by nobody.
LOG = """
    ALTER TABLE audit_accesslog ENABLE ROW LEVEL SECURITY;
    ALTER TABLE audit_accesslog FORCE ROW LEVEL SECURITY;
    CREATE POLICY reads ON audit_accesslog FOR SELECT USING ((SELECT hearth_reads_access_log()));
    CREATE POLICY adds ON audit_accesslog FOR INSERT
        WITH CHECK (user_id IS NULL OR user_id = (SELECT hearth_user_id()));
    REVOKE UPDATE, DELETE, TRUNCATE ON audit_accesslog FROM hearth_web;
"""
LOG_BACK = """
    GRANT UPDATE, DELETE ON audit_accesslog TO hearth_web;
    DROP POLICY reads ON audit_accesslog;
    DROP POLICY adds ON audit_accesslog;
    ALTER TABLE audit_accesslog NO FORCE ROW LEVEL SECURITY;
    ALTER TABLE audit_accesslog DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0002_membership"), ("audit", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, DROP), migrations.RunSQL(LOG, LOG_BACK)]
