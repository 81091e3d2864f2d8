"""A test leaves nothing behind for the next one: rows, counters, rights, open sessions."""

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from hearth.server import contents
from tests.environment import CHECKOUT, TEST_HOME
from tests.reset import Original
from tests.testdatabase import TestDatabase

COLUMNS = """
    SELECT c.relname, array_agg(attname ORDER BY attnum), array_agg(atttypid::regtype::text ORDER BY attnum)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped
        AND attnotnull AND attidentity = '' AND attgenerated = ''
    GROUP BY c.relname
"""
VALUES = {
    "bigint": "900", "integer": "900", "smallint": "9", "boolean": "true", "text": "'x'", "bytea": "'x'",
    "character varying": "'x'", "timestamp without time zone": "'2026-01-01'", "uuid": "gen_random_uuid()",
    "timestamp with time zone": "'2026-01-01'", "date": "'2026-01-01'", "jsonb": "'{}'", "text[]": "'{}'",
}  # fmt: skip


@pytest.fixture(scope="module")
def database() -> Iterator[TestDatabase]:
    """One of its own: that of this run is in use."""
    with TestDatabase(CHECKOUT, TEST_HOME, f"test_{os.getpid()}_reset") as made:
        yield made


def connect(database: TestDatabase) -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(database.cluster.conninfo(database=database.name), autocommit=True)


def look(database: TestDatabase) -> dict[str, contents.Content]:
    with connect(database) as connection:
        return contents.contents(connection)


@pytest.fixture(scope="module")
def new(database: TestDatabase) -> dict[str, contents.Content]:
    """Every table's rows and every sequence, as migrations leave them."""
    return look(database)


def test_rows_in_every_table(database: TestDatabase, new: dict[str, contents.Content]) -> None:
    with connect(database) as connection:
        connection.execute("SET session_replication_role = replica")
        tables = connection.execute(COLUMNS).fetchall()
        filled = 0
        for table, columns, types in tables:
            values = sql.SQL(", ").join(sql.SQL(VALUES.get(kind, f"NULL::{kind}")) for kind in types)
            names = sql.SQL(", ").join(map(sql.Identifier, columns))
            try:
                connection.execute(
                    sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(sql.Identifier(table), names, values)
                )
                filled += 1
            except psycopg.errors.IntegrityError:
                continue  # a few take certain values only
        assert filled > 0.9 * len(tables)
    changed = look(database)
    assert sum(changed[name] != new[name] for name in new) >= filled
    database.reset()
    assert look(database) == new


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE organizations_region SET name = name || ' ' WHERE code = 'MN-500'",
        "DELETE FROM organizations_regioncounty",
        "TRUNCATE organizations_region CASCADE",
        "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('default', 'nothing')",
        "SELECT nextval('clients_client_id_seq')",
        "SELECT setval('organizations_region_id_seq', 900)",
        "BEGIN; INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('default', 'x'); ROLLBACK",
        "CREATE TEMPORARY TABLE of_this_session AS SELECT 1 AS one",
        "ANALYZE",
    ],
)
def test_data_are_put_back_without_a_new_copy(
    database: TestDatabase, new: dict[str, contents.Content], monkeypatch: pytest.MonkeyPatch, deed: str
) -> None:
    with connect(database) as connection:
        connection.execute(deed)  # type: ignore[arg-type]
    monkeypatch.setattr(database, "_make", lambda: pytest.fail("copied"))
    database.reset()
    assert look(database) == new
    with connect(database) as connection:
        statistics = connection.execute(
            "SELECT count(*) FROM pg_statistic WHERE starelid >= 16384"
        ).fetchone()
        assert statistics == (0,)


