-- What somebody may do, in the database: made anew after every migration by rights_sql.py, which fills in what
-- stands in braces from scopes.py and the settings. Row-level security, User.rights and pages ask these
-- functions, so that who may do what is said once. They read grants with their owner's rights, whatever the
-- asking role may read. A policy calls them as (SELECT f()), which PostgreSQL evaluates once for a query.

-- The day where the installation is.
CREATE OR REPLACE FUNCTION hearth_today() RETURNS date {secured} AS $$
    SELECT (now() AT TIME ZONE '{time_zone}')::date
$$;

-- Whether what clients agree to opens anything to other organizations: not in a comparable database.
CREATE OR REPLACE FUNCTION hearth_shares() RETURNS boolean {secured} AS $$ SELECT {shares} $$;

-- Whether a grant holds today.
CREATE OR REPLACE FUNCTION hearth_in_force(g access_grant) RETURNS boolean {secured} AS $$
    SELECT g.ended_at IS NULL AND g.begins_on <= hearth_today()
        AND (g.ends_on IS NULL OR g.ends_on > hearth_today())
$$;

-- The projects of its scope; none for a scope without limit.
CREATE OR REPLACE FUNCTION hearth_grant_projects(g access_grant) RETURNS bigint[] {secured} AS $$
    SELECT (CASE g.scope {projects_of_scopes} ELSE '{}' END)::bigint[]
$$;

-- ------------------------------------------------------------------ requirements
-- What a role requires (requirements.py) stands in access_rolerequirement. A requirement asks what its last version
-- says whose day has come; one without a day closes nothing.

-- What requirements ask on a day.
CREATE OR REPLACE FUNCTION hearth_requirements(asked_on date) RETURNS SETOF access_requirementversion {secured} AS $$
    SELECT DISTINCT ON (v.kind) v.* FROM access_requirementversion v
    WHERE v.counts_from IS NULL OR v.counts_from <= asked_on
    ORDER BY v.kind, v.version DESC
$$;

-- The days on which somebody, or an organization, met what a version asks, as far as that still holds today.
CREATE OR REPLACE FUNCTION hearth_days_met(v access_requirementversion, who bigint, its_organization bigint)
RETURNS SETOF date {secured} AS $$
    SELECT m.met_on FROM access_requirementmet m
    WHERE m.kind = v.kind AND (m.user_id = who OR m.organization_id = its_organization)
      AND m.ended_at IS NULL AND m.version >= v.accepts_from AND m.met_on <= hearth_today()
      AND (v.valid_days IS NULL OR m.met_on + v.valid_days > hearth_today())
      AND (v.kind <> ALL ({lapsing}) OR NOT EXISTS (
          SELECT FROM access_user u WHERE u.id = m.user_id AND u.train_again_from > m.met_on))
$$;

-- What a grant's role requires and is missing today, so that the grant does not count. What organizations meet is
-- missing where none of those has it where the grant holds.
CREATE OR REPLACE FUNCTION hearth_missing(g access_grant) RETURNS text[] {secured} AS $$
    SELECT coalesce(array_agg(v.kind ORDER BY v.kind), '{}')
    FROM access_rolerequirement r JOIN hearth_requirements(hearth_today()) v ON v.kind = r.kind
    WHERE r.role = g.role AND v.counts_from IS NOT NULL AND CASE
        WHEN v.kind = ANY ({of_organizations}) THEN NOT EXISTS (
            SELECT FROM (
                SELECT g.organization_id AS id
                UNION SELECT p.organization_id FROM organizations_project p
                WHERE p.id = ANY (hearth_grant_projects(g))
            ) AS held WHERE EXISTS (SELECT FROM hearth_days_met(v, NULL, held.id)))
        ELSE NOT EXISTS (SELECT FROM hearth_days_met(v, g.user_id, NULL)) END
$$;

-- The same of all grants that somebody holds today.
CREATE OR REPLACE FUNCTION hearth_missing_of(who bigint) RETURNS text[] {secured} AS $$
    SELECT coalesce(array_agg(DISTINCT kind ORDER BY kind), '{}')
    FROM access_grant g, unnest(hearth_missing(g)) kind WHERE g.user_id = who AND hearth_in_force(g)
$$;

