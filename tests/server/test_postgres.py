"""The embedded PostgreSQL: made, started, stopped, killed, and refusing with one sentence."""

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from hearth.server import account, binaries, database, postgres
from hearth.server.errors import ServerError
from tests.server.conftest import Machine

NewMachine = Callable[[str], Machine]
On = Callable[[Machine], Machine]


@pytest.fixture(autouse=True)
def here(machine: Machine, on: On) -> Machine:
    on(machine)
    machine.cluster.start()
    return machine


def one(role: database.Role, query: str) -> object:
    with psycopg.connect(database.url(role)) as connection:
        row = connection.execute(query).fetchone()  # type: ignore[arg-type]
        return row[0] if row else None


# ---------------------------------------------------------------------- as it should be


def test_it_is_set_up_as_promised(here: Machine) -> None:
    assert one("web", "SELECT current_user") == "hearth_web"
    assert one("superuser", "SHOW data_checksums") == "on"
    assert one("superuser", "SHOW synchronous_commit") == "on"
    assert one("superuser", "SHOW listen_addresses") == ""
    assert one("superuser", "SHOW server_encoding") == "UTF8"
    password = one("superuser", "SELECT rolpassword FROM pg_authid WHERE rolname = 'hearth_web'")
    assert str(password).startswith("SCRAM-SHA-256$")
    extensions = one("superuser", "SELECT array_agg(extname) FROM pg_extension")
    assert isinstance(extensions, list)
    assert {"pg_trgm", "fuzzystrmatch", "unaccent", "btree_gin", "btree_gist", "citext"} <= set(extensions)
    # Letters beyond ASCII count in trigrams; under plain C they would be dropped.
    with_letters = one("web", "SELECT cardinality(show_trgm('Núñez'))")
    assert with_letters == one("web", "SELECT cardinality(show_trgm('Nunez'))")


def test_the_roles_can_do_what_they_must_and_no_more(here: Machine) -> None:
    with psycopg.connect(database.url("owner"), autocommit=True) as owner:
        owner.execute("CREATE TABLE thing (id bigserial PRIMARY KEY, who text)")
        owner.execute("ALTER TABLE thing ENABLE ROW LEVEL SECURITY")
        owner.execute("ALTER TABLE thing FORCE ROW LEVEL SECURITY")
        owner.execute("CREATE POLICY mine ON thing USING (who = current_setting('app.user_id', true))")
        try:
            with psycopg.connect(database.url("loader"), autocommit=True) as loader:
                loader.execute("SET session_replication_role = replica")
                loader.execute("INSERT INTO thing (who) VALUES ('1'), ('2')")
                loader.execute("ANALYZE thing")
                assert loader.execute("SELECT count(*) FROM thing").fetchone() == (2,)
            with psycopg.connect(database.url("web"), autocommit=True) as web:
                assert web.execute("SELECT count(*) FROM thing").fetchone() == (0,)
                web.execute("SELECT set_config('app.user_id', '1', false)")
                assert web.execute("SELECT count(*) FROM thing").fetchone() == (1,)
                web.execute("INSERT INTO thing (who) VALUES ('1')")
                for forbidden in (
                    "SET session_replication_role = replica",
                    "TRUNCATE thing",
                    "DROP TABLE thing",
                    "CREATE TABLE other (id int)",
                    "SET ROLE hearth_owner",
                ):
                    with pytest.raises(psycopg.errors.InsufficientPrivilege):
                        web.execute(forbidden)  # type: ignore[arg-type]
        finally:
            owner.execute("DROP TABLE thing")


def test_a_second_start_finds_it_running(here: Machine) -> None:
    assert not here.cluster.start()
    said = here.hearth("db", "start")
    assert (said.returncode, said.stdout) == (0, "PostgreSQL was running already.\n")


def test_status_and_stop(here: Machine) -> None:
    said = here.hearth("db", "status")
    assert said.returncode == 0
    assert "state    running" in said.stdout
    assert str(here.cluster.data) in said.stdout
    assert here.hearth("db", "stop").stdout == "PostgreSQL is stopped.\n"
    assert here.server_processes() == []
    assert here.hearth("db", "status").returncode == 3
    assert here.hearth("db", "stop").stdout == "PostgreSQL was not running.\n"


