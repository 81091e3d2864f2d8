"""An installation of its own for a benchmark: data folder, PostgreSQL, web server; removed at the end."""

import http.cookiejar
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

PASSWORD = "bench marks the spot 77"
ADMINISTRATOR = "bench@example.org"

# Run in a process of its own, so that the benchmark needs no Django.
_ACCOUNT = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "hearth.hmis.config.settings"
import django
django.setup()
from hearth.hmis.access.models import User
user = User.objects.get(email={email!r})
user.set_password({password!r})
user.save()
"""


class Installation:
    """Context manager: `hearth` commands in a fresh data folder, and a visitor who is signed in.

    `source`: the `src` of another state of the code, to be compared with this one.
    """

    def __init__(self, source: Path | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="hearth-bench-"))
        self.home = self.folder / "home"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.environment = os.environ | {
            "HEARTH_HOME": str(self.home), "PORT": str(self.port),
            "HEARTH_SECOND_STEP_FOR": "", "HEARTH_ASK_AGAIN_MINUTES": "0",  # the visitor has a password alone
        }  # fmt: skip
        if source is not None:
            self.environment["PYTHONPATH"] = str(source)
        self.children: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> "Installation":
        self.hearth("db", "start")
        self.hearth("db", "migrate")
        return self

    def __exit__(self, *gone: object) -> None:
        for child in self.children:
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
                child.wait(20)
        self.hearth("db", "stop")
        postgres = self.home / "postgres"
        if postgres.is_symlink():
            shutil.rmtree(postgres.resolve(), ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def postmaster(self) -> int:
        """The process above all of the database's."""
        return postmaster(self.home)

    def hearth(self, *arguments: str) -> None:
        """Run one command to its end. Raises CalledProcessError when it fails."""
        subprocess.run([command(), *arguments], env=self.environment, check=True, stdout=subprocess.DEVNULL)

    def started(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """Start a command that goes on."""
        with (self.folder / f"{arguments[0]}.log").open("wb") as log:
            child = subprocess.Popen(
                [command(), *arguments], env=self.environment, stdout=log, stderr=subprocess.STDOUT
            )
        self.children.append(child)
        return child

    def serve(self) -> "Visitor":
        """Start the web server, and sign in as the administrator whom an import has made."""
        code = _ACCOUNT.format(email=ADMINISTRATOR, password=PASSWORD)
        subprocess.run([sys.executable, "-c", code], env=self.environment, check=True, capture_output=True)
        subprocess.run(
            [sys.executable, "-m", "django", "collectstatic", "--noinput"],
            env=self.environment | {"DJANGO_SETTINGS_MODULE": "hearth.hmis.config.settings"},
            check=True,
            capture_output=True,
        )
        self.started("serve")
        visitor = Visitor(f"http://127.0.0.1:{self.port}")
        deadline = time.monotonic() + 60
        while not visitor.answers():
            if time.monotonic() > deadline:
                raise TimeoutError("The web server did not answer within a minute.")
            time.sleep(0.2)
        visitor.sign_in()
        return visitor


def postmaster(home: Path) -> int:
    """The process above all of the database's, by the data folder that it serves."""
    return int((home / "postgres" / "data" / "postmaster.pid").read_text().split()[0])


def command() -> str:
    """The `hearth` of this environment."""
    return str(Path(sys.executable).parent / "hearth")


class Visitor:
    """Somebody who is signed in and asks for pages."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def answers(self) -> bool:
        """Whether the server is there."""
        try:
            return self.opener.open(f"{self.base}/health/", timeout=2).status == 200
        except OSError:
            return False

    def sign_in(self) -> None:
        page = self.get("/account/login/")
        self.post("/account/login/", {"login": ADMINISTRATOR, "password": PASSWORD}, page)
        if "/account/" in self.opener.open(f"{self.base}/").url:
            raise RuntimeError("The benchmark's administrator could not sign in.")

    def get(self, path: str) -> str:
        """The page at a path; raises HTTPError unless it is there."""
        with self.opener.open(self.base + path, timeout=60) as answer:
            return str(answer.read().decode())

    def post(self, path: str, values: dict[str, str], page: str) -> str:
        """Send a form of `page`."""
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        sent = values | {"csrfmiddlewaretoken": found[1] if found else ""}
        request = urllib.request.Request(
            self.base + path,
            urllib.parse.urlencode(sent).encode(),
            {"Referer": self.base + path, "Origin": self.base},
        )
        with self.opener.open(request, timeout=60) as answer:
            return str(answer.read().decode())