@pytest.mark.parametrize(
    "deed",
    [
        "CREATE TABLE more (a int)",
        "CREATE VIEW more AS SELECT 1 AS one",
        "CREATE SCHEMA more",
        "ALTER TABLE clients_client ADD more int",
        "ALTER TABLE clients_client ALTER first_name SET DEFAULT 'x'",
        "ALTER TABLE clients_client DISABLE TRIGGER ALL",
        "ALTER TABLE clients_client NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE clients_client OWNER TO hearth_loader",
        "ALTER POLICY {policy} ON clients_client USING (true)",
        "DROP POLICY {policy} ON clients_client",
        "GRANT TRUNCATE ON clients_client TO hearth_web",
        "GRANT SELECT (email) ON access_user TO hearth_report",
        "CREATE INDEX more ON clients_client (id)",
        "ALTER SEQUENCE clients_client_id_seq INCREMENT BY 2",
        "ALTER TABLE enrollments_exit ADD CONSTRAINT more CHECK (id > 0)",
        "CREATE OR REPLACE FUNCTION tests_end_grants(who bigint) RETURNS void LANGUAGE sql AS 'SELECT'",
        "REVOKE CONNECT ON DATABASE {database} FROM hearth_web",
        "ALTER DATABASE {database} SET work_mem = '1MB'",
        "GRANT CREATE ON SCHEMA public TO hearth_web",
    ],
)
def test_any_other_change_is_noticed(database: TestDatabase, deed: str) -> None:
    """Inside a transaction, which takes it back at once: `test_what_is_noticed_is_made_anew` goes further."""
    with connect(database) as connection:
        original = Original(connection)
        assert original.restore(connection)
        (policy,) = connection.execute(
            "SELECT polname FROM pg_policy"
            " WHERE polrelid = 'clients_client'::regclass AND polqual IS NOT NULL"
        ).fetchone() or ("",)
        with connection.transaction(force_rollback=True):
            connection.execute(deed.format(policy=policy, database=database.name))  # type: ignore[arg-type]
            assert not original.restore(connection)


def test_what_is_noticed_is_made_anew(database: TestDatabase, new: dict[str, contents.Content]) -> None:
    with connect(database) as connection:
        connection.execute("CREATE TABLE more AS SELECT 1 AS one; ALTER TABLE access_user DROP COLUMN email")
    database.reset()
    assert look(database) == new
    with connect(database) as connection:
        connection.execute("SELECT email FROM access_user")


def test_a_session_that_stayed_open_is_cut_off(
    database: TestDatabase, new: dict[str, contents.Content]
) -> None:
    left = connect(database)
    left.execute("BEGIN")
    left.execute("LOCK TABLE clients_client")
    left.execute("INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('default', 'nothing')")
    database.reset()
    assert look(database) == new
    with pytest.raises(psycopg.OperationalError):
        left.execute("COMMIT")


def test_databases_of_killed_runs_are_removed(database: TestDatabase) -> None:
    pid = int(Path("/proc/sys/kernel/pid_max").read_text()) + 1  # of nobody
    left = [f"test_{pid}", f"test_{pid}_restored", f"browser_{pid}", f"building_{pid}"]
    with psycopg.connect(database.cluster.conninfo(database="postgres"), autocommit=True) as admin:
        for name in left:
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        with TestDatabase(CHECKOUT, TEST_HOME, f"test_{os.getpid()}_next"):
            here = {name for (name,) in admin.execute("SELECT datname FROM pg_database").fetchall()}
    assert here & {*left, database.name} == {database.name}


ADD = "INSERT INTO organizations_datasource (name, is_hearth, implementation_id) VALUES (%s, false, '')"


def test_a_world_that_is_kept_is_the_same_for_every_test(
    database: TestDatabase, new: dict[str, contents.Content]
) -> None:
    """Made once; then the same rows and counters, also where more than data was changed."""
    database.reset()
    calls = []

    def make() -> None:
        calls.append(1)
        with connect(database) as connection:
            connection.execute(ADD, ["kept"])

    def spoil(statement: str) -> None:
        with connect(database) as connection:
            connection.execute(ADD, ["mine"])
            connection.execute("DELETE FROM organizations_datasource WHERE name = 'kept'")
            connection.execute(statement)

    database.hold("kept", make)
    held = look(database)
    assert held != new
    for statement in ("SELECT 1", "CREATE TABLE another (id int)"):
        spoil(statement)
        database.reset()
        assert look(database) == new
        database.hold("kept", make)
        assert look(database) == held
    assert len(calls) == 1
    database.reset()
    assert look(database) == new


def test_another_world_is_another(database: TestDatabase) -> None:
    """Also after one of them; and what failed to be made is not kept."""

    def make(name: str) -> None:
        with connect(database) as connection:
            connection.execute(ADD, [name])

    def fail() -> None:
        make("half")
        raise ZeroDivisionError

    database.reset()
    with pytest.raises(ZeroDivisionError):
        database.hold("failed", fail)
    database.reset()
    for name in ("one", "other", "failed", "one"):
        database.hold(name, lambda name=name: make(name))
        with connect(database) as connection:
            found = connection.execute(
                "SELECT name FROM organizations_datasource WHERE NOT is_hearth"
            ).fetchall()
        assert found == [(name,)]
        database.reset()
