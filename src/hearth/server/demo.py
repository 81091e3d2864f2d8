"""`hearth demo`: starts everything, says when it is ready, and stops everything it started."""

import fcntl
import http.client
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from rich.console import Console

from hearth import scratch
from hearth.server import database, mail_server, processes
from hearth.server.errors import ServerError
from hearth.server.home import Home
from hearth.server.postgres import Cluster
from hearth.server.preparation import Preparation

FIRST_PAGE_SECONDS = 60
STOP_SECONDS = 12
# How often something that ends by itself is brought back within so many seconds.
BROUGHT_BACK, OFTEN_SECONDS = 3, 60
LOG_BYTES = 10_000_000
# Every process of a demo carries this in its environment, so that the next demo finds what a kill -9 left.
MARK = "HEARTH_DEMO_FOLDER"


class Stop(BaseException):
    """Somebody asked us to stop. Not an Exception, so that nothing on the way catches it by accident."""


def run(port: int) -> None:
    """Run the demo until Ctrl-C, a termination signal, or the end of one of its processes."""
    home = Home.find()
    console = Console(highlight=False)
    with _only_demo(home), _stop_on_signals():
        _end_leftovers(home)
        processes.refuse_taken(processes.HOST, port)
        supervisor = Supervisor(home, console, port)
        try:
            supervisor.start()
            supervisor.watch()
        except (Stop, KeyboardInterrupt):
            console.print("\nStopping …")
        finally:
            supervisor.stop()
        console.print("Stopped. Everything is kept; `make demo` starts it again.")


class Supervisor:
    """The processes of one demo: PostgreSQL, web server, worker."""

    def __init__(self, home: Home, console: Console, port: int) -> None:
        self.home = home
        self.console = console
        self.port = port
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.ends: dict[str, list[float]] = {}  # when what ended by itself
        # Kept over a kill -9: the PostgreSQL that we then find running is one to stop at the end.
        self.ours = home.path / "demo-started-postgres"

    @property
    def address(self) -> str:
        """Where the browser goes."""
        return f"http://localhost:{self.port}/"

    def start(self) -> None:
        """Everything up to the address and the log-ins on the screen."""
        begun = time.monotonic()
        preparation = Preparation(self.home)
        self._step("Starting PostgreSQL", self._start_postgres)
        self._step("Bringing the tables up to date", preparation.migrate)
        self._step("Collecting static files", preparation.collect_static)
        self._spawn("web server", processes.web_command(processes.HOST, self.port, processes.WORKERS))
        self._step("Waiting for the first page", self._wait_for_first_page)
        # Only now: both load the application, and the first page should not wait for the worker.
        self._spawn("worker", processes.worker_command(concurrency=1))
        self.console.print(f"The first page answers after {time.monotonic() - begun:.1f} s: {self.address}")
        if not preparation.is_filled():
            self.console.print("Filling it with an invented Minnesota (about a minute, once) …")
            preparation.fill()
        self.console.print(f"\n[bold]Hearth is ready: {self.address}[/bold]   (Ctrl-C stops it)")
        self.console.print(self._where_mail_goes())
        if preparation.accounts.exists():
            self.console.print(preparation.accounts.read_text(encoding="utf-8").rstrip(), markup=False)

    def _where_mail_goes(self) -> str:
        if mail_server.MailServer.of() is not None:
            return mail_server.words()
        return f"Mails reach nobody: they are written to {self._log('worker')}"

    def watch(self) -> None:
        """Wait, and bring back what ends by itself; what does so again and again ends the demo."""
        while True:
            if database.is_embedded() and not Cluster(self.home).is_alive():
                self._count_end("PostgreSQL", f"its log is {Cluster(self.home).log}")
                self._step("PostgreSQL ended by itself: starting it again", self._start_postgres)
                self.console.print("PostgreSQL is back.")
            for name, child in list(self.children.items()):
                if child.poll() is not None:
                    self._count_end(f"The {name}", self._said(name))
                    self.console.print(
                        f"The {name} ended by itself (code {child.returncode}): starting it again."
                    )
                    _signal(child, signal.SIGKILL)  # what it may have left of its group
                    self._spawn(name, child.args)  # type: ignore[arg-type]
            time.sleep(0.5)

    def stop(self) -> None:
        """Stop what was started, newest first, and wait until it is gone."""
        for child in reversed(self.children.values()):
            _signal(child, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.children.values():
            try:
                child.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal(child, signal.SIGKILL)
                child.wait()
        _end_leftovers(self.home)  # what a child may have left behind
        if self.ours.exists():
            Cluster(self.home).stop()
            self.ours.unlink(missing_ok=True)
        scratch.sweep()  # of what had to be killed

    # ------------------------------------------------------------------ parts

    def _step(self, what: str, do: Callable[[], object]) -> None:
        with self.console.status(f"{what} …"):
            do()

    def _start_postgres(self) -> None:
        if database.is_embedded() and not Cluster(self.home).status().running:
            self.ours.touch()
        database.ensure_running()

    def _spawn(self, name: str, command: list[str]) -> None:
        """Start a child in a session of its own: Ctrl-C reaches us alone, and we stop it in order."""
        path = self._log(name)
        if path.exists() and path.stat().st_size > LOG_BYTES:
            path.replace(path.with_suffix(".log.1"))
        # HEARTH_DEMO puts a banner on every page: nobody in here is real.
        environment = {**processes.django_environment(), "HEARTH_DEMO": "1", MARK: str(self.home.path)}
        with path.open("ab") as log:
            self.children[name] = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                start_new_session=True,
            )

    def _log(self, name: str) -> Path:
        return self.home.logs / f"{name.replace(' ', '-')}.log"

    def _wait_for_first_page(self) -> None:
        deadline = time.monotonic() + FIRST_PAGE_SECONDS
        while time.monotonic() < deadline:
            for name, child in self.children.items():
                if child.poll() is not None:
                    raise ServerError(self._ended(name, child))
            status = _status_of_first_page(self.port)
            if status is not None and status < 500:
                return
            time.sleep(0.1)
        raise ServerError(
            f"The first page did not answer within {FIRST_PAGE_SECONDS} seconds: look at "
            f"{self._log('web server')} and start again."
        )

    def _count_end(self, what: str, said: str) -> None:
        """Note that something ended by itself. Raises ServerError where it did so too often."""
        now = time.monotonic()
        ends = [at for at in self.ends.get(what, []) if now - at < OFTEN_SECONDS]
        if len(ends) >= BROUGHT_BACK:
            raise ServerError(f"{what} ended by itself {len(ends) + 1} times within a minute; {said}")
        self.ends[what] = [*ends, now]

    def _ended(self, name: str, child: "subprocess.Popen[bytes]") -> str:
        return f"The {name} ended by itself (code {child.returncode}); {self._said(name)}"

    def _said(self, name: str) -> str:
        lines = self._log(name).read_text(encoding="utf-8", errors="replace").splitlines()
        said = "\n".join(f"  {line}" for line in lines[-6:])
        return f"its log {self._log(name)} ends with:\n{said}"


