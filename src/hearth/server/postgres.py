"""Our own manager of an embedded PostgreSQL: one cluster in the data folder, reached by a unix socket.

Starting is safe from several processes at once (a lock file), after a crash, and over a half-made folder.
Nothing here opens a network port.
"""

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from hearth.server import account, binaries, keys, roles, tuning
from hearth.server.errors import ServerError
from hearth.server.home import Home

SUPERUSER = "postgres"
SOCKET_PATH_BYTES = 107  # limit of sockaddr_un on Linux; macOS has 103
SOCKET_FILE = ".s.PGSQL.5432"
STALE_SECONDS = 10  # after kill -9, how long the dead server's lock may linger
START_SECONDS = 120  # recovery after a crash replays at most max_wal_size
STOP_SECONDS = 60
LOG_BYTES = 10_000_000
NEEDED_BYTES = 200_000_000  # a new cluster takes about 60 MB, its first log files 32 MB

# The server outlives the command that starts it; held here so that we can tell when it ends before us.
_started: list["subprocess.Popen[bytes]"] = []


@dataclass(frozen=True, slots=True)
class Status:
    """What `hearth db status` tells."""

    running: bool
    version: str  # of the data folder; "" when there is none yet
    pid: int | None
    data: Path
    socket: Path


class Cluster:
    """The PostgreSQL of one data folder."""

    def __init__(self, home: Home) -> None:
        self.home = home

    # ------------------------------------------------------------------ places

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.home.postgres.resolve() / "data"

    @property
    def socket(self) -> Path:
        """Folder of the unix socket: beside the data, or in a short place when that path is too long."""
        near = self.home.postgres.resolve() / "socket"
        limit = SOCKET_PATH_BYTES if os.uname().sysname == "Linux" else 103
        if len(os.fsencode(near / SOCKET_FILE)) <= limit:
            return near
        mark = hashlib.sha256(os.fsencode(near)).hexdigest()[:16]
        return Path(tempfile.gettempdir() if len(tempfile.gettempdir()) < 40 else "/tmp") / f"hearth-{mark}"  # noqa: S108

    @property
    def log(self) -> Path:
        """The server's own log."""
        return self.home.logs / "postgres.log"

    def conninfo(self, user: str = SUPERUSER, database: str = roles.DATABASE, **more: Any) -> str:
        """Connection string in libpq's form."""
        return make_conninfo(
            host=str(self.socket),
            port=5432,
            user=user,
            dbname=database,
            password=keys.database_password(user, self.home),
            **more,
        )

    # ------------------------------------------------------------------ commands

    def start(self) -> bool:
        """Make the cluster answer, creating it when new. True when this call started it.

        Raises ServerError with one sentence for: no programs, another version's folder, a full disk,
        missing rights, a server that does not come up.
        """
        account.refuse_shared(self.home)
        if self._answers():
            return False
        with self._lock():
            if self._answers():
                return False
            who = account.find(self.home)
            folder = account.prepare_folder(self.home, who)
            programs = self._programs()
            at = account.reachable_copy(programs.folder, programs.version, who)
            if self.data.exists() and not self._data_version():
                raise ServerError(
                    f"The folder {self.data} holds no PostgreSQL database but something else: move it away,"
                    " or put the database back from a copy, and start again."
                )
            if not self.data.exists():
                self._initialize(at, programs.major, folder, who)
            self._prepare_start(who)
            self._launch(at, who)
            self._prepare_content()
            return True

    def stop(self) -> bool:
        """Stop the server and wait until it is gone. True when there was one."""
        with self._lock():
            pid = self._pid()
            if pid is None:
                return False
            os.kill(pid, signal.SIGINT)  # fast shutdown: open transactions roll back, then a checkpoint
            deadline = time.monotonic() + STOP_SECONDS
            while self._pid() is not None:
                if time.monotonic() > deadline:
                    raise ServerError(
                        f"PostgreSQL (process {pid}) did not stop within {STOP_SECONDS} seconds: "
                        f"look at {self.log} and run `hearth db stop` again."
                    )
                time.sleep(0.05)
            return True

    def status(self) -> Status:
        """Whether it runs, which version, where. Never starts anything."""
        return Status(self._answers(), self._data_version(), self._pid(), self.data, self.socket)

    def is_alive(self) -> bool:
        """Whether the server's process is there; cheaper than `status`, and says nothing of answering."""
        return self._pid() is not None

    def programs(self) -> binaries.Binaries:
        """Programs that fit the data folder, for pg_dump and psql."""
        return self._programs()

    # ------------------------------------------------------------------ parts

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """One start or stop at a time; the kernel releases the lock when its holder dies."""
        try:
            handle = os.open(self.home.path / "postgres.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise ServerError(
                f"The lock file in {self.home.path} cannot be opened ({error.strerror}): run the command as "
                "the owner of that folder."
            ) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _answers(self) -> bool:
        """Whether the server takes connections now; waits while it is on its way up or down."""
        deadline = time.monotonic() + START_SECONDS
        while (self.socket / SOCKET_FILE).exists():
            try:
                psycopg.connect(self.conninfo(database="postgres", connect_timeout=5)).close()
                return True
            except psycopg.OperationalError as error:
                text = str(error)
                if "password authentication failed" in text:
                    raise ServerError(
                        f"PostgreSQL in {self.data} does not accept the password in {self.home.keys}: "
                        "put the keys folder back from your backup."
                    ) from error
                if "too many clients" in text or "remaining connection slots" in text:
                    return True
                on_its_way = "starting up" in text or "shutting down" in text or "recovery" in text
                if not on_its_way or time.monotonic() > deadline:
                    return False
                time.sleep(0.1)
        return False

    def _data_version(self) -> str:
        try:
            return (self.data / "PG_VERSION").read_text(encoding="ascii").strip()
        except OSError:
            return ""

    def _programs(self) -> binaries.Binaries:
        version = self._data_version()
        if not version:
            return binaries.find(server=True)
        try:
            return binaries.find(int(version), server=True)
        except binaries.VersionError as error:
            raise ServerError(
                f"The database in {self.data} was made by PostgreSQL {version}, but only PostgreSQL "
                f"{error.version} is installed: set HEARTH_PG_BIN to the programs of version {version}, "
                "write a backup with `hearth db backup`, move the folder away, and restore the backup "
                "without HEARTH_PG_BIN."
            ) from error

    def _pid(self) -> int | None:
        """Process id of the running server of this data folder, or None."""
        self._reap()
        try:
            # The file goes on with the path of the folder, in whatever letters it has.
            pid = int((self.data / "postmaster.pid").read_bytes().split(b"\n", 1)[0])
        except (OSError, ValueError):
            return None
        return pid if self._is_ours(pid) else None

    def _is_ours(self, pid: int) -> bool:
        """Whether the process is alive and works in our data folder (numbers are used again)."""
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            pass
        process = Path(f"/proc/{pid}")
        if not Path("/proc/self").exists():
            return True
        try:
            state = (
                (process / "stat").read_text(encoding="utf-8", errors="replace").rsplit(")", 1)[1].split()[0]
            )
            return state not in "ZX" and (process / "cwd").resolve() == self.data.resolve()
        except (OSError, IndexError):
            return False

    def _initialize(self, at: Path, major: int, folder: Path, who: account.Account) -> None:
        """Make the data directory under another name first, so that an interrupted attempt leaves none."""
        self._check_disk(folder)
        fresh = folder / "data.new"
        password = folder / "password.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        who.own(fresh)
        _write_for(who, password, keys.database_password(SUPERUSER, self.home) + "\n")
        # C.UTF-8 knows letters beyond ASCII (trigrams drop them under plain C) and sorts the same everywhere.
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if major >= 17 else []
        command = [
            str(at / "initdb"),
            f"--pgdata={fresh}",
            f"--username={SUPERUSER}",
            f"--pwfile={password}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            *locale,
            "--data-checksums",
            "--no-instructions",
        ]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, env=_environment(), cwd="/", check=False,
                **who.popen_options(),
            )  # fmt: skip
        finally:
            password.unlink(missing_ok=True)
        if done.returncode != 0:
            shutil.rmtree(fresh, ignore_errors=True)
            self._check_disk(folder)
            raise ServerError(
                f"The database folder {folder} could not be made: {_last_line(done.stderr or done.stdout)}."
            )
        fresh.rename(folder / "data")

    def _check_disk(self, folder: Path) -> None:
        free = shutil.disk_usage(folder).free
        if free < NEEDED_BYTES:
            raise _full_disk(folder, free)

    def _prepare_start(self, who: account.Account) -> None:
        """Settings, access rules and the socket folder, as this machine needs them now."""
        try:
            socket = self.socket
            socket.mkdir(mode=0o700, exist_ok=True)
            if socket.is_symlink() or socket.stat().st_uid not in (os.geteuid(), who.uid):
                raise ServerError(f"The folder {socket} belongs to another user: remove it and start again.")
            who.own(socket)
            self._replace("hearth.conf", tuning.render(tuning.settings(self.data, socket)), who)
            self._replace("pg_hba.conf", "local all all scram-sha-256\n", who)
            main = self.data / "postgresql.conf"
            text = main.read_text(encoding="utf-8")
            if "hearth.conf" not in text:
                includes = "\ninclude 'hearth.conf'\ninclude_if_exists 'local.conf'\n"
                self._replace("postgresql.conf", text + includes, who)
            if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
                self.log.replace(self.log.with_suffix(".log.1"))
        except OSError as error:
            if error.errno == 28:  # ENOSPC
                raise _full_disk(self.data, shutil.disk_usage(self.data).free) from error
            raise ServerError(
                f"The database folder {self.data} cannot be used by this user ({error.strerror}): run the "
                "command as its owner."
            ) from error

    def _replace(self, name: str, text: str, who: account.Account) -> None:
        fresh = self.data / f"{name}.new"
        _write_for(who, fresh, text)
        fresh.replace(self.data / name)

    def _launch(self, at: Path, who: account.Account) -> None:
        """Start the server process, trying again while a killed one's lock lingers, until it answers."""
        deadline = time.monotonic() + STALE_SECONDS
        while True:
            position = self.log.stat().st_size if self.log.exists() else 0
            process = self._spawn(at, who)
            up_to = time.monotonic() + START_SECONDS
            while process.poll() is None:
                if self._answers():
                    return
                if time.monotonic() > up_to:
                    process.send_signal(signal.SIGINT)
                    raise ServerError(
                        f"PostgreSQL did not answer within {START_SECONDS} seconds: look at {self.log}."
                    )
                time.sleep(0.02)
            said = self._said(position)
            lingering = "lock file" in said or "shared memory block" in said
            if not lingering:
                if "No space left on device" in said:
                    raise _full_disk(self.data, shutil.disk_usage(self.data).free)
                raise ServerError(f"PostgreSQL did not start: {_last_line(said)}. Its log is {self.log}.")
            if self._remove_stale_pid():
                continue
            if time.monotonic() > deadline:
                raise ServerError(
                    f"Another process still holds the database in {self.data}: end it, or run "
                    "`hearth db stop`, and start again."
                )
            time.sleep(0.2)

    def _spawn(self, at: Path, who: account.Account) -> "subprocess.Popen[bytes]":
        # Its own session: Ctrl-C in the terminal reaches hearth, which then stops the server in order.
        with open(self.log, "ab", opener=_private) as log:
            try:
                process = subprocess.Popen(
                    [str(at / "postgres"), "-D", str(self.data)],
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                    start_new_session=True, cwd="/", env=_environment(), **who.popen_options(),
                )  # fmt: skip
            except OSError as error:
                raise ServerError(f"PostgreSQL at {at} cannot be run: {error.strerror}.") from error
        _started.append(process)
        return process

    def _reap(self) -> None:
        """Take note of the end of servers that we started: until then they count as alive."""
        for process in list(_started):
            if process.poll() is not None:
                _started.remove(process)

    def _said(self, position: int) -> str:
        with self.log.open("rb") as log:
            log.seek(position)
            return log.read().decode("utf-8", errors="replace")

    def _remove_stale_pid(self) -> bool:
        """Remove the lock of a dead server that PostgreSQL itself takes for alive.

        That happens when its number belongs to another process now, or nobody reaps the dead process.
        Only where we can see that no process at all works in the data folder: removing the lock under a
        live one would destroy the database.
        """
        locks = [self.data / "postmaster.pid", self.socket / f"{SOCKET_FILE}.lock"]
        left = [lock for lock in locks if lock.exists()]
        if not Path("/proc/self/cwd").exists() or not left or self._somebody_inside():
            return False
        for lock in left:
            lock.unlink()
        return True

    def _somebody_inside(self) -> bool:
        """Whether a live process works in the data folder, as every process of the server does."""
        data = str(self.data)
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if str((process / "cwd").readlink()) == data:
                    return True
            except FileNotFoundError:  # gone, or dead and not reaped
                continue
            except PermissionError:  # another user's: the server runs as this user, or we are root
                continue
        return False

    def _prepare_content(self) -> None:
        """Roles, database, extensions: made or put right, every time, so that no half state remains."""
        passwords = {role: keys.database_password(role, self.home) for role in roles.ROLES}
        with psycopg.connect(self.conninfo(database="postgres"), autocommit=True) as connection:
            with connection.transaction():
                roles.prepare_roles(connection, passwords)
            if not roles.database_exists(connection, roles.DATABASE):
                roles.create_database(connection, roles.DATABASE)
        with psycopg.connect(self.conninfo()) as connection:
            roles.prepare_database(connection)


def _write_for(who: account.Account, path: Path, text: str) -> None:
    """Write a private file in a folder that belongs to the account.

    We may be root there: a link that the account has put in the file's place is not followed.
    """
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    who.own(path)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _environment() -> dict[str, str]:
    """What the server inherits: nothing of ours (keys may be in our environment)."""
    kept = {name: os.environ[name] for name in ("PATH", "TZ", "LD_LIBRARY_PATH") if name in os.environ}
    return {**kept, "LC_ALL": "C.UTF-8"}


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if "FATAL" in line or "error:" in line or "PANIC" in line] or lines
    return telling[-1].rstrip(".") if telling else "it said nothing"


def _full_disk(folder: Path, free: int) -> ServerError:
    return ServerError(
        f"The disk of {folder} is full ({free // 1_000_000} MB free): make at least "
        f"{NEEDED_BYTES // 1_000_000} MB of room and run the command again. Nothing was lost."
    )