-- Whether a grant holds today and nothing is missing for it. What is missing is looked up only where the role has a
-- requirement whose day has come: every policy of every table asks this.
CREATE OR REPLACE FUNCTION hearth_counts(g access_grant) RETURNS boolean {secured} AS $$
    SELECT hearth_in_force(g) AND (
        NOT EXISTS (
            SELECT FROM access_rolerequirement r JOIN access_requirementversion v ON v.kind = r.kind
            WHERE r.role = g.role AND v.counts_from <= hearth_today())
        OR hearth_missing(g) = '{}')
$$;

-- The projects that a grant opens: of its scope, without those of organizations that have not met what the role
-- requires of them.
CREATE OR REPLACE FUNCTION hearth_open_projects(g access_grant) RETURNS bigint[] {secured} AS $$
    WITH asked AS MATERIALIZED (
        SELECT v FROM access_rolerequirement r JOIN hearth_requirements(hearth_today()) v ON v.kind = r.kind
        WHERE r.role = g.role AND v.kind = ANY ({of_organizations}) AND v.counts_from IS NOT NULL
    )
    SELECT CASE WHEN NOT EXISTS (
        SELECT FROM access_rolerequirement r JOIN access_requirementversion v ON v.kind = r.kind
        WHERE r.role = g.role AND r.kind = ANY ({of_organizations}) AND v.counts_from <= hearth_today()
    ) THEN hearth_grant_projects(g) ELSE ARRAY(
        SELECT p.id FROM organizations_project p
        WHERE p.id = ANY (hearth_grant_projects(g)) AND NOT EXISTS (
            SELECT FROM asked WHERE NOT EXISTS (SELECT FROM hearth_days_met(asked.v, NULL, p.organization_id)))
    ) END
$$;

-- Where somebody, or an organization, stands with the newest version of each requirement, whether its day has come
-- or not: since when they have it, and the first day without it.
CREATE OR REPLACE FUNCTION hearth_standing(who bigint, its_organization bigint)
RETURNS TABLE (kind text, version integer, counts_from date, met_on date, ends_on date) {secured} AS $$
    SELECT v.kind, v.version, v.counts_from, last.met_on, last.met_on + v.valid_days
    FROM (SELECT DISTINCT ON (n.kind) n.* FROM access_requirementversion n ORDER BY n.kind, n.version DESC) v
        LEFT JOIN LATERAL (SELECT max(d) AS met_on FROM hearth_days_met(v, who, its_organization) d) last ON true
$$;

-- The day from which on somebody must be trained again who signs in now, or is let in again.
CREATE OR REPLACE FUNCTION hearth_train_again_on(last_used timestamptz) RETURNS date {secured} AS $$
    SELECT (last_used AT TIME ZONE '{time_zone}')::date + {trained_again_after}
$$;

-- Whether the acting user may record, or withdraw, that somebody met a requirement: for oneself what is signed on
-- the screen; for others where one administers the account; for an organization by grants over all of its projects
-- that do not need the record themselves.
CREATE OR REPLACE FUNCTION hearth_may_record(m access_requirementmet) RETURNS boolean {secured} AS $$
    SELECT coalesce(CASE
        WHEN m.organization_id IS NOT NULL THEN hearth_everywhere('user_edit') OR (
            EXISTS (SELECT FROM organizations_project p WHERE p.organization_id = m.organization_id)
            AND NOT EXISTS (
                SELECT FROM organizations_project p WHERE p.organization_id = m.organization_id
                AND p.id <> ALL (ARRAY(
                    SELECT q FROM hearth_grants_with('user_edit') g, unnest(hearth_open_projects(g)) q
                    WHERE NOT EXISTS (
                        SELECT FROM access_rolerequirement r WHERE r.role = g.role AND r.kind = m.kind)))))
        WHEN m.user_id = hearth_user_id() THEN m.kind = ANY ({signed})
        ELSE hearth_may_administer(m.user_id) END, false)
$$;

