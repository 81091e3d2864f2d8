"""Whose writers somebody knows is worked out for many clients at once.

`hearth_knows_writer` read the client's enrollments anew for each client, with all that row-level security asks
once for a query: for a page of hits that was most of what stands beside them, for an export of an
organization's clients a minute. The rule stands in `hearth_known_writers` now; for one client, as the policy
on old versions asks, that is asked with one.
"""

from importlib import import_module

from django.db import migrations

old = import_module("hearth.hmis.enrollments.migrations.0004_who_wrote")

MANY = """
-- Of clients, each with the source, the UserID and the account of a writer: those whose writer the acting user knows.
CREATE FUNCTION hearth_known_writers(clients bigint[], sources bigint[], writers text[], accounts bigint[])
RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF hearth_sees_all() THEN
        RETURN QUERY SELECT unnest(clients);
        RETURN;
    END IF;
    RETURN QUERY
    WITH asked AS MATERIALIZED (
        SELECT a.* FROM unnest(clients, sources, writers, accounts) WITH ORDINALITY
            AS a (client, source, writer, account, number)
    ), place AS MATERIALIZED (
        SELECT DISTINCT e.client_id, e.organization_id FROM enrollments_enrollment e
        WHERE e.client_id = ANY (clients) AND e.date_deleted IS NULL
            AND e.project_id <> ALL ((SELECT hearth_hidden_projects())::bigint[])
    ), met AS (
        SELECT a.number, true AS is_user FROM asked a JOIN place p ON p.client_id = a.client
            JOIN enrollments_writer w ON w.organization_id = p.organization_id
                AND w.data_source_id = a.source AND w.user_id = a.writer
        UNION ALL
        SELECT a.number, false FROM asked a JOIN place p ON p.client_id = a.client
            JOIN enrollments_writer w ON w.organization_id = p.organization_id AND w.account_id = a.account
        UNION ALL
        SELECT a.number, false FROM asked a WHERE a.account = hearth_user_id()
    ), known AS (
        SELECT m.number, bool_or(m.is_user) AS user_too, bool_or(NOT m.is_user) AS account_too
        FROM met m GROUP BY m.number
    )
    SELECT a.client FROM asked a JOIN known USING (number) LEFT JOIN organizations_datasource d ON d.id = a.source
    WHERE CASE WHEN d.is_hearth THEN known.account_too
        -- Whoever imports writes for all organizations and tells of none.
        ELSE known.user_too AND (a.account IS NULL OR known.account_too OR EXISTS (
            SELECT FROM access_grant m WHERE m.user_id = a.account AND m.role = 'system_administrator')) END;
END $$;
REVOKE ALL ON FUNCTION hearth_known_writers FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hearth_known_writers TO hearth_web;

CREATE OR REPLACE FUNCTION hearth_knows_writer(client bigint, source bigint, writer text, account bigint)
RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
-- Asked for each old version of a client: planned once, and not each time.
SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN EXISTS (SELECT hearth_known_writers(ARRAY[client], ARRAY[source], ARRAY[writer], ARRAY[account]));
END $$;
"""
_BEFORE = old.KNOWING[
    old.KNOWING.index("CREATE FUNCTION hearth_knows_writer") : old.KNOWING.index("-- Whether the writer of the version")
]
# As access migration 0008 and clients migration 0012 left it.
_WHERE = "e.client_id = client AND e.date_deleted IS NULL"
_HIDDEN = " AND e.project_id <> ALL ((SELECT hearth_hidden_projects())::bigint[])"
BACK = "DROP FUNCTION hearth_known_writers;" + _BEFORE.replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
).replace("access_membership m", "access_grant m").replace(_WHERE, _WHERE + _HIDDEN)


class Migration(migrations.Migration):
    dependencies = [("enrollments", "0011_whose_writers"), ("clients", "0012_confidential_places")]
    operations = [migrations.RunSQL(MANY, BACK)]