def test_several_starts_at_once_make_one_server(here: Machine) -> None:
    here.cluster.stop()
    starts = [
        subprocess.Popen(here.command("db", "start"), env=here.environment, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    said = sorted(start.communicate(timeout=60)[0] for start in starts)
    assert said == ["PostgreSQL is started.\n"] + ["PostgreSQL was running already.\n"] * 3


def test_the_log_names_no_values(here: Machine) -> None:
    with psycopg.connect(database.url("web")) as web, pytest.raises(psycopg.errors.InvalidTextRepresentation):
        web.execute("SELECT 'Abigail Lindqvist'::int")
    assert "Lindqvist" not in here.cluster.log.read_text(encoding="utf-8")


# ---------------------------------------------------------------------- after a crash


def test_no_acknowledged_row_is_lost_by_kill_9(here: Machine) -> None:
    with psycopg.connect(database.url("owner"), autocommit=True) as owner:
        owner.execute("DROP TABLE IF EXISTS written")
        owner.execute("CREATE TABLE written (number bigint PRIMARY KEY)")
    acknowledged = 0
    for _ in range(2):
        rows: list[int] = []

        def insert(rows: list[int] = rows, first: int = acknowledged) -> None:
            try:
                with psycopg.connect(database.url("owner"), autocommit=True) as connection:
                    while True:
                        connection.execute("INSERT INTO written VALUES (%s)", [first + len(rows)])
                        rows.append(1)
            except psycopg.OperationalError:
                return

        writer = threading.Thread(target=insert)
        writer.start()
        while len(rows) < 200:
            time.sleep(0.01)
        here.kill_server()
        writer.join(10)
        begun = time.monotonic()
        assert here.cluster.start()
        assert time.monotonic() - begun < 15
        acknowledged += len(rows)
        found = one("superuser", "SELECT count(*) FROM written")
        # One more may have been written whose answer never arrived.
        assert found in (acknowledged, acknowledged + 1)
        acknowledged = int(str(found))


def test_a_lock_whose_number_belongs_to_another_process_now(here: Machine) -> None:
    here.kill_server()
    lock = here.cluster.data / "postmaster.pid"
    who = account.find(here.home)
    stranger = subprocess.Popen(["sleep", "60"], cwd="/", **who.popen_options())
    try:
        lines = lock.read_text().splitlines()
        lock.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        assert here.cluster.status().pid is None
        assert here.cluster.start()
    finally:
        stranger.kill()
        stranger.wait()


def test_an_interrupted_first_start_leaves_nothing_in_the_way(new_machine: NewMachine, on: On) -> None:
    fresh = on(new_machine("interrupted"))
    folder = account.prepare_folder(fresh.home, account.find(fresh.home))
    (folder / "data.new").mkdir()
    (folder / "data.new" / "PG_VERSION").write_text("18\n")
    assert fresh.cluster.start()
    assert not (folder / "data.new").exists()


# ---------------------------------------------------------------------- places


def test_a_long_path_has_its_socket_in_a_short_place(new_machine: NewMachine, on: On) -> None:
    deep = on(new_machine("a-folder-with-a-long-name-" * 4 + "/" + "and-another-one-" * 4))
    assert deep.cluster.start()
    assert len(os.fsencode(deep.cluster.socket / postgres.SOCKET_FILE)) <= postgres.SOCKET_PATH_BYTES
    assert deep.cluster.socket.stat().st_mode & 0o077 == 0
    assert one("web", "SELECT 1") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as somebody else")
def test_as_root_it_runs_as_an_unprivileged_user_even_below_a_closed_folder(here: Machine) -> None:
    assert here.path.parent.parent.stat().st_mode & 0o077 == 0  # pytest's folders are root's alone
    owners = {Path(f"/proc/{pid}").stat().st_uid for pid in here.server_processes()}
    assert owners == {account.find(here.home).uid}
    assert 0 not in owners
    assert here.home.postgres.is_symlink()
    assert here.cluster.data.stat().st_mode & 0o077 == 0


# ---------------------------------------------------------------------- refusals


def test_a_data_folder_of_another_version(here: Machine) -> None:
    here.cluster.stop()
    version = here.cluster.data / "PG_VERSION"
    before = version.read_text()
    version.write_text("13\n")
    try:
        said = here.hearth("db", "start")
        assert said.returncode == 1
        assert "was made by PostgreSQL 13, but only PostgreSQL" in said.stderr
        assert "set HEARTH_PG_BIN to the programs of version 13" in said.stderr
        assert len(said.stderr.splitlines()) == 1
        assert "version  13" in here.hearth("db", "status").stdout
    finally:
        version.write_text(before)


def test_missing_programs(new_machine: NewMachine) -> None:
    said = new_machine("none").hearth("db", "start", HEARTH_PG_BIN="/nowhere")
    assert said.returncode == 1
    assert said.stderr.startswith("HEARTH_PG_BIN is /nowhere, where PostgreSQL's programs are not")
    assert len(said.stderr.splitlines()) == 1


def test_a_full_disk(new_machine: NewMachine, on: On, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = on(new_machine("full"))
    full = shutil.disk_usage("/")._replace(free=3_000_000)
    monkeypatch.setattr(postgres.shutil, "disk_usage", lambda _: full)
    with pytest.raises(ServerError, match=r"is full \(3 MB free\): make at least 200 MB of room"):
        fresh.cluster.start()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs a second user")
def test_a_folder_of_another_user(here: Machine) -> None:
    from hearth.server.home import Home

    nobody = account.find(here.home)
    child = os.fork()
    if child == 0:  # pragma: no cover  (in the child)
        os.setgroups([])
        os.setgid(nobody.gid)
        os.setuid(nobody.uid)
        try:
            Home.at(here.path)
        except ServerError as error:
            os._exit(7 if "HEARTH_HOME" in str(error) else 8)
        os._exit(9)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


def test_keys_that_do_not_fit_the_database(here: Machine) -> None:
    key = here.home.keys / "postgres_postgres"
    before = key.read_text()
    key.write_text("another\n")
    try:
        with pytest.raises(ServerError, match="put the keys folder back from your backup"):
            here.cluster.start()
    finally:
        key.write_text(before)


def test_a_database_folder_that_was_moved_away(new_machine: NewMachine, on: On) -> None:
    fresh = on(new_machine("moved"))
    fresh.home.postgres.symlink_to("/nowhere/at/all")
    with pytest.raises(ServerError, match="which is gone: put it back"):
        fresh.cluster.start()
    fresh.home.postgres.unlink()


def test_a_copy_made_by_hand_does_not_share_the_database(
    here: Machine, new_machine: NewMachine, on: On
) -> None:
    """The link of a data folder whose database lies elsewhere is copied with it."""
    if not here.home.postgres.is_symlink():
        pytest.skip("only root keeps the database elsewhere")
    here.cluster.start()
    before = here.home.postgres.resolve()
    copy = on(new_machine("copied by hand"))
    subprocess.run(["cp", "-a", str(here.path), str(copy.path)], check=True)
    try:
        for _ in range(2):  # while the other runs, and while it does not
            with pytest.raises(ServerError, match=r"is a copy of .* lead to the same database") as caught:
                copy.cluster.start()
            assert str(here.path.resolve()) in str(caught.value) and "hearth db restore" in str(caught.value)
            here.cluster.stop()
        assert before.is_dir() and here.cluster.start()
        here.cluster.stop()
        # moved, the first is gone: it is the same one in another place
        away = here.path.with_name("away")
        here.path.rename(away)
        try:
            account.refuse_shared(copy.home)
        finally:
            away.rename(here.path)
    finally:
        copy.home.postgres.unlink(missing_ok=True)


def test_a_server_that_cannot_start_says_why(here: Machine) -> None:
    here.cluster.stop()
    local = here.cluster.data / "local.conf"
    local.write_text("shared_buffers = 'a lot'\n")
    shutil.chown(local, account.find(here.home).uid)
    try:
        said = here.hearth("db", "start")
        assert said.returncode == 1
        assert "PostgreSQL did not start" in said.stderr
        assert len(said.stderr.splitlines()) == 1
    finally:
        local.unlink()


# ---------------------------------------------------------------------- other versions


def debian() -> list[binaries.Binaries]:
    found = [binaries._look(folder) for folder in binaries.DEBIAN.glob("*/bin")]
    return [one for one in found if one and one.major >= binaries.OLDEST_MAJOR]


@pytest.mark.skipif(not debian(), reason="Debian's PostgreSQL is not installed")
def test_debians_postgresql_and_the_move_to_another_version(new_machine: NewMachine) -> None:
    old, new = new_machine("old"), new_machine("new")
    programs = debian()[0]
    bin_folder = {"HEARTH_PG_BIN": str(programs.folder)}
    assert old.hearth("db", "start", **bin_folder).stdout == "PostgreSQL is started.\n"
    # Without HEARTH_PG_BIN the programs that fit the folder are found.
    old.hearth("db", "stop")
    assert old.hearth("db", "start").returncode == 0
    assert f"version  {programs.major}" in old.hearth("db", "status").stdout
    statement = "CREATE TABLE moved AS SELECT n, 'Núñez' || n AS who FROM generate_series(1, 100) n"
    assert old.hearth("db", "psql", "--role", "owner", "-c", statement).returncode == 0
    file = str(old.path / "moved.backup")
    assert old.hearth("db", "backup", file).returncode == 0
    assert new.hearth("db", "restore", file).returncode == 0, new.hearth("db", "restore", file).stderr
    assert new.hearth("db", "checksums").stdout == old.hearth("db", "checksums").stdout != ""