-- ------------------------------------------------------------------ rights
-- All that somebody may do today: each permission, whether everywhere, and in which projects.
CREATE OR REPLACE FUNCTION hearth_rights(who bigint)
RETURNS TABLE (permission text, everywhere boolean, projects bigint[]) {secured} AS $$
    WITH held AS MATERIALIZED (
        SELECT g.role, g.scope, hearth_open_projects(g) AS projects
        FROM access_grant g JOIN access_user u ON u.id = g.user_id
        WHERE g.user_id = who AND u.is_active AND hearth_counts(g)
    ), allowed AS MATERIALIZED (
        SELECT r.permission, array_agg(r.role ORDER BY r.role) AS roles FROM access_rolepermission r
        WHERE r.role IN (SELECT held.role FROM held) GROUP BY r.permission
    ), reach AS (
        -- Once for the permissions that the same roles have, which are most of them.
        SELECT them.roles, bool_or(held.scope IN ({unlimited})) AS everywhere,
            coalesce(array_agg(DISTINCT p) FILTER (WHERE p IS NOT NULL), '{}') AS projects
        FROM (SELECT DISTINCT roles FROM allowed) them JOIN held ON held.role = ANY (them.roles)
            LEFT JOIN LATERAL unnest(held.projects) p ON true
        GROUP BY them.roles
    )
    SELECT allowed.permission, reach.everywhere, reach.projects FROM allowed JOIN reach USING (roles)
$$;

-- The acting user's grants with a permission.
CREATE OR REPLACE FUNCTION hearth_grants_with(asked text) RETURNS SETOF access_grant {secured} AS $$
    SELECT g.* FROM access_grant g
        JOIN access_user u ON u.id = g.user_id
        JOIN access_rolepermission r ON r.role = g.role AND r.permission = asked
    WHERE g.user_id = hearth_user_id() AND u.is_active AND hearth_counts(g)
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
    FROM hearth_grants_with(asked) g, unnest(hearth_open_projects(g)) p
$$;

-- Who enters enrollments in a project by a grant there, for whoever does so, too: one of them is a case manager.
-- Grants of other organizations and projects are left out before it is looked up what each of them opens.
CREATE OR REPLACE FUNCTION hearth_case_workers(of_project bigint) RETURNS SETOF bigint {secured} AS $$
    SELECT DISTINCT g.user_id
    FROM organizations_project p
        JOIN access_grant g ON g.organization_id IS NULL OR g.organization_id = p.organization_id
        JOIN access_user u ON u.id = g.user_id AND u.is_active
        JOIN access_rolepermission r ON r.role = g.role AND r.permission = 'enrollment_edit'
    WHERE p.id = of_project AND (g.project_id IS NULL OR g.project_id = p.id) AND g.scope NOT IN ({unlimited})
        AND hearth_counts(g) AND p.id = ANY (hearth_open_projects(g))
        AND (hearth_everywhere('enrollment_edit') OR p.id = ANY (hearth_projects('enrollment_edit')))
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

-- The same for many grants at once: every place (key_sql of scopes.py) in all of which the acting user may do it,
-- apart from doing it everywhere. A test holds the two together.
CREATE OR REPLACE FUNCTION hearth_places_within(asked text) RETURNS text[] {secured} AS $$
    WITH reached AS MATERIALIZED (SELECT hearth_projects(asked) AS projects)
    SELECT coalesce(array_agg(DISTINCT place), '{}') FROM ({own_keys} {contained_keys}) AS found (place)
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

-- Whether the acting user may say what a group of projects is called and holds: where they administer people in all
-- of its projects, and may give each grant for the group that holds or will hold. So nobody changes what they reach
-- themselves.
CREATE OR REPLACE FUNCTION hearth_may_change_group(changed bigint) RETURNS boolean {secured} AS $$
    SELECT hearth_somewhere('user_edit')
        AND (hearth_everywhere('user_edit') OR NOT EXISTS (
            SELECT FROM organizations_projectgroup_projects m WHERE m.projectgroup_id = changed
            AND m.project_id <> ALL ((SELECT hearth_projects('user_edit'))::bigint[])))
        AND NOT EXISTS (
            SELECT FROM access_grant g WHERE g.project_group_id = changed AND g.ended_at IS NULL
            AND (g.ends_on IS NULL OR g.ends_on > hearth_today()) AND NOT hearth_may_give(g))
$$;

