"""Helpers of the import tests: import an invented export, and see what the database holds."""

from pathlib import Path
from typing import Any

import psycopg

from hearth.hmis.access.models import User
from hearth.hmis.exchange.importing.perform import perform
from hearth.hmis.exchange.models import ImportRun
from hearth.server import contents, database

#: What an import leaves behind even where it writes no record: its run, the log, jobs, sequences.
_TRACES = ("exchange_", "audit_accesslog", "procrastinate_", "django_", "sequence ", "hearth_key_check")


def begin(by: User, path: Path, **parameters: Any) -> ImportRun:
    """A run that has not begun."""
    return ImportRun.objects.create(
        created_by=by,
        file_name=path.name,
        parameters={"source": "", "is_shared": False, "folder": ""} | parameters,
    )


def import_export(by: User, path: Path, **parameters: Any) -> ImportRun:
    """Import; returns the run as it ended."""
    return perform(begin(by, path, **parameters), path)


def finished(by: User, path: Path, **parameters: Any) -> ImportRun:
    """Import; it must succeed."""
    run = import_export(by, path, **parameters)
    assert run.state == "finished", run.message
    return run


def records() -> dict[str, contents.Content]:
    """Rows and checksum of every table that holds records or their history."""
    with psycopg.connect(database.url("loader")) as connection:
        found = contents.contents(connection)
    return {name: content for name, content in found.items() if not any(t in name for t in _TRACES)}


def counted(run: ImportRun, part: str) -> dict[str, int]:
    """Files with rows that were added, changed, deleted or left out."""
    return {file: count[part] for file, count in run.counts.items() if count.get(part)}


def checks(run: ImportRun) -> set[str]:
    """The checks that found something."""
    return {one["check"] for one in run.findings_summary}
