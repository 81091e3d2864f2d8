"""`hearth demo`, really started, killed and stopped. One folder for the whole file; the order matters."""

import http.client
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hearth.server import demo, processes
from hearth.server.errors import ServerError
from tests.server.conftest import Machine

NewMachine = Callable[[str], Machine]
READY = "Hearth is ready"
FIRST_SECONDS = 600  # migrations and filling, on a machine that does other things too
NEXT_SECONDS = 240  # takes 3 on a machine with nothing else to do


class Demo:
    """A running `hearth demo` and what it has said so far."""

    def __init__(self, machine: Machine, port: int) -> None:
        self.machine = machine
        self.port = port
        self.process = subprocess.Popen(
            machine.command("demo"),
            env={**machine.environment, "PORT": str(port), "HEARTH_DEMO_CLIENTS": "100"},
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.said: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.said.append(line)

    @property
    def text(self) -> str:
        return "".join(self.said)

    def wait_until_ready(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while READY not in self.text:
            assert self.process.poll() is None, self.text
            assert time.monotonic() < deadline, self.text
            time.sleep(0.1)

    def wait_for_end(self) -> int:
        code = self.process.wait(40)
        self._reader.join(10)
        return code

    def page(self) -> int | None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", "/", headers={"Host": "localhost"})
            return connection.getresponse().status
        except OSError:
            return None
        finally:
            connection.close()

    def children(self, name: str = "") -> list[int]:
        found = demo._marked(self.machine.home)
        return [pid for pid in found if name in Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")]

    def kill_9_everything(self) -> None:
        for pid in [self.process.pid, *self.children(), *self.machine.server_processes()]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.wait(10)


def nothing_runs(machine: Machine) -> bool:
    """Whether all of it is gone; the kernel takes a moment to clear away what was killed."""
    deadline = time.monotonic() + 5
    while demo._marked(machine.home) or machine.server_processes():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.fixture(scope="module")
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def here(migrated: NewMachine) -> Machine:
    """A folder with tables and no rows; the test of Ctrl-C goes the whole way, from no folder at all."""
    return migrated("demo")


Start = Callable[[Machine, int], Demo]


@pytest.fixture(scope="module")
def start() -> Iterator[Callable[[Machine, int], Demo]]:
    """Starts demos; whatever a failed test left running is killed at the end."""
    started: list[Demo] = []

    def begin(machine: Machine, port: int) -> Demo:
        for older in started:  # after a failure: do not spoil the next test
            if older.process.poll() is None:
                older.kill_9_everything()
        started.append(Demo(machine, port))
        return started[-1]

    yield begin
    for running in started:
        if running.process.poll() is None:
            running.kill_9_everything()


@pytest.fixture(scope="module")
def first(here: Machine, port: int, start: Start) -> Demo:
    running = start(here, port)
    running.wait_until_ready(FIRST_SECONDS)
    return running


def test_it_says_where_and_answers(first: Demo) -> None:
    assert f"http://localhost:{first.port}/" in first.text
    assert first.page() in (200, 302)
    assert first.children("granian")
    assert first.children("django worker")


def test_a_second_demo_on_the_same_folder_is_one_sentence(first: Demo, here: Machine) -> None:
    said = here.hearth("demo", PORT=str(first.port))
    assert said.returncode == 1
    assert said.stderr.startswith(f"Hearth is running already on the data folder {here.path}:")
    assert first.page() in (200, 302)


def test_after_kill_9_of_everything_nothing_is_lost(first: Demo, here: Machine, start: Start) -> None:
    done = here.hearth("db", "psql", "--role", "owner", "-c", "CREATE TABLE kept AS SELECT 42 AS answer")
    assert done.returncode == 0, done.stderr
    first.kill_9_everything()
    assert nothing_runs(here)
    again = start(here, first.port)
    again.wait_until_ready(NEXT_SECONDS)
    done = here.hearth("db", "psql", "--role", "owner", "-tc", "SELECT answer FROM kept")
    assert done.stdout.strip() == "42"
    assert "Filling" not in again.text
    again.process.send_signal(signal.SIGINT)
    assert again.wait_for_end() == 0
    assert nothing_runs(here)


def test_after_kill_9_of_the_supervisor_alone_the_rest_is_taken_over(
    here: Machine, port: int, start: Start
) -> None:
    before = start(here, port)
    before.wait_until_ready(NEXT_SECONDS)
    orphans = before.children()
    before.process.kill()
    before.process.wait(10)
    assert before.page() in (200, 302)  # still there, without anybody to stop it
    again = start(here, port)
    again.wait_until_ready(NEXT_SECONDS)
    assert not set(orphans) & set(again.children())
    again.process.send_signal(signal.SIGTERM)
    assert again.wait_for_end() == 0
    assert nothing_runs(here)  # PostgreSQL too, although the second demo found it running


def within(seconds: float, holds: Callable[[], object]) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def seen_lately(machine: Machine) -> bool:
    """Whether a worker has said since the last start of PostgreSQL that it lives."""
    done = machine.hearth(
        "db", "psql", "--role", "superuser", "-tc",
        "SELECT max(last_heartbeat) > pg_postmaster_start_time() FROM procrastinate_workers",
    )  # fmt: skip
    return done.stdout.strip() == "t"


def test_what_ends_by_itself_is_brought_back(here: Machine, port: int, start: Start) -> None:
    running = start(here, port)
    running.wait_until_ready(NEXT_SECONDS)
    for name, what in {"granian": "web server", "django worker": "worker"}.items():
        before = running.children(name)
        os.kill(min(before), signal.SIGKILL)
        assert within(NEXT_SECONDS, lambda what=what: f"The {what} ended by itself (code -9)" in running.text)
        assert within(
            NEXT_SECONDS,
            lambda name=name, before=before: (
                running.children(name) and not set(before) & set(running.children(name))
            ),
        )
        assert within(NEXT_SECONDS, lambda: running.page() in (200, 302))
    assert within(NEXT_SECONDS, lambda: seen_lately(here))
    worker = running.children("django worker")
    here.kill_server()
    assert within(NEXT_SECONDS, lambda: "PostgreSQL is back." in running.text)
    assert within(NEXT_SECONDS, lambda: running.page() in (200, 302))
    assert within(NEXT_SECONDS, lambda: seen_lately(here))
    assert running.children("django worker") == worker  # it has waited
    running.process.send_signal(signal.SIGINT)
    assert running.wait_for_end() == 0
    assert nothing_runs(here)


def test_what_ends_again_and_again_ends_the_demo_with_a_sentence(
    here: Machine, port: int, start: Start
) -> None:
    running = start(here, port)
    running.wait_until_ready(NEXT_SECONDS)
    killed: set[int] = set()
    while running.process.poll() is None and len(killed) < 10:
        for pid in set(running.children("django worker")) - killed:
            killed.add(pid)
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.1)
    assert running.wait_for_end() == 1
    assert "The worker ended by itself 4 times within a minute; its log" in running.text
    assert nothing_runs(here)


def test_a_worker_outlives_a_restart_and_gives_up_in_words(here: Machine, tmp_path: Path) -> None:
    """Code 1, because a service manager takes 0 for an end that was wanted."""
    here.hearth("db", "start")
    said = tmp_path / "worker.log"
    with said.open("wb") as log:
        worker = subprocess.Popen(
            [*processes.worker_command(1), "--patience", "4"],
            env={**here.environment, "DJANGO_SETTINGS_MODULE": processes.SETTINGS, "HEARTH_DB_ROLE": "web"},
            stderr=log,
        )
    try:
        assert within(NEXT_SECONDS, lambda: b"Starting worker" in said.read_bytes())
        here.kill_server()
        here.hearth("db", "start")
        assert within(NEXT_SECONDS, lambda: seen_lately(here))
        assert worker.poll() is None
        here.hearth("db", "stop")
        assert worker.wait(2 * NEXT_SECONDS) == 1
        assert b"The worker cannot go on: the database did not answer for 4 seconds." in said.read_bytes()
    finally:
        worker.kill()
        worker.wait(10)


def test_ctrl_c_during_preparation_stops_what_was_started(
    new_machine: NewMachine, port: int, start: Start
) -> None:
    fresh = new_machine("early")
    early = start(fresh, port)
    deadline = time.monotonic() + 20
    while not fresh.cluster.status().running and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(1)  # in the middle of the migrations
    os.killpg(early.process.pid, signal.SIGINT)  # as the terminal does it: to the whole group
    assert early.wait_for_end() == 0
    assert "Stopped." in early.text
    assert nothing_runs(fresh)
    # The next start finishes the work.
    again = start(fresh, port)
    again.wait_until_ready(FIRST_SECONDS)
    assert "Filling" in again.text
    assert again.page() in (200, 302)
    again.process.send_signal(signal.SIGINT)
    assert again.wait_for_end() == 0


def test_a_running_postgresql_is_left_running(here: Machine, port: int, start: Start) -> None:
    here.hearth("db", "start")
    running = start(here, port)
    running.wait_until_ready(NEXT_SECONDS)
    running.process.send_signal(signal.SIGINT)
    assert running.wait_for_end() == 0
    assert here.cluster.status().running
    assert not demo._marked(here.home)
    here.hearth("db", "stop")


def test_serve_and_worker_run_without_the_demo(here: Machine, port: int, tmp_path: Path) -> None:
    """The way of a real installation: each process alone, ended by SIGTERM as a service manager does it."""
    said = tmp_path / "worker.log"
    with said.open("wb") as log:
        worker = subprocess.Popen(here.command("worker"), env=here.environment, stderr=log)
    environment = {**here.environment, "PORT": str(port)}
    web = subprocess.Popen(here.command("serve", "--workers", "1"), env=environment)
    try:
        deadline = time.monotonic() + 2 * NEXT_SECONDS
        while time.monotonic() < deadline:
            # Before this line the worker does not yet know what to do on SIGTERM.
            if b"Starting worker" in said.read_bytes() and demo._status_of_first_page(port):
                break
            time.sleep(0.2)
        assert demo._status_of_first_page(port) in (200, 302)
        assert worker.poll() is None
    finally:
        for process in (web, worker):
            process.terminate()
    assert web.wait(30) == 0
    assert worker.wait(30) == 0
    here.hearth("db", "stop")


def test_after_kill_9_of_the_web_server_its_port_is_free(here: Machine, port: int) -> None:
    here.hearth("db", "start")
    web = subprocess.Popen(
        here.command("serve", "--workers", "2"), env={**here.environment, "PORT": str(port)}
    )
    try:
        assert within(NEXT_SECONDS, lambda: demo._status_of_first_page(port) in (200, 302))
    finally:
        web.kill()
        web.wait(10)
    assert within(20, lambda: is_free(port))
    here.hearth("db", "stop")


def is_free(port: int) -> bool:
    try:
        processes.refuse_taken("127.0.0.1", port)
    except ServerError:
        return False
    return True