-- Whether they may put a project into it: where they may also do in that project all that the grants let others do.
CREATE OR REPLACE FUNCTION hearth_may_put(into_group bigint, project bigint) RETURNS boolean {secured} AS $$
    SELECT hearth_may_change_group(into_group)
        AND (hearth_everywhere('user_edit') OR coalesce(project = ANY (hearth_projects('user_edit')), false))
        AND NOT EXISTS (
            SELECT FROM access_grant g JOIN access_rolepermission r ON r.role = g.role
            WHERE g.project_group_id = into_group AND g.ended_at IS NULL
              AND (g.ends_on IS NULL OR g.ends_on > hearth_today())
              AND NOT hearth_everywhere(r.permission) AND project <> ALL (hearth_projects(r.permission)))
$$;

-- Who holds the role of system administrator today, also where an agreement is missing: there is one.
CREATE OR REPLACE FUNCTION hearth_system_administrators() RETURNS SETOF bigint {secured} AS $$
    SELECT DISTINCT u.id FROM access_grant g JOIN access_user u ON u.id = g.user_id
    WHERE u.is_active AND g.role = 'system_administrator' AND hearth_in_force(g)
$$;

-- ------------------------------------------------------------------ confidential names
-- A project is confidential by its mark, and without one where a victim service provider runs it. Whoever holds a
-- grant over it knows it; these are the others' (organizations/confidential.py reads every name through them).
CREATE OR REPLACE FUNCTION hearth_hidden_projects() RETURNS bigint[] {secured} AS $$
    SELECT CASE WHEN hearth_everywhere('project_view') THEN '{}' ELSE (
        SELECT coalesce(array_agg(p.id), '{}') FROM organizations_project p
            JOIN organizations_organization o ON o.id = p.organization_id
        WHERE coalesce(p.name_is_confidential, o.victim_service_provider = 1, false)
            AND p.id <> ALL ((SELECT hearth_projects('project_view'))::bigint[])
    ) END
$$;

-- An organization all of whose projects are hidden from the acting user, or that is a victim service provider
-- without any, unless they hold a grant of it.
CREATE OR REPLACE FUNCTION hearth_hidden_organizations() RETURNS bigint[] {secured} AS $$
    SELECT CASE WHEN hearth_everywhere('project_view') THEN '{}' ELSE (
        WITH hidden AS MATERIALIZED (SELECT unnest(hearth_hidden_projects()) AS id)
        SELECT coalesce(array_agg(o.id), '{}') FROM organizations_organization o
        WHERE (o.victim_service_provider = 1
                OR o.id IN (SELECT p.organization_id FROM organizations_project p JOIN hidden USING (id)))
            AND o.id NOT IN (
                SELECT p.organization_id FROM organizations_project p
                WHERE p.date_deleted IS NULL AND p.id NOT IN (SELECT id FROM hidden))
            AND o.id NOT IN (
                SELECT g.organization_id FROM hearth_grants_with('project_view') g
                WHERE g.organization_id IS NOT NULL)
    ) END
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

