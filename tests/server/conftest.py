"""Data folders with a PostgreSQL of their own, removed after the test with everything that still runs."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hearth.server.home import Home
from hearth.server.postgres import Cluster
from tests.sharing import Shared

OURS = (
    "DATABASE_URL", "HEARTH_OWNER_URL", "HEARTH_LOADER_URL", "HEARTH_REPORT_URL",
    "HEARTH_COUNTS_URL", "HEARTH_SUPERUSER_URL",
    "HEARTH_DB_NAME",
)  # fmt: skip


class Machine:
    """A data folder and the `hearth` command on it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.environment = {name: value for name, value in os.environ.items() if name not in OURS}
        self.environment["HEARTH_HOME"] = str(path)

    @property
    def home(self) -> Home:
        return Home.at(self.path)

    @property
    def cluster(self) -> Cluster:
        return Cluster(self.home)

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-c", "from hearth.cli import main; main()", *arguments]

    def hearth(self, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
        """Run `hearth …` and wait; `more` are environment variables."""
        return subprocess.run(
            self.command(*arguments),
            env={**self.environment, **more},
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def server_processes(self) -> list[int]:
        """Every process of this folder's PostgreSQL."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if (process / "cwd").readlink() == self.cluster.data:
                    found.append(int(process.name))
            except OSError:
                continue
        return found

    def kill_server(self) -> None:
        """kill -9 of the server and all its children."""
        for pid in self.server_processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue

    def remove(self) -> None:
        self.kill_server()
        socket = self.cluster.socket
        if self.home.postgres.is_symlink():
            database = self.home.postgres.resolve()
            shutil.rmtree(database, ignore_errors=True)
            database.with_name(f"{database.name}.home").unlink(missing_ok=True)
        shutil.rmtree(socket, ignore_errors=True)
        shutil.rmtree(self.path, ignore_errors=True)


@pytest.fixture(scope="session")
def new_machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Machine]]:
    """Makes machines; all are gone at the end."""
    made: list[Machine] = []

    def make(name: str) -> Machine:
        machine = Machine(tmp_path_factory.mktemp("machine") / name)
        made.append(machine)
        return machine

    yield make
    for machine in made:
        machine.remove()


@pytest.fixture(scope="session")
def migrated(
    new_machine: Callable[[str], Machine], shared: Shared, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Machine]:
    """Makes machines whose tables are up to date, and that hold the first administrator and nothing else.

    A command migrates one empty database in a run, unasked; the others are copies of its data folder, with
    its keys. PostgreSQL is stopped in each.
    """

    @contextmanager
    def first() -> Iterator[str]:
        machine = Machine(tmp_path_factory.mktemp("machine") / "migrated")
        try:
            said = machine.hearth("user", "list")
            assert said.returncode == 0, said.stderr
            assert "Bringing the tables up to date" in said.stderr
            assert machine.hearth("db", "stop").returncode == 0
            yield str(machine.path)
        finally:
            machine.remove()

    def make(name: str) -> Machine:
        machine = new_machine(name)
        _copy(Path(shared.get("migrated", first)), machine.path)
        link = machine.home.postgres
        if (
            link.is_symlink()
        ):  # the database lies elsewhere, where its account may go: not in two folders at once
            database = link.resolve()
            own = Path(tempfile.mkdtemp(prefix=f"{database.name}-", dir=database.parent))
            own.rmdir()
            _copy(database, own)
            link.unlink()
            link.symlink_to(own)
        return machine

    return make


def _copy(source: Path, target: Path) -> None:
    subprocess.run(["cp", "-a", "--reflink=auto", str(source), str(target)], check=True)


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Callable[[Machine], Machine]:
    """Point this process at a machine's data folder, for tests that call functions."""

    def point(machine: Machine) -> Machine:
        for name in OURS:
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("HEARTH_HOME", str(machine.path))
        return machine

    return point


@pytest.fixture(scope="module")
def machine(new_machine: Callable[[str], Machine]) -> Machine:
    """One machine for the tests of a module that leave it as they found it: started."""
    machine = new_machine("home")
    assert machine.hearth("db", "start").returncode == 0
    return machine
