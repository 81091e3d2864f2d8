"""The snapshot that reports read from the database: the first copy, and bringing it up to date.

An invented export (`hearth synth`) is imported into a PostgreSQL of its own, which takes most of the time.
Then the first copy of everything, a refresh when nothing changed, and one after 1,000 enrollments and other
records of theirs changed, each in a process of its own, whose memory is measured. At the end the whole
command, `hearth report lsa db`, with everything that it needs.
"""

import json
import subprocess
import sys
import time

import psycopg

from bench.figures import Figure
from bench.installation import ADMINISTRATOR, Installation

# 1.5 million enrollments, 30 million records.
CLIENTS, SMALL_CLIENTS = 820_000, 5_000
YEARS = 8
COC = "MN-500"
CHANGED = 1_000

_REFRESH = """
import json, os, resource, time
os.environ["DJANGO_SETTINGS_MODULE"] = "hearth.hmis.config.settings"
import django
django.setup()
from hearth.hmis.reports.snapshot import refreshed
from hearth.reporting.sources.snapshot import states
began, used = time.monotonic(), os.times()
state = refreshed(memory_limit="2GB")
seconds, now = time.monotonic() - began, os.times()
files = states.read(state).files
print(json.dumps({
    "seconds": seconds,
    "processor": now.user + now.system - used.user - used.system,
    "rows": sum(kept.rows for kept in files.values()),
    "enrollments": files["Enrollment"].rows,
    "bytes": sum(path.stat().st_size for path in state.iterdir()),
    "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6,
}))
"""
_CHANGES = (
    "UPDATE enrollments_enrollment SET move_in_date = '2026-03-04', updated_at = now()"
    " WHERE id IN (SELECT id FROM chosen)",
    "UPDATE enrollments_exit SET destination = 410 WHERE enrollment_id IN (SELECT id FROM chosen)",
    "INSERT INTO enrollments_currentlivingsituation"
    " (data_source_id, hud_id, enrollment_id, organization_id, project_id, information_date,"
    " current_living_situation)"
    " SELECT data_source_id, 'bench' || id, id, organization_id, project_id, '2026-03-04', 116"
    " FROM enrollments_enrollment WHERE id IN (SELECT id FROM chosen)",
)


def run(small: bool) -> list[Figure]:
    """First copy, nothing changed, 1,000 stays changed, and a whole report."""
    with Installation() as here:
        export = here.folder / "invented.zip"
        options = ["--clients", str(SMALL_CLIENTS if small else CLIENTS), "--coc", COC, "--years", str(YEARS)]
        here.hearth("synth", *options, "--out", str(export))
        here.hearth("import", str(export), "--yes", "--as", ADMINISTRATOR)
        export.unlink()
        first = _refreshed(here)
        idle = _refreshed(here)
        _change(here)
        changed = _refreshed(here)
        report = ["--coc", COC, "--start", "2025-10-01", "--end", "2026-09-30", "--memory", "4GB"]
        began = time.monotonic()
        here.hearth("report", "lsa", "db", *report, "--out", str(here.folder / "lsa"))
        whole = time.monotonic() - began
    return [
        Figure("enrollments", first["enrollments"], "enrollments"),
        Figure("records", first["rows"], "rows"),
        Figure("first copy", first["rows"] / first["seconds"], "rows/s", at_least=300_000),
        Figure("its time", first["seconds"], "s", note=f"{first['processor']:.1f} s of its processor time"),
        Figure("memory of its process", first["memory"], "MB"),
        Figure("size on disk", first["bytes"] / 1e6, "MB"),
        Figure("refresh, nothing changed", idle["seconds"], "s"),
        Figure("refresh, 1,000 stays changed", changed["seconds"], "s", below=3),
        Figure("LSA from the database, whole command", whole, "s"),
    ]


def _refreshed(here: Installation) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-c", _REFRESH], env=here.environment, check=True, capture_output=True, text=True
    )
    return dict(json.loads(done.stdout))


def _change(here: Installation) -> None:
    """Change 1,000 stays all over the table, with their history, as somebody who may."""
    url = subprocess.run(
        [sys.executable, "-c", "from hearth.server import database; print(database.url('superuser'))"],
        env=here.environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    with psycopg.connect(url) as connection:
        connection.execute(
            "CREATE TEMP TABLE chosen AS SELECT id FROM enrollments_enrollment ORDER BY md5(id::text)"
            " LIMIT %s",
            [CHANGED],
        )
        for change in _CHANGES:
            connection.execute(change)