-- Of clients with the mark (in a comparable database: of all), those whom somebody may know: a stay in common, or none of the restrictions holds today.
CREATE OR REPLACE FUNCTION hearth_restricted_open_to(who bigint) RETURNS bigint[] {secured}
SET app.keeps_step = 'on' AS $$
    SELECT coalesce(array_agg(open.client_id), '{}') FROM (
        -- Each branch by itself, so that the one is read by the index of the few marked rows, and the other not at all.
        SELECT e.client_id FROM enrollments_enrollment e
        WHERE e.is_restricted AND e.date_deleted IS NULL AND e.project_id = ANY (
            (SELECT array_agg(p) FROM hearth_rights(who) r, unnest(r.projects) p
             WHERE r.permission = 'client_view')::bigint[])
        UNION
        SELECT e.client_id FROM enrollments_enrollment e
        WHERE NOT hearth_shares() AND e.date_deleted IS NULL AND e.project_id = ANY (
            (SELECT array_agg(p) FROM hearth_rights(who) r, unnest(r.projects) p
             WHERE r.permission = 'client_view')::bigint[])
        UNION
        SELECT r.client_id
        FROM clients_restriction r, (SELECT hearth_today() AS today, hearth_shares() AS shares OFFSET 0) now
        WHERE shares AND r.ended_at IS NULL AND (r.begins_on > today OR r.ends_on <= today) AND NOT EXISTS (
            SELECT FROM clients_restriction other WHERE other.client_id = r.client_id AND other.ended_at IS NULL
              AND other.begins_on <= today AND (other.ends_on IS NULL OR other.ends_on > today))
        UNION  -- in a comparable database, whom they entered and nobody serves yet
        SELECT c.id FROM clients_client c
        WHERE NOT hearth_shares() AND c.created_by_id = who AND NOT c.is_restricted
            AND NOT EXISTS (SELECT FROM enrollments_enrollment e WHERE e.client_id = c.id AND e.date_deleted IS NULL)
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

-- ------------------------------------------------------------------ who can see a client, and why
-- The projects where a client has stays, whoever asks.
CREATE OR REPLACE FUNCTION hearth_projects_of_client(client bigint) RETURNS bigint[] {secured}
SET app.keeps_step = 'on' AS $$
    SELECT coalesce(array_agg(DISTINCT e.project_id), '{}') FROM enrollments_enrollment e WHERE e.client_id = client
$$;

-- Who sees a client and those of the client's stays that the acting user sees. Row-level security itself is asked,
-- once for each kind of rights that people hold over the projects of this client: nothing here says again what
-- a policy says. `stay` is null for who the client is. `why`: `grant`, by the grants named (of a project whose name is
-- confidential to the acting user only the role is); `all`, by everybody whose role shows clients, or enrollments,
-- at all; `common`, by others with a stay in common, of whom nothing is said. Who sees a restricted client only by stays
-- that the acting user does not see is left out.
CREATE OR REPLACE FUNCTION hearth_who_sees(client bigint)
RETURNS TABLE (stay bigint, why text, people bigint, role text, scope text, organization_id bigint,
    project_id bigint, project_group_id bigint, coc_code text, funder integer, funding_grant_id text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    viewer text := current_setting('app.user_id', true);
    sees_all boolean := hearth_everywhere('client_view');
    hidden bigint[] := hearth_hidden_projects();
    restricted boolean;
    stays bigint[];
    kind record;
    knows boolean;
    seen bigint[];
BEGIN
    SELECT c.is_restricted AND hearth_is_restricted(c.id) OR NOT hearth_shares() INTO restricted FROM clients_client c WHERE c.id = client;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    stays := ARRAY(SELECT e.id FROM enrollments_enrollment e WHERE e.client_id = client AND e.date_deleted IS NULL);
    FOR kind IN
        WITH held AS (
            SELECT g.user_id, g.role, g.scope IN ({unlimited}) AS everywhere, ARRAY(
                SELECT p FROM unnest(hearth_open_projects(g)) p
                WHERE p = ANY ((SELECT hearth_projects_of_client(client))::bigint[]) ORDER BY p) AS projects
            FROM access_grant g JOIN access_user u ON u.id = g.user_id
            WHERE u.is_active AND hearth_counts(g)
        ), each AS (
            SELECT user_id, array_agg(DISTINCT (role, everywhere, projects)::text) AS rights FROM held GROUP BY user_id
        )
        SELECT min(user_id) AS somebody, array_agg(user_id) AS users FROM each GROUP BY rights
    LOOP
        PERFORM set_config('app.user_id', kind.somebody::text, true);
        knows := EXISTS (SELECT FROM clients_client c WHERE c.id = client);
        seen := ARRAY(SELECT e.id FROM enrollments_enrollment e WHERE e.id = ANY (stays));
        PERFORM set_config('app.user_id', viewer, true);
        RETURN QUERY
        WITH by_grant AS (
            SELECT e.id AS stay, e.project_id = ANY (hidden) AS is_hidden, g.*
            FROM enrollments_enrollment e JOIN access_grant g
                ON g.scope IN ({unlimited}) OR e.project_id = ANY (hearth_open_projects(g))
            JOIN access_rolepermission r ON r.role = g.role AND r.permission = 'enrollment_view'
            WHERE e.id = ANY (seen) AND g.user_id = ANY (kind.users) AND hearth_counts(g)
        ), knowing AS (
            SELECT b.is_hidden AND NOT (b.scope IN ({unlimited})) AS is_hidden, b.user_id, b.role, b.scope,
                b.organization_id, b.project_id, b.project_group_id, b.coc_code, b.funder, b.funding_grant_id, b.stay
            FROM by_grant b
            UNION ALL
            SELECT b.is_hidden AND NOT (b.scope IN ({unlimited})), b.user_id, b.role, b.scope, b.organization_id,
                b.project_id, b.project_group_id, b.coc_code, b.funder, b.funding_grant_id, NULL
            FROM by_grant b WHERE restricted AND knows
            UNION ALL
            SELECT false, g.user_id, g.role, g.scope, NULL, NULL, NULL, '', NULL, '', NULL
            FROM access_grant g JOIN access_rolepermission r ON r.role = g.role AND r.permission = 'client_view'
            WHERE restricted AND knows AND g.scope IN ({unlimited}) AND g.user_id = ANY (kind.users)
                AND hearth_counts(g)
        )
        SELECT k.stay, 'grant', count(DISTINCT k.user_id), k.role,
            CASE WHEN NOT k.is_hidden THEN k.scope END, CASE WHEN NOT k.is_hidden THEN k.organization_id END,
            CASE WHEN NOT k.is_hidden THEN k.project_id END, CASE WHEN NOT k.is_hidden THEN k.project_group_id END,
            CASE WHEN NOT k.is_hidden THEN k.coc_code END, CASE WHEN NOT k.is_hidden THEN k.funder END,
            CASE WHEN NOT k.is_hidden THEN k.funding_grant_id END
        FROM knowing k GROUP BY 1, 2, 4, 5, 6, 7, 8, 9, 10, 11
        UNION ALL
        SELECT s, CASE WHEN restricted THEN 'common' ELSE 'all' END, cardinality(kind.users)::bigint,
            NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
        FROM unnest(seen) s WHERE NOT EXISTS (SELECT FROM by_grant b WHERE b.stay = s)
        UNION ALL
        SELECT NULL, 'all', cardinality(kind.users)::bigint, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
        WHERE knows AND NOT restricted;
    END LOOP;
    PERFORM set_config('app.user_id', viewer, true);
END $$;

-- ------------------------------------------------------------------ reports of everything in a scope
-- The projects that hearth_counts reads: those of the scope that the run of this session is made of. None once the
-- run is over or before it is at work, nor where whoever asked for it holds no such grant there today.
CREATE OR REPLACE FUNCTION hearth_counted_projects() RETURNS bigint[] {secured} AS $$
    SELECT coalesce(array_agg(DISTINCT p), '{}')
    FROM reports_reportrun r
        JOIN access_grant g ON g.id = (r.parameters ->> 'of_grant')::bigint AND g.user_id = r.created_by_id
        JOIN access_grant mine ON mine.user_id = r.created_by_id AND ({mine}) IS NOT DISTINCT FROM ({that})
        JOIN access_user u ON u.id = mine.user_id AND u.is_active
        JOIN access_rolepermission held ON held.role = mine.role AND held.permission = 'report_of_scope',
        unnest(hearth_open_projects(mine)) p
    WHERE r.id = nullif(current_setting('app.counted_run', true), '')::bigint AND r.state = 'reading'
        AND hearth_counts(mine)
$$;
REVOKE ALL ON FUNCTION hearth_counted_projects FROM PUBLIC, hearth_web, hearth_loader;

-- What says something about others than the acting user is for the application alone.
REVOKE ALL ON FUNCTION hearth_rights, hearth_grant_projects, hearth_in_force, hearth_may_administer,
    hearth_days_met, hearth_missing, hearth_missing_of, hearth_counts, hearth_open_projects, hearth_standing,
    hearth_system_administrators, hearth_is_restricted, hearth_restricted_open_to, hearth_restricted_stays_open_to,
    hearth_case_workers
    FROM PUBLIC, hearth_loader;
REVOKE ALL ON FUNCTION hearth_projects_of_client FROM PUBLIC, hearth_web, hearth_loader;
REVOKE ALL ON FUNCTION hearth_who_sees FROM PUBLIC, hearth_loader;
GRANT EXECUTE ON FUNCTION hearth_who_sees TO hearth_web;
GRANT EXECUTE ON FUNCTION hearth_rights, hearth_grant_projects, hearth_in_force, hearth_may_administer,
    hearth_days_met, hearth_missing, hearth_missing_of, hearth_counts, hearth_open_projects, hearth_standing,
    hearth_system_administrators, hearth_is_restricted, hearth_restricted_open_to, hearth_restricted_stays_open_to,
    hearth_case_workers
    TO hearth_web;
