"""A state for the benchmark of rights: clients by the million, and 1,600 users with three grants each.

400 organizations with three projects each, in ten CoCs, paid from eight funding sources; 40 groups of
projects. A client has one stay or two, each with what a page shows of it; six in ten answered whether others
may see that, five in a thousand are restricted. One client has 500 records. Three users hold a grant of the
whole installation, one in eight has one of a CoC and one of a funding source.

Written by SQL with triggers off, columns as the triggers would set them. Built anew takes minutes; with
`HEARTH_BENCH_KEEP=folder` the world stays in that folder, and another run finds it there.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

ORGANIZATIONS, PROJECTS, USERS, GRANTS = 400, 1_200, 1_600, 3
COCS, GROUPS, PROJECTS_OF_GROUP = 10, 40, 30
#: Funding sources (2.06) of the projects.
FUNDERS = (2, 3, 5, 14, 20, 33, 43, 46)
#: How many of a thousand clients are restricted, and answered.
RESTRICTED, ANSWERED = 5, 600
#: The client with many records: so many stays, with so many records each.
STAYS_OF_ONE, RECORDS_OF_STAY = 50, 9


@contextmanager
def world(clients: int) -> Iterator[Path]:
    """A data folder with the world in it, its database running and migrated. Sets HEARTH_HOME."""
    kept = os.environ.get("HEARTH_BENCH_KEEP")
    folder = Path(kept) / str(clients) if kept else Path(tempfile.mkdtemp(prefix="hearth-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.update(
        HEARTH_HOME=str(folder / "home"), DJANGO_SETTINGS_MODULE="hearth.hmis.config.settings",
        HEARTH_SECOND_STEP_FOR="", HEARTH_ASK_AGAIN_MINUTES="0",
    )  # fmt: skip
    from hearth.server import database, processes
    from hearth.server.home import Home
    from hearth.server.postgres import Cluster

    database.ensure_running()
    try:
        processes.django("migrate", "--verbosity=0", role="owner", log=folder / "log")
        processes.django("collectstatic", "--noinput", "--verbosity=0", log=folder / "log")
        import django

        django.setup()
        if not (folder / "built").exists():
            build(clients)
            (folder / "built").touch()
        yield folder
    finally:
        Cluster(Home.find()).stop()
        if not kept:
            link = folder / "home" / "postgres"
            if link.is_symlink():
                shutil.rmtree(link.resolve(), ignore_errors=True)
            shutil.rmtree(folder, ignore_errors=True)


def build(clients: int) -> None:
    """Fill an empty, migrated database."""
    from bench import search_speed
    from hearth.server import database

    search_speed.fill(clients)
    with psycopg.connect(database.url("superuser"), autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET work_mem = '200MB'")
        for statement in _statements():
            connection.execute(statement)  # type: ignore[call-overload]  # text of ours
        connection.execute("VACUUM (ANALYZE)")


def _statements() -> Iterator[str]:
    yield from PLACES
    yield from _users()
    yield STAYS
    yield MANY_STAYS
    # What decides about a row is written at the row, as triggers and imports do.
    yield RESTRICTED_CLIENTS
    yield from RESTRICTED_KEYS
    yield """
        UPDATE enrollments_enrollment e SET is_restricted = true FROM clients_restriction r
        WHERE r.client_id = e.client_id
    """
    for table, columns, values, times in RECORDS:
        yield _records(table, columns, values, times)
    yield "ANALYZE enrollments_enrollment"  # else each answer reads enrollments until it meets its client's
    yield from ANSWERS


PLACES = (
    f"""
    INSERT INTO organizations_organization
        (hud_id, data_source_id, organization_name, victim_service_provider)
    SELECT 'O' || n, (SELECT id FROM organizations_datasource), 'Organization ' || n, (n % 25 = 0)::integer
    FROM generate_series(1, {ORGANIZATIONS}) n
    """,
    f"""
    INSERT INTO organizations_project (hud_id, data_source_id, organization_id, project_name, project_type)
    SELECT 'P' || n, o.data_source_id, o.id, 'Project ' || n, (ARRAY[0, 1, 2, 3, 4, 8, 13, 14])[1 + n % 8]
    FROM generate_series(1, {PROJECTS}) n
        JOIN organizations_organization o ON o.hud_id = 'O' || (1 + n % {ORGANIZATIONS})
    """,
    f"""
    INSERT INTO organizations_projectcoc (hud_id, data_source_id, project_id, coc_code)
    SELECT 'C' || p.id || '-' || k, p.data_source_id, p.id, 'MN-' || 500 + (p.id + k * 3) % {COCS}
    FROM organizations_project p, generate_series(0, 1) k WHERE k = 0 OR p.id % 10 = 0
    """,
    f"""
    INSERT INTO organizations_funder (hud_id, data_source_id, project_id, funder, grant_id)
    SELECT 'F' || p.id || '-' || k, p.data_source_id, p.id,
        (ARRAY{list(FUNDERS)})[1 + (p.id + k) % {len(FUNDERS)}], 'G' || (p.id + k) % 50
    FROM organizations_project p, generate_series(0, 1) k WHERE k = 0 OR p.id % 3 = 0
    """,
    f"""
    INSERT INTO organizations_projectgroup (name)
    SELECT 'Group ' || n FROM generate_series(1, {GROUPS}) n
    """,
    f"""
    INSERT INTO organizations_projectgroup_projects (projectgroup_id, project_id)
    SELECT g.id, p.id FROM organizations_projectgroup g, generate_series(0, {PROJECTS_OF_GROUP - 1}) k
        JOIN organizations_project p ON true WHERE p.hud_id = 'P' || 1 + (g.id * 7 + k * 37) % {PROJECTS}
    """,
)


def _users() -> Iterator[str]:
    yield f"""
        INSERT INTO access_user
            (password, is_superuser, is_staff, is_active, date_joined, email, display_name)
        SELECT '', false, false, true, now(), 'user' || n || '@example.org', 'User ' || n
        FROM generate_series(1, {USERS}) n
    """
    # By number: most in organizations, projects and groups, every eighth in a CoC and in a funding source.
    yield f"""
        INSERT INTO access_grant
            (user_id, role, scope, begins_on, organization_id, project_id, project_group_id, coc_code, funder)
        SELECT u.id, CASE s.scope WHEN 'state' THEN 'system_administrator' WHEN 'coc' THEN
                'local_system_administrator' WHEN 'organization' THEN
                CASE WHEN n % 10 = 0 THEN 'agency_administrator' ELSE 'hmis_user' END ELSE 'hmis_user' END,
            s.scope, current_date - 400,
            CASE s.scope WHEN 'organization' THEN
                (SELECT id FROM organizations_organization
                 WHERE hud_id = 'O' || 1 + (n + k * 131) % {ORGANIZATIONS})
            END,
            CASE s.scope WHEN 'project' THEN
                (SELECT id FROM organizations_project
                 WHERE hud_id = 'P' || 1 + (n * 7 + k * 400) % {PROJECTS}) END,
            CASE s.scope WHEN 'project_group' THEN
                (SELECT id FROM organizations_projectgroup
                 WHERE name = 'Group ' || 1 + (n + k) % {GROUPS}) END,
            CASE s.scope WHEN 'coc' THEN 'MN-' || 500 + n / 8 % {COCS} ELSE '' END,
            CASE s.scope WHEN 'funding' THEN (ARRAY{list(FUNDERS)})[1 + n / 8 % {len(FUNDERS)}] END
        FROM access_user u,
            LATERAL (SELECT replace(split_part(email, '@', 1), 'user', '')::integer AS n) number,
            generate_series(0, {GRANTS - 1}) k,
            LATERAL (SELECT CASE
                WHEN n <= 3 AND k = 0 THEN 'state'
                WHEN n % 8 = 0 AND k = 1 THEN 'coc'
                WHEN n % 8 = 0 AND k = 2 THEN 'funding'
                WHEN n % 4 = 1 AND k = 2 THEN 'project_group'
                WHEN n % 2 = 1 OR k = 0 THEN 'organization'
                ELSE 'project' END AS scope) s
        WHERE u.email LIKE 'user%'
    """


#: One stay of each client, two of half of them, in households of two; seven in ten who answered share.
STAYS = f"""
    INSERT INTO enrollments_enrollment
        (hud_id, client_id, data_source_id, organization_id, project_id, entry_date, household_id,
        relationship_to_hoh, is_shared, shared_until, enrollment_coc, living_situation)
    SELECT 'E' || c.id || '-' || k, c.id, c.data_source_id, p.organization_id, p.id,
        date '2019-01-01' + ((c.id * 37 + k * 900) % 2800)::integer, 'H' || (c.id / 2) || '-' || k,
        CASE WHEN c.id % 2 = 0 THEN 1 ELSE 2 END, c.id % 1000 < {ANSWERED} AND c.id % 10 < 7,
        CASE WHEN c.id % 20 = 0 THEN current_date + 100 WHEN c.id % 20 = 3 THEN current_date - 100 END,
        'MN-500', 116
    FROM clients_client c CROSS JOIN generate_series(0, 1) k
        JOIN organizations_project p ON p.hud_id = 'P' || 1 + ((c.id / 2) * 7919 + k * 613) % {PROJECTS}
    WHERE k = 0 OR (c.id / 2) % 2 = 0
    ORDER BY c.id, k
