"""Starting our own programs: Django's commands, the web server, the worker; and free ports."""

import errno
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from hearth.server.errors import ServerError

SETTINGS = "hearth.hmis.config.settings"
APPLICATION = "hearth.hmis.config.asgi:application"
HOST = "127.0.0.1"
WORKERS = 2


def django_environment(role: str = "web") -> dict[str, str]:
    """Environment of a Django process that connects to the database as `role`."""
    return {**os.environ, "DJANGO_SETTINGS_MODULE": SETTINGS, "HEARTH_DB_ROLE": role, "PYTHONUNBUFFERED": "1"}


def django_command(*arguments: str) -> list[str]:
    """Command line of one of Django's commands, run by the Python that runs us."""
    return [sys.executable, "-m", "django", *arguments]


def django(*arguments: str, role: str = "web", log: Path | None = None) -> None:
    """Run one of Django's commands and wait; with `log`, what it says goes there instead of the terminal.

    Raises ServerError when it fails, with the last line that it said.
    """
    command = [*django_command(*arguments), "--skip-checks"]
    if log is None:
        if _run_aloud(command, django_environment(role)) != 0:
            raise ServerError(f"`{arguments[0]}` did not succeed: see its message above.")
        return
    with log.open("ab") as out:
        done = subprocess.run(
            command, env=django_environment(role), stdout=out, stderr=subprocess.STDOUT, check=False
        )
    if done.returncode != 0:
        raise ServerError(f"`{arguments[0]}` did not succeed ({last_line(log)}): see {log}.")


def _run_aloud(command: list[str], environment: dict[str, str]) -> int:
    """Run it and say what it says; where that has no room any more, it goes on to its end all the same.

    Raises OSError then, when it has ended. Ctrl-C is ours alone, and ends it without a traceback.
    """
    full: OSError | None = None
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, text=True, process_group=0
    ) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                try:
                    if full is None:
                        sys.stdout.write(line)
                        sys.stdout.flush()
                except OSError as error:
                    full = error
        except KeyboardInterrupt:
            process.terminate()
            raise
    if full is not None and process.returncode == 0:
        raise full
    return process.returncode


def last_line(log: Path) -> str:
    """The last thing that a program has said in its log."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return next((line.strip().rstrip(".") for line in reversed(lines) if line.strip()), "it said nothing")


def web_command(host: str, port: int, workers: int) -> list[str]:
    """Command line of the web server: `workers` processes, each with the threads of `config/asgi.py`.

    A client has ten seconds for the head of a request, and may hold a connection, but no thread, meanwhile.
    """
    return [
        sys.executable, "-m", "granian", "--interface", "asgi", "--no-ws", "--loop", "asyncio",
        "--host", host, "--port", str(port), "--workers", str(workers),
        "--http1-header-read-timeout", "10000", "--backlog", "2048", "--backpressure", "2000",
        "--workers-kill-timeout", "10", "--respawn-failed-workers",
        "--log-level", "warning", "--no-access-log", APPLICATION,
    ]  # fmt: skip


def worker_command(concurrency: int) -> list[str]:
    """Command line of the worker that runs queued jobs."""
    loading = [sys.executable, "-m", "hearth.server.starting", "django"]
    return [*loading, "worker", "--concurrency", str(concurrency)]


def become(command: Sequence[str], environment: dict[str, str]) -> None:
    """Replace this process by `command`: signals then reach it without a go-between. Does not return."""
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(command[0], list(command), environment)  # noqa: S606  (no shell on purpose)


def chosen_port() -> int:
    """The port named by `PORT`, else 8000."""
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise ServerError(f"PORT is {text!r}: give a number between 1 and 65535, for example `PORT=9000`.")
    return int(text)


def refuse_taken(host: str, port: int) -> None:
    """Raise ServerError when something listens on the port already, or we may not."""
    # The web server shares a port with whoever else allows it (SO_REUSEPORT), so it would not notice.
    if not 0 < port < 65536:
        raise ServerError(f"{port} is no port: give a number between 1 and 65535, for example `--port 9000`.")
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError as error:
            raise ServerError(
                f"This user may not open port {port}: take one above 1023, for example `PORT=8000`."
            ) from error
        except (socket.gaierror, UnicodeError) as error:
            raise ServerError(
                f"--host {host} is no address of this machine: give 127.0.0.1, 0.0.0.0 or one of its own."
            ) from error
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise ServerError(
                    f"This machine cannot listen on --host {host} ({error.strerror}): give 127.0.0.1, 0.0.0.0"
                    " or an address of its own."
                ) from error
            raise ServerError(
                f"Port {port} on {host} is taken by another program: stop that program, or choose another "
                f"port, for example `PORT={port + 1 if port < 65535 else 8000}`."
            ) from error
