"""A backup restored into an empty database holds the same rows, in every table, to the last byte."""

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from hearth.server import backup, contents, database, keys, roles
from hearth.server.contents import Content
from hearth.server.errors import ServerError
from tests.server.conftest import Machine
from tests.testdatabase import TestDatabase

NewMachine = Callable[[str], Machine]
On = Callable[[Machine], Machine]

SCHEMA = """
    CREATE TABLE person (id bigserial PRIMARY KEY, name text, born date, secret bytea, facts jsonb,
                         amount numeric(12, 2), ratio double precision, seen_at timestamptz,
                         at_local timestamp);
    CREATE TABLE stay (id bigserial PRIMARY KEY, person_id bigint NOT NULL REFERENCES person, note citext);
    CREATE TABLE log (at date NOT NULL, what text) PARTITION BY RANGE (at);
    CREATE TABLE log_2026 PARTITION OF log FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
    CREATE MATERIALIZED VIEW names AS SELECT lower(public.unaccent(note)) AS name FROM stay;
    CREATE INDEX ON person USING gin (name gin_trgm_ops);
    CREATE FUNCTION count_up() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN UPDATE person SET amount = amount + 1 WHERE id = NEW.person_id; RETURN NEW; END';
    CREATE TRIGGER counted AFTER INSERT ON stay FOR EACH ROW EXECUTE FUNCTION count_up();
"""
ROWS = """
    INSERT INTO person (name, born, secret, facts, amount, ratio, seen_at, at_local)
    SELECT CASE WHEN n % 7 = 0 THEN NULL ELSE 'Núñez ' || chr(8364) || n END, date '1970-01-01' + n,
           decode(md5(n::text), 'hex'), jsonb_build_object('n', n), n / 7.0, 1.0 / n,
           timestamptz '2026-03-08 01:00-06' + n * interval '1 minute', timestamp '2026-03-08 02:30'
      FROM generate_series(1, 3000) n;
    INSERT INTO stay (person_id, note) SELECT n, E'one\\ntwo\\tthree' FROM generate_series(1, 500) n;
    INSERT INTO log SELECT date '2026-01-01' + n, 'what' FROM generate_series(1, 300) n;
    REFRESH MATERIALIZED VIEW names;
    ALTER TABLE person ENABLE ROW LEVEL SECURITY;
    ALTER TABLE person FORCE ROW LEVEL SECURITY;
    CREATE POLICY nobody ON person USING (false);
"""


def look(machine: Machine, on: On) -> dict[str, Content]:
    on(machine)
    with psycopg.connect(database.url("superuser")) as connection:
        return contents.contents(connection)


def sql_as_owner(*statements: str) -> None:
    with psycopg.connect(database.url("owner")) as connection:
        for statement in statements:
            connection.execute(statement)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def original(new_machine: NewMachine) -> Machine:
    machine = new_machine("original")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEARTH_HOME", str(machine.path))
        patch.delenv("HEARTH_DB_NAME", raising=False)
        database.ensure_running()
        sql_as_owner(SCHEMA, ROWS)
    return machine


@pytest.fixture(scope="module")
def file(original: Machine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("backups") / "original.backup"
    said = original.hearth("db", "backup", str(file))
    assert said.returncode == 0, said.stderr
    assert "keys/ssn_key" in said.stdout
    return file


def test_a_restored_backup_is_the_same(
    original: Machine, file: Path, new_machine: NewMachine, on: On
) -> None:
    other = new_machine("restored")
    said = other.hearth("db", "restore", str(file))
    assert said.returncode == 0, said.stderr
    before, after = look(original, on), look(other, on)
    assert before["public.person"].rows == 3000
    assert before["public.stay"].rows == 500
    assert before["public.log_2026"].rows == 300
    assert before["public.names"].rows == 500
    assert before["sequence public.person_id_seq"].checksum == "3000"
    assert after == before
    # The trigger did not count again, and the rights are there: the web role reads, its policy holds.
    with psycopg.connect(database.url("web")) as web:
        assert web.execute("SELECT count(*) FROM stay").fetchone() == (500,)
        assert web.execute("SELECT count(*) FROM person").fetchone() == (0,)


def test_the_comparison_sees_a_single_changed_byte(original: Machine, on: On) -> None:
    before = look(original, on)
    sql_as_owner("UPDATE stay SET note = note || ' ' WHERE id = 17")
    changed = look(original, on)
    assert {name for name in before if before[name] != changed[name]} == {"public.stay"}
    sql_as_owner("UPDATE stay SET note = left(note, -1) WHERE id = 17")
    assert look(original, on) == before


def test_a_backup_is_private_and_replaces_an_older_one_whole(original: Machine, tmp_path: Path) -> None:
    file = tmp_path / "b.backup"
    file.write_text("older")
    assert original.hearth("db", "backup", str(file)).returncode == 0
    assert file.read_bytes()[:5] == backup.MAGIC
    assert file.stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir()] == ["b.backup"]


def test_a_filled_database_is_refused_without_replace(original: Machine, file: Path, on: On) -> None:
    before = look(original, on)
    said = original.hearth("db", "restore", str(file))
    assert said.returncode == 1
    assert said.stderr.startswith("The database is not empty: restore into an empty one, or give --replace")
    assert look(original, on) == before


