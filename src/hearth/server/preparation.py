"""What has to be done before the application can start, each part only when something has changed.

What was done is noted in `prepared.json` in the data folder, with what it depended on; without the note
the part is simply done again, so the file may be deleted at any time.
"""

import hashlib
import json
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

import psycopg

from hearth.server import database
from hearth.server.errors import ServerError
from hearth.server.home import Home
from hearth.server.processes import django, django_environment, last_line

PACKAGE = Path(__file__).resolve().parent.parent
# Another process: this package loads no Django.
FILL = """
import sys, django
django.setup()
from hearth.hmis.exchange.demo import fill
from hearth.server.errors import ServerError
try:
    fill()
except ServerError as error:
    sys.exit(str(error))
"""


class Preparation:
    """Migrations, static files and the invented Minnesota of one data folder."""

    def __init__(self, home: Home) -> None:
        self.note = home.path / "prepared.json"
        # Log-ins of the demonstration, as text to print; written when it was filled.
        self.accounts = home.keys / "demo_accounts"
        self.log = home.logs / "prepare.log"
        self.static = home.path / "static"
        try:
            self.done: dict[str, str] = json.loads(self.note.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            self.done = {}

    def migrate(self) -> bool:
        """Bring the tables up to date. True when there was something to do."""
        # The database's own record is part of the mark: a restored backup is migrated again.
        if self.done.get("migrated") == self._migrated_mark():
            return False
        django("migrate", role="owner", log=self.log)
        self._remember("migrated", self._migrated_mark())
        return True

    def collect_static(self) -> bool:
        """Gather style sheets, scripts and pictures where the web server reads them."""
        mark = _mark(PACKAGE.glob("hmis/**/static/**/*"))
        if self.done.get("static") == mark and any(self.static.glob("*.json")):
            return False
        django("collectstatic", "--no-input", "--clear", "--verbosity=0", log=self.log)
        self._remember("static", mark)
        return True

    def is_filled(self) -> bool:
        """Whether this database has the invented Minnesota already."""
        return self.done.get("filled") == _applied()[0] != ""

    def fill(self) -> None:
        """Load the invented Minnesota; it shows its own progress. Does nothing to a database that has it."""
        if self.is_filled():
            return
        # What is not its progress bar goes to the log of the preparation.
        with self.log.open("ab") as log:
            done = subprocess.run(
                [sys.executable, "-c", FILL], env=django_environment(), stderr=log, check=False
            )
        if done.returncode != 0:
            raise ServerError(
                f"The invented Minnesota could not be loaded ({last_line(self.log)}): see {self.log}."
            )
        self._remember("filled", _applied()[0])

    def _migrated_mark(self) -> str:
        return f"{_mark(PACKAGE.glob('hmis/**/migrations/*.py'))} {_applied()[1]}"

    def _remember(self, part: str, mark: str) -> None:
        self.done[part] = mark
        fresh = self.note.with_suffix(".new")
        fresh.write_text(json.dumps(self.done, indent=1), encoding="utf-8")
        fresh.replace(self.note)


def _mark(files: Iterable[Path]) -> str:
    """Changes when one of the files or an installed package's version changes."""
    mark = hashlib.sha256()
    site = Path(sysconfig.get_path("purelib"))
    mark.update("\n".join(sorted(path.name for path in site.glob("*.dist-info"))).encode())
    for path in sorted(files):
        if path.is_file():
            facts = path.stat()
            mark.update(f"{path}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode())
    return mark.hexdigest()


def _applied() -> tuple[str, str]:
    """When the first and the last migration ran: the first tells databases apart. ("", "") without tables."""
    with psycopg.connect(database.url("owner")) as connection:
        if connection.execute("SELECT to_regclass('public.django_migrations')").fetchone() == (None,):
            return "", ""
        row = connection.execute(
            "SELECT min(applied)::text, max(applied)::text FROM django_migrations"
        ).fetchone()
        return (row[0] or "", row[1] or "") if row else ("", "")
