"""A whole Hearth for the browser: the real web server, real static files, a database of its own.

One for all workers of a run (`tests/sharing.py`): whoever is first starts it.
"""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any

from hearth.server import processes
from tests.testdatabase import TestDatabase

CHECKOUT = Path(__file__).resolve().parent.parent.parent
OUTPUT = CHECKOUT / "test-output"
STARTED_WITHIN_SECONDS = 60


class Site:
    """A running site: `address`, and `ids` from seed.py; the server's log is test-output/server.log."""

    def __init__(self, database: str, address: str = "", ids: dict[str, Any] | None = None) -> None:
        self.database, self.address, self.ids = database, address, ids or {}
        self.environment = {
            **processes.django_environment(),
            "HEARTH_DB_NAME": database,
            "HEARTH_DEMO": "1",
        }
        self.log = OUTPUT / "server.log"

    def log_lines(self) -> list[dict[str, Any]]:
        """What the server logged, one object a line."""
        lines = self.log.read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]


class Running:
    """Context manager that starts a site, and gives what `Site` is made of."""

    def __init__(self, home: Path) -> None:
        self.database = TestDatabase(CHECKOUT, home, f"browser_{os.getpid()}")
        self.site = Site(self.database.name)
        self.environment, self.log = self.site.environment, self.site.log

    def __enter__(self) -> dict[str, Any]:
        OUTPUT.mkdir(exist_ok=True)
        self.database.__enter__()
        self._run("-m", "django", "collectstatic", "--noinput", "--verbosity=0")
        ids = json.loads(self._run("-m", "tests.browser.seed"))
        port = _free_port()
        self.address = f"http://127.0.0.1:{port}"
        with self.log.open("wb") as log:
            self._server = subprocess.Popen(
                processes.web_command("127.0.0.1", port, 1), env=self.environment, stderr=log, stdout=log
            )
        self._wait()
        return {"database": self.database.name, "address": self.address, "ids": ids}

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.terminate()
        try:
            self._server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()
        self.database.__exit__(kind, value, trace)

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            env=self.environment, cwd=CHECKOUT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(arguments)} failed:\n{done.stderr[-4000:]}")
        return done.stdout

    def _wait(self) -> None:
        end = time.monotonic() + STARTED_WITHIN_SECONDS
        while time.monotonic() < end:
            if self._server.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self.address}/health/ready/", timeout=5):
                    return
            except OSError:
                time.sleep(0.2)
        raise RuntimeError(f"The web server did not start:\n{self.log.read_text()[-4000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
