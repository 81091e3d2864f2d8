"""Who opened a client's record, for the account that is printed for the client (`clients/account.py`).

The access log is read by auditors and administrators alone. Of one client everybody who works with clients may
know the looks of organizations that they know to serve the client: their own, and those in which they see an
enrollment (the rule of `hearth_knows_writer`); and the looks of administrators, who serve nobody. What else there
is has no row here, and no count: a look of a victim service provider would tell whom it serves.
Administrators get everything.
"""

from django.db import migrations

LOOKED = """
-- The owner of the function below, who signs in nowhere; the application's role is not among it.
CREATE POLICY reads_for_functions ON audit_accesslog FOR SELECT TO CURRENT_USER USING (true);

CREATE FUNCTION hearth_who_looked(client bigint)
RETURNS TABLE (at timestamptz, account bigint, organizations bigint[], is_administrator boolean, action text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    sees_all boolean := hearth_everywhere('access_log_view');
    places bigint[];
BEGIN
    IF NOT hearth_somewhere('client_account_view')
        OR NOT EXISTS (SELECT FROM clients_client c WHERE c.id = client) THEN
        RETURN;
    END IF;
    places := ARRAY(
        SELECT e.organization_id FROM enrollments_enrollment e
        WHERE e.client_id = client AND e.date_deleted IS NULL
        UNION
        SELECT p.organization_id FROM organizations_project p
        WHERE p.id = ANY (hearth_projects('client_account_view')));
    RETURN QUERY
    SELECT l.at, CASE WHEN sees_all THEN l.user_id END, held.places, held.is_administrator, l.action
    FROM audit_accesslog l, LATERAL (
        SELECT
            coalesce(array_agg(DISTINCT o.id) FILTER (WHERE sees_all OR o.id = ANY (places)), '{}') AS places,
            coalesce(bool_and(g.role IN ('system_administrator', 'local_system_administrator')), false)
                AS is_administrator,
            coalesce(bool_or(o.victim_service_provider = 1 AND NOT o.id = ANY (places)), false) AS is_secret
        FROM access_grant g
            LEFT JOIN organizations_project p
                ON g.scope IN ('organization', 'project', 'project_group') AND p.id = ANY (hearth_grant_projects(g))
            LEFT JOIN organizations_organization o ON o.id = p.organization_id
        WHERE g.user_id = l.user_id
            AND (l.at AT TIME ZONE current_setting('TimeZone'))::date
                BETWEEN g.begins_on AND coalesce(g.ends_on - 1, 'infinity')
            AND (g.ended_at IS NULL OR g.ended_at > l.at)
    ) AS held
    WHERE l.client_id = client AND l.action IN ('client_viewed', 'ssn_revealed')
        -- Whoever works for a provider that the one who asks does not know, too, may have looked for it.
        AND (sees_all OR (NOT held.is_secret AND (held.places <> '{}' OR held.is_administrator)))
    ORDER BY l.id DESC;
END $$;
REVOKE ALL ON FUNCTION hearth_who_looked FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hearth_who_looked TO hearth_web;
"""
BACK = """
DROP FUNCTION hearth_who_looked;
DROP POLICY reads_for_functions ON audit_accesslog;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0009_hidden_from_search"),
        ("access", "0008_grants"),
        ("audit", "0008_consent_recorded"),
    ]
    operations = [migrations.RunSQL(LOOKED, BACK)]