@contextmanager
def _only_demo(home: Home) -> Iterator[None]:
    """One demo per data folder; the kernel releases the lock when the holder dies, however it dies."""
    handle = os.open(home.path / "demo.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ServerError(
                f"Hearth is running already on the data folder {home.path}: use it in the browser, stop it "
                "with Ctrl-C where it runs, or set HEARTH_HOME to another folder."
            ) from error
        yield
    finally:
        os.close(handle)


@contextmanager
def _stop_on_signals() -> Iterator[None]:
    """Turn SIGTERM, SIGHUP and Ctrl-C into one Stop; while stopping, more of them change nothing."""
    names = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def stop(number: int, frame: FrameType | None) -> None:
        for name in names:
            signal.signal(name, signal.SIG_IGN)
        raise Stop

    before = {name: signal.signal(name, stop) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def _end_leftovers(home: Home) -> None:
    """End web servers and workers of an earlier demo on this data folder whose supervisor was killed."""
    left = _marked(home)
    for pid in left:
        _kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + STOP_SECONDS
    while any(_alive(pid) for pid in left) and time.monotonic() < deadline:
        time.sleep(0.05)


def _marked(home: Home) -> list[int]:
    """Processes with our mark for this data folder. Only where the system shows environments (Linux)."""
    wanted = f"{MARK}={home.path}".encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if wanted in (entry / "environ").read_bytes().split(b"\0") and int(entry.name) != os.getpid():
                found.append(int(entry.name))
        except OSError:
            continue  # gone meanwhile, or somebody else's
    return found


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] not in "ZX"
    except (OSError, IndexError):
        return False


def _signal(child: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    """Send to the child's whole group (it leads one); the group may be gone."""
    try:
        os.killpg(child.pid, number)
    except (ProcessLookupError, PermissionError):
        return


def _kill(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _status_of_first_page(port: int) -> int | None:
    connection = http.client.HTTPConnection(processes.HOST, port, timeout=10)
    try:
        connection.request("GET", "/", headers={"Host": "localhost"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