def test_replace_puts_the_backup_in_place_of_what_is_there(original: Machine, file: Path, on: On) -> None:
    before = look(original, on)
    sql_as_owner("DELETE FROM stay", "CREATE TABLE later (id int)")
    assert look(original, on) != before
    said = original.hearth("db", "restore", str(file), "--replace")
    assert said.returncode == 0, said.stderr
    assert look(original, on) == before


def test_a_damaged_backup_changes_nothing(original: Machine, file: Path, on: On, tmp_path: Path) -> None:
    before = look(original, on)
    whole = file.read_bytes()
    half = tmp_path / "half.backup"
    half.write_bytes(whole[: len(whole) * 2 // 3])
    said = original.hearth("db", "restore", str(half), "--replace")
    assert said.returncode == 1
    assert said.stderr
    assert look(original, on) == before
    with psycopg.connect(database.url("superuser")) as connection:
        assert not roles.database_exists(connection, "hearth_restoring")


def test_what_is_no_backup_is_refused(original: Machine, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("hello")
    said = original.hearth("db", "restore", str(tmp_path / "text"))
    assert (said.returncode, "is not a backup made by `hearth db backup`" in said.stderr) == (1, True)
    said = original.hearth("db", "restore", str(tmp_path / "absent"))
    assert (said.returncode, "cannot be read" in said.stderr) == (1, True)


def test_a_database_in_use_is_not_replaced(original: Machine, file: Path, on: On) -> None:
    on(original)
    with psycopg.connect(database.url("web")) as web:
        web.execute("SELECT 1")
        said = original.hearth("db", "restore", str(file), "--replace")
    assert said.returncode == 1
    assert "in use by 1 connection" in said.stderr


def test_a_backup_that_cannot_be_written(original: Machine, on: On) -> None:
    on(original)
    with pytest.raises(ServerError, match="cannot be written"):
        backup.backup(Path("/nowhere/at/all.backup"))


# ---------------------------------------------------------------------- own server


def test_the_same_commands_work_on_your_own_server(
    original: Machine, file: Path, on: On, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A second database of the cluster plays the server that somebody else runs."""
    on(original)
    host = quote(str(original.cluster.socket), safe="")

    def address(user: str, name: str) -> str:
        password = quote(keys.database_password(user, original.home))
        return f"postgresql://{user}:{password}@/{name}?host={host}&port=5432"

    before = look(original, on)
    own = {
        "DATABASE_URL": address("hearth_web", "own"),
        "HEARTH_OWNER_URL": address("hearth_owner", "own"),
        "HEARTH_LOADER_URL": address("hearth_loader", "own"),
    }
    for _ in range(2):  # setting up again does no harm
        said = original.hearth("db", "setup", "--superuser-url", address("postgres", "postgres"), **own)
        assert said.returncode == 0, said.stderr
    assert original.hearth("db", "start", **own).stdout.startswith("DATABASE_URL names your own server")
    said = original.hearth("db", "restore", str(file), **own)
    assert said.returncode == 0, said.stderr
    with psycopg.connect(address("hearth_loader", "own")) as connection:
        assert contents.contents(connection) == before
    refused = original.hearth("db", "restore", str(file), **own)
    assert "The database is not empty" in refused.stderr
    again = str(tmp_path / "own.backup")
    assert original.hearth("db", "backup", again, **own).returncode == 0
    said = original.hearth("db", "restore", again, "--replace", **own)
    assert said.returncode == 0, said.stderr
    with psycopg.connect(address("hearth_loader", "own")) as connection:
        assert contents.contents(connection) == before


def test_own_server_without_its_companions(original: Machine) -> None:
    said = original.hearth("db", "migrate", DATABASE_URL="postgresql://hearth_web:x@localhost/hearth")
    assert said.returncode == 1
    assert "HEARTH_OWNER_URL must name it too" in said.stderr


# ---------------------------------------------------------------------- the application's own tables


def test_the_migrated_application_survives_backup_and_restore(
    test_database: TestDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every table, policy, trigger and function that the migrations make, and the rows they put in."""
    file = tmp_path / "application.backup"
    backup.backup(file)
    name = f"test_{os.getpid()}_restored"
    original = database.name()
    with psycopg.connect(test_database.cluster.conninfo(database="postgres"), autocommit=True) as admin:
        roles.create_database(admin, name)
        try:
            with monkeypatch.context() as patch:
                patch.setenv("HEARTH_DB_NAME", name)
                backup.restore(file)
            assert read(test_database, name) == read(test_database, original)
            assert schema(test_database, name) == schema(test_database, original)
        finally:
            admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")  # type: ignore[arg-type]


def read(test_database: TestDatabase, name: str) -> dict[str, Content]:
    with psycopg.connect(test_database.cluster.conninfo(database=name)) as connection:
        found = contents.contents(connection)
    assert len(found) > 100
    return found


def schema(test_database: TestDatabase, name: str) -> list[str]:
    done = subprocess.run(
        [str(test_database.cluster.programs().folder / "pg_dump"), "--schema-only"],
        env=backup.environment(test_database.cluster.conninfo(database=name)),
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [line for line in done.stdout.splitlines() if not line.startswith("\\")]  # a random token
    assert any("ROW LEVEL SECURITY" in line for line in lines)
    # PostgreSQL writes the same casts and brackets differently once it has read its own text.
    return [re.sub(r"::character varying|::text|[][()]", "", line) for line in lines]
