-- What somebody may do, in the database: made anew after every migration by rights_sql.py, which fills in what
-- stands in braces from scopes.py and the settings. Row-level security, User.rights and pages ask these
-- functions, so that who may do what is said once. They read grants with their owner's rights, whatever the
-- asking role may read. A policy calls them as (SELECT f()), which PostgreSQL evaluates once for a query.

-- The day where the installation is.
CREATE OR REPLACE FUNCTION hearth_today() RETURNS date {secured} AS $$
    SELECT (now() AT TIME ZONE '{time_zone}')::date
$$;

-- Whether a grant holds today.
CREATE OR REPLACE FUNCTION hearth_in_force(g access_grant) RETURNS boolean {secured} AS $$
    SELECT g.ended_at IS NULL AND g.begins_on <= hearth_today()
        AND (g.ends_on IS NULL OR g.ends_on > hearth_today())
$$;

-- The projects of its scope; none for a scope without limit.
CREATE OR REPLACE FUNCTION hearth_grant_projects(g access_grant) RETURNS bigint[] {secured} AS $$
    SELECT (CASE g.scope {projects_of_scopes} ELSE '{}' END)::bigint[]
$$;

-- All that somebody may do today: each permission, whether everywhere, and in which projects.
CREATE OR REPLACE FUNCTION hearth_rights(who bigint)
RETURNS TABLE (permission text, everywhere boolean, projects bigint[]) {secured} AS $$
    WITH held AS MATERIALIZED (
        SELECT g.role, g.scope, hearth_grant_projects(g) AS projects
        FROM access_grant g JOIN access_user u ON u.id = g.user_id
        WHERE g.user_id = who AND u.is_active AND hearth_in_force(g)
    )
    SELECT r.permission, bool_or(held.scope IN ({unlimited})),
        coalesce(array_agg(DISTINCT p) FILTER (WHERE p IS NOT NULL), '{}')
    FROM held JOIN access_rolepermission r ON r.role = held.role LEFT JOIN LATERAL unnest(held.projects) p ON true
    GROUP BY r.permission
$$;

-- The acting user's grants with a permission.
CREATE OR REPLACE FUNCTION hearth_grants_with(asked text) RETURNS SETOF access_grant {secured} AS $$
    SELECT g.* FROM access_grant g
        JOIN access_user u ON u.id = g.user_id
        JOIN access_rolepermission r ON r.role = g.role AND r.permission = asked
    WHERE g.user_id = hearth_user_id() AND u.is_active AND hearth_in_force(g)
$$;

-- Whether the acting user may do something without limit …
CREATE OR REPLACE FUNCTION hearth_everywhere(asked text) RETURNS boolean {secured} AS $$
    SELECT EXISTS (SELECT FROM hearth_grants_with(asked) g WHERE g.scope IN ({unlimited}))
$$;

-- … or anywhere at all …
CREATE OR REPLACE FUNCTION hearth_somewhere(asked text) RETURNS boolean {secured} AS $$
    SELECT EXISTS (SELECT FROM hearth_grants_with(asked))
$$;

-- … or in which projects.
CREATE OR REPLACE FUNCTION hearth_projects(asked text) RETURNS bigint[] {secured} AS $$
    SELECT coalesce(array_agg(DISTINCT p), '{}')
    FROM hearth_grants_with(asked) g, unnest(hearth_grant_projects(g)) p
$$;

-- Whether the acting user may do it in all of a grant's scope: everywhere, by a grant of the same scope, or in
-- all of its projects where nobody else can add to them.
CREATE OR REPLACE FUNCTION hearth_grant_within(asked text, g access_grant) RETURNS boolean {secured} AS $$
    SELECT hearth_everywhere(asked)
        OR EXISTS (
            SELECT FROM hearth_grants_with(asked) mine WHERE ({mine}) IS NOT DISTINCT FROM ({that})
        )
        OR (g.scope IN ({contained_by_projects}) AND hearth_grant_projects(g) <> '{}'
            AND hearth_grant_projects(g) <@ hearth_projects(asked))
$$;

-- Whether the acting user may give, or end, such a grant: not their own, and no more than they hold there.
CREATE OR REPLACE FUNCTION hearth_may_give(g access_grant) RETURNS boolean {secured} AS $$
    SELECT coalesce(g.user_id <> hearth_user_id(), false)
        AND hearth_grant_within('user_edit', g)
        AND NOT EXISTS (
            SELECT FROM access_rolepermission r WHERE r.role = g.role AND NOT hearth_grant_within(r.permission, g)
        )
$$;

-- Whether the acting user may help with the doors of an account: all its grants lie in their own scope.
CREATE OR REPLACE FUNCTION hearth_may_administer(somebody bigint) RETURNS boolean {secured} AS $$
    SELECT hearth_everywhere('user_edit') OR (
        SELECT coalesce(bool_and(hearth_grant_within('user_edit', g)), false) FROM access_grant g
        WHERE g.user_id = somebody AND g.ended_at IS NULL AND (g.ends_on IS NULL OR g.ends_on > hearth_today())
    )
$$;

-- Who holds the role of system administrator today.
CREATE OR REPLACE FUNCTION hearth_system_administrators() RETURNS SETOF bigint {secured} AS $$
    SELECT DISTINCT u.id FROM access_grant g JOIN access_user u ON u.id = g.user_id
    WHERE u.is_active AND g.role = 'system_administrator' AND hearth_in_force(g)