"""
MANY_STAYS = f"""
    INSERT INTO enrollments_enrollment
        (hud_id, client_id, data_source_id, organization_id, project_id, entry_date, household_id,
        relationship_to_hoh, is_shared)
    SELECT 'M' || n, c.id, c.data_source_id, p.organization_id, p.id, date '2020-01-01' + n * 30, 'M' || n,
        1, false
    FROM (SELECT * FROM clients_client ORDER BY id LIMIT 1) c, generate_series(1, {STAYS_OF_ONE}) n
        JOIN organizations_project p ON p.hud_id = 'P' || 1 + n
"""
RESTRICTED_CLIENTS = f"""
    WITH marked AS (
        UPDATE clients_client c SET is_restricted = true WHERE c.id % 1000 BETWEEN 101 AND {100 + RESTRICTED}
        RETURNING c.id)
    INSERT INTO clients_restriction (client_id, organization_id, reason, begins_on, ends_on)
    SELECT m.id, (SELECT e.organization_id FROM enrollments_enrollment e WHERE e.client_id = m.id LIMIT 1),
        'Asked to be', current_date - 50, CASE WHEN m.id % 5 = 0 THEN current_date + 50 END
    FROM marked m
"""

RESTRICTED_KEYS = (
    """
    UPDATE clients_searchkey k SET is_restricted = true FROM clients_client c
    WHERE c.id = k.client_id AND c.is_restricted
    """,
    """
    UPDATE clients_searchname n SET has_restricted = true
    FROM (SELECT DISTINCT unnest(k.words) AS word FROM clients_searchkey k WHERE k.is_restricted) theirs
    WHERE n.word = theirs.word
    """,
)

#: Table, its own columns, their values by the enrollment `e` and a number `k`, how many an enrollment has.
RECORDS = (
    ("enrollments_exit", "exit_date, destination", "e.entry_date + 120, 410", "(e.id % 10 < 7)::integer"),
    (
        "enrollments_incomebenefits",
        "information_date, data_collection_stage, income_from_any_source",
        "e.entry_date, 1, 1",
        "1",
    ),
    (
        "enrollments_disabilities",
        "information_date, data_collection_stage, disability_type, disability_response",
        "e.entry_date, 1, (ARRAY[5, 6, 7, 8, 9, 10])[k], 0",
        "CASE WHEN e.hud_id LIKE 'M%' THEN 6 ELSE 2 END",
    ),
    (
        "enrollments_healthanddv",
        "information_date, data_collection_stage, domestic_violence_survivor",
        "e.entry_date, 1, 0",
        "1",
    ),
    (
        "enrollments_services",
        "date_provided, record_type, type_provided",
        "e.entry_date + k, 200, 200",
        "CASE WHEN e.id % 20 = 0 THEN 20 ELSE 0 END",
    ),
)


def _records(table: str, columns: str, values: str, times: str) -> str:
    carried = "organization_id, project_id, is_shared, shared_until, is_restricted"
    return f"""
        INSERT INTO {table} (hud_id, data_source_id, enrollment_id, {carried}, {columns})
        SELECT e.hud_id || '-' || k, e.data_source_id, e.id, e.{carried.replace(", ", ", e.")}, {values}
        FROM enrollments_enrollment e CROSS JOIN LATERAL generate_series(1, {times}) k
        ORDER BY e.id, k
    """


ANSWERS = (
    f"""
    INSERT INTO consent_consent (client_id, choice, given_on, form_version, is_current)
    SELECT c.id, CASE WHEN c.id % 10 < 7 THEN 'share' ELSE 'do_not_share' END, date '2018-12-01', '2024-08',
        true
    FROM clients_client c WHERE c.id % 1000 < {ANSWERED}
    """,
    """
    INSERT INTO consent_consenttaking (consent_id, organization_id, opens, applies, method, language, witness,
        guardian, signature_due, open_days, until)
    SELECT a.id, e.organization_id, a.choice = 'share', 'all', 'signed_paper', 'en', '', '', a.id % 50 = 0,
        CASE a.choice WHEN 'share' THEN '{(,)}'::datemultirange ELSE '{}' END, e.shared_until
    FROM consent_consent a JOIN LATERAL (
        SELECT organization_id, shared_until FROM enrollments_enrollment e WHERE e.client_id = a.client_id
        ORDER BY e.id LIMIT 1) e ON true
    """,
)
