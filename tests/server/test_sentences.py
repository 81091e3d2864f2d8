"""What an operator gets wrong is answered with one sentence that names the cause, and no traceback."""

import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from hearth.reporting.outputs import archive
from hearth.server import backup, binaries, database, processes
from hearth.server.errors import ServerError
from tests.server.conftest import Machine

NewMachine = Callable[[str], Machine]
On = Callable[[Machine], Machine]


@pytest.mark.parametrize("port", [0, -1, 65536, 99999999])
def test_a_port_out_of_range(port: int) -> None:
    with pytest.raises(ServerError, match="between 1 and 65535"):
        processes.refuse_taken("127.0.0.1", port)


@pytest.mark.parametrize("host", ["no such host", "256.1.1.1", "203.0.113.7", "::zz", "x" * 70])
def test_a_host_that_is_not_of_this_machine(host: str) -> None:
    with pytest.raises(ServerError, match="--host"):
        processes.refuse_taken(host, 54321)


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("nonsense", "DATABASE_URL is not a PostgreSQL address"),
        ("postgresql://u:p@[::1/x", "DATABASE_URL is not a PostgreSQL address"),
        ("postgresql://hearth_web:secret@127.0.0.1:{closed}/hearth", "does not answer"),
        ("postgresql://hearth_web:secret@/hearth?host=/nowhere", "does not answer"),
    ],
)
def test_a_dead_or_malformed_address(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, address: str, sentence: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        closed = server.getsockname()[1]
    monkeypatch.setenv("HEARTH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DATABASE_URL", address.format(closed=closed))
    with pytest.raises(ServerError, match=sentence) as told:
        database.ensure_running()
    assert "secret" not in str(told.value)
    assert "\n" not in str(told.value)


def test_a_wrong_password(machine: Machine, on: On, monkeypatch: pytest.MonkeyPatch) -> None:
    on(machine)
    address = database.url("web").replace("hearth_web:", "hearth_web:wrong")
    monkeypatch.setenv("DATABASE_URL", address)
    with pytest.raises(ServerError, match="does not accept its user and password"):
        database.ensure_running()
    monkeypatch.setenv("DATABASE_URL", database.url("web").replace("/hearth?", "/no_such?"))


def test_programs_that_are_not_where_they_should_be(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HEARTH_PG_BIN", str(tmp_path))
    with pytest.raises(ServerError, match="HEARTH_PG_BIN"):
        binaries.find()


def test_something_else_in_the_place_of_the_database(new_machine: NewMachine) -> None:
    machine = new_machine("junk")
    (machine.path / "postgres" / "data").mkdir(parents=True)
    (machine.path / "postgres" / "data" / "holiday.jpg").write_text("")
    said = machine.hearth("db", "start")
    assert said.returncode == 1
    assert "holds no PostgreSQL database but something else" in said.stderr
    assert len(said.stderr.splitlines()) == 1


def test_a_data_folder_with_letters_and_blanks_in_its_path(new_machine: NewMachine) -> None:
    machine = new_machine("Müller's Häuser 家")
    assert machine.hearth("db", "start").stdout == "PostgreSQL is started.\n"
    assert machine.server_processes()
    assert machine.hearth("db", "stop").stdout == "PostgreSQL is stopped.\n"
    assert not machine.server_processes()


def test_an_output_that_is_full(machine: Machine) -> None:
    said = machine.hearth("standards", "show", "Exit")
    assert said.returncode == 0
    with Path("/dev/full").open("w") as full:
        said = subprocess.run(
            machine.command("standards", "show", "Exit"),
            env=machine.environment, stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert said.returncode == 1
    assert said.stderr == "There is no room left where the output goes. What the command had done stands.\n"


def test_migrations_go_on_where_nobody_can_read_what_they_say(migrated: NewMachine, on: On) -> None:
    machine = on(migrated("unheard"))
    assert machine.hearth("db", "start").returncode == 0
    with psycopg.connect(
        database.url("superuser")
    ) as connection:  # choices changed, and no table; nobody builds on them
        forgotten = connection.execute(
            "DELETE FROM django_migrations WHERE app = 'audit' AND name >= '0009'"
        ).rowcount
    assert forgotten
    with Path("/dev/full").open("w") as full:
        said = subprocess.run(
            machine.command("db", "migrate"),
            env=machine.environment, stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert said.returncode == 1
    assert said.stderr == "There is no room left where the output goes. What the command had done stands.\n"
    assert "No migrations to apply" in machine.hearth("db", "migrate").stdout


@pytest.mark.parametrize("command", ["start", "migrate", "checksums", "new-secret-key", "backup x"])
def test_a_malformed_address_is_named_before_what_else_is_missing(machine: Machine, command: str) -> None:
    said = machine.hearth("db", *command.split(), DATABASE_URL="mysql://hearth:secret@server/hearth")
    assert said.returncode == 1
    assert said.stderr.startswith("DATABASE_URL is not a PostgreSQL address: "), said.stderr
    assert "secret" not in said.stderr


def test_a_device_is_never_replaced_by_a_file(machine: Machine, on: On) -> None:
    on(machine)
    with pytest.raises(ServerError, match="is no file"):
        backup.backup(Path("/dev/full"))
    with pytest.raises(archive.OutputError, match="no ordinary file"), archive.writing(Path("/dev/full")):
        pass
    assert Path("/dev/full").is_char_device()