$$;

-- Shorthand that functions of other rooms ask.
CREATE OR REPLACE FUNCTION hearth_sees_all() RETURNS boolean {secured} AS $$
    SELECT hearth_everywhere('enrollment_view')
$$;
CREATE OR REPLACE FUNCTION hearth_sees_clients() RETURNS boolean {secured} AS $$
    SELECT hearth_somewhere('client_view')
$$;
CREATE OR REPLACE FUNCTION hearth_reads_access_log() RETURNS boolean {secured} AS $$
    SELECT hearth_everywhere('access_log_view')
$$;

-- ------------------------------------------------------------------ restricted clients
-- `is_restricted` at a row says that a client has restrictions which nobody has ended; these functions say to whom
-- the client is open all the same. Days are compared here, so that a restriction begins and ends by its day,
-- whether a nightly job ran or not. They read past row-level security, which asks them (app.keeps_step:
-- enrollments migration 0006): what policies call answers with nothing where a policy asks on behalf of such a
-- reader, who sees the row anyway.

-- Whether a client has a restriction that holds today.
CREATE OR REPLACE FUNCTION hearth_is_restricted(client bigint) RETURNS boolean {secured} AS $$
    SELECT EXISTS (
        SELECT FROM clients_restriction r
        WHERE r.client_id = client AND r.ended_at IS NULL AND r.begins_on <= hearth_today()
          AND (r.ends_on IS NULL OR r.ends_on > hearth_today()))
$$;

-- Of clients with the mark, those whom somebody may know: a stay in common, or none of the restrictions holds today.
CREATE OR REPLACE FUNCTION hearth_restricted_open_to(who bigint) RETURNS bigint[] {secured}
SET app.keeps_step = 'on' AS $$
    SELECT coalesce(array_agg(open.client_id), '{}') FROM (
        SELECT e.client_id FROM enrollments_enrollment e
        WHERE e.is_restricted AND e.date_deleted IS NULL AND e.project_id = ANY (
            (SELECT array_agg(p) FROM hearth_rights(who) r, unnest(r.projects) p
             WHERE r.permission = 'client_view')::bigint[])
        UNION
        SELECT DISTINCT r.client_id FROM clients_restriction r
        WHERE r.ended_at IS NULL AND NOT hearth_is_restricted(r.client_id)
    ) AS open
$$;

-- Of enrollments with the mark, those of such clients.
CREATE OR REPLACE FUNCTION hearth_restricted_stays_open_to(who bigint) RETURNS bigint[] {secured}
SET app.keeps_step = 'on' AS $$
    SELECT coalesce(array_agg(e.id), '{}') FROM enrollments_enrollment e
    WHERE e.is_restricted AND e.client_id = ANY ((SELECT hearth_restricted_open_to(who))::bigint[])
$$;

-- Both for the acting user, as policies ask.
CREATE OR REPLACE FUNCTION hearth_known_restricted() RETURNS bigint[] {secured} AS $$
    SELECT CASE WHEN current_setting('app.keeps_step', true) = 'on' THEN '{}'
        ELSE hearth_restricted_open_to(hearth_user_id()) END
$$;
CREATE OR REPLACE FUNCTION hearth_stays_in_common() RETURNS bigint[] {secured} AS $$
    SELECT CASE WHEN current_setting('app.keeps_step', true) = 'on' THEN '{}'
        ELSE hearth_restricted_stays_open_to(hearth_user_id()) END
$$;

-- The clients whom the acting user may not know of: for the search alone, which leaves them out from the start.
CREATE OR REPLACE FUNCTION hearth_hidden_clients() RETURNS bigint[] {secured} SET app.keeps_step = 'on' AS $$
    SELECT CASE WHEN hearth_everywhere('client_view') THEN '{}' ELSE (
        SELECT coalesce(array_agg(c.id), '{}') FROM clients_client c
        WHERE c.is_restricted AND c.id <> ALL ((SELECT hearth_restricted_open_to(hearth_user_id()))::bigint[])
    ) END
$$;

-- Whether the acting user may set a restriction in an organization's name, read it and end it: everywhere, or in
-- a project of that organization where the client has a stay.
CREATE OR REPLACE FUNCTION hearth_may_restrict(client bigint, its_organization bigint) RETURNS boolean {secured}
SET app.keeps_step = 'on' AS $$
    SELECT hearth_everywhere('client_restrict') OR EXISTS (
        SELECT FROM enrollments_enrollment e
        WHERE e.client_id = client AND e.organization_id = its_organization AND e.date_deleted IS NULL
          AND e.project_id = ANY ((SELECT hearth_projects('client_restrict'))::bigint[])
    )
$$;

-- What says something about others than the acting user is for the application alone.
REVOKE ALL ON FUNCTION hearth_rights, hearth_grant_projects, hearth_in_force, hearth_may_administer,
    hearth_system_administrators, hearth_is_restricted, hearth_restricted_open_to, hearth_restricted_stays_open_to
    FROM PUBLIC, hearth_loader;
REVOKE ALL ON FUNCTION hearth_hidden_clients FROM PUBLIC, hearth_web, hearth_loader;
GRANT EXECUTE ON FUNCTION hearth_rights, hearth_grant_projects, hearth_in_force, hearth_may_administer,
    hearth_system_administrators, hearth_is_restricted, hearth_restricted_open_to, hearth_restricted_stays_open_to
    TO hearth_web;
