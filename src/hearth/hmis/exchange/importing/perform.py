"""One import, from the file to the commit. Whatever goes wrong before the commit, nothing was written.

The run's own row tells how it ended. When it finished, that is written in the same transaction as the
records, so that a run says "finished" exactly when its records are there; so is its line in the access log.
"""

import json
import os
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models.functions import Now

from hearth.hmis.access.context import acting
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.exchange.importing import already, origin
from hearth.hmis.exchange.importing.layout import layouts
from hearth.hmis.exchange.importing.matching import Matching
from hearth.hmis.exchange.importing.pulse import Pulse
from hearth.hmis.exchange.importing.refusal import CalledOff, Ended, explained, refusal
from hearth.hmis.exchange.importing.sealing import seal
from hearth.hmis.exchange.importing.writing import Count, Writer
from hearth.hmis.exchange.models import ENDED, ImportRun, RunState
from hearth.reporting.runtime import engine
from hearth.reporting.sources import Source, Staged, Summary, open_source, stage
from hearth.reporting.sources.collected import Collected
from hearth.server import database

log = structlog.get_logger(__name__)

#: The engine's buffers; the process needs about 300 MB more.
ENGINE_MEMORY = "700MB"
GENTLE = 10  # how much the import steps back behind people who wait for pages
_ANALYZE_FROM = 1_000
_SOURCE_LOCK = 7_301_002

Show = Callable[[dict[str, Any]], None]
#: Asked before anything is written, with the summary of findings, the number of rows and the data source
#: (its name; whether it is new). False calls the import off.
Confirm = Callable[[list[Summary], int, str, bool], bool]


def perform(
    run: ImportRun,
    path: Path,
    *,
    show: Show | None = None,
    confirm: Confirm | None = None,
    patience: float = 5,
) -> ImportRun:
    """Import the export at `path` for `run`, as its creator; returns the run as it ended.

    Never raises for what a file, a disk or a database may do: the run's state and message say it.
    `patience` is for how many seconds a database that went away is waited for, to write down the end.
    Ctrl-C in the main thread cancels.
    """
    ImportRun.objects.filter(pk=run.pk).update(
        state=RunState.OPENING, started_at=Now(), heartbeat_at=Now(), message=""
    )
    run.refresh_from_db()
    folder = folder_of(run)
    _clear(folder)
    folder.mkdir(parents=True, mode=0o700, exist_ok=True)
    pulse = Pulse(run, show)
    end: Ended | None = None
    try:
        with pulse, explained():
            _Import(run, path, folder, pulse, confirm).run_all()
    except Ended as error:
        end = error
    except KeyboardInterrupt:
        end = CalledOff("The import was cancelled.", "Nothing was imported.")
    except Exception:
        log.exception("import_failed", run=run.pk)
        end = Ended(
            "The import stopped because of a fault in Hearth.",
            f"Nothing was imported. Please report it with the log entry of import {run.pk}.",
        )
    finally:
        _clear(folder)
    if end is not None:
        _write_end(run, end, patience)
        return run
    run.refresh_from_db()
    return run


def folder_of(run: ImportRun) -> Path:
    """The run's private folder: the uploaded file, work files while it runs, findings."""
    return Path(settings.MEDIA_ROOT) / "imports" / str(run.pk)


def _clear(folder: Path) -> None:
    """Remove work files, also those that a killed process left."""
    for left in folder.glob("hearth-source-*"):
        shutil.rmtree(left, ignore_errors=True)


def _write_end(run: ImportRun, end: Ended, patience: float) -> None:
    """Write down an end without an import, when the database is there or comes back in time."""
    deadline = time.monotonic() + patience
    run.state, run.message = end.state, end.message
    while True:
        try:
            ImportRun.objects.filter(pk=run.pk).exclude(state__in=ENDED).update(
                state=end.state,
                message=end.message,
                finished_at=Now(),
                findings_summary=run.findings_summary,
                findings_file=run.findings_file,
                sha256=run.sha256,
                year=run.year,
                file_bytes=run.file_bytes,
            )
            with acting(run.created_by):
                record_access(
                    by=run.created_by_id,
                    action=Access.IMPORTED,
                    subject=f"importrun:{run.pk}",
                    state=str(end.state),
                )
            run.refresh_from_db()
            return
        except DatabaseError:
            connection.close()
            if time.monotonic() > deadline:
                log.warning("import_end_not_written", run=run.pk)
                return
            time.sleep(0.5)


class _Import:
    """The work of one run, part by part."""

    def __init__(
        self, run: ImportRun, path: Path, folder: Path, pulse: Pulse, confirm: Confirm | None
    ) -> None:
        self.run, self.path, self.folder, self.pulse, self.confirm = run, path, folder, pulse, confirm
        self.seconds: dict[str, float] = {}
        self.began = time.monotonic()

    def run_all(self) -> None:
        _step_back()
        if self.path.exists():
            self.run.sha256 = already.fingerprint(self.path)
            self.run.file_bytes = self.path.stat().st_size if self.path.is_file() else None
            if self._was_imported():
                return
        self._lap("open")
        with open_source(
            self.path,
            folder=self.run.parameters.get("folder") or None,
            work_directory=self.folder,
            progress=self.pulse,
        ) as source:
            self._lap("read")
            self._read_and_write(source)

    def _lap(self, part: str) -> None:
        self.seconds[part] = round(time.monotonic() - self.began - sum(self.seconds.values()), 2)

    def _was_imported(self) -> bool:
        """End at once where the newest import of this data source had the same bytes."""
        same = already.same_import(self.run)
        if same is None:
            return False
        rows = {name: sum(count.values()) for name, count in same.counts.items()}
        counts = {name: asdict(Count(unchanged=number)) for name, number in rows.items()}
        when = f"{same.finished_at:%Y-%m-%d}" if same.finished_at else ""
        self.pulse.stop()
        self.run.year = same.year
        self.run.findings_summary = same.findings_summary
        if same.findings_file and (Path(settings.MEDIA_ROOT) / same.findings_file).exists():
            shutil.copyfile(Path(settings.MEDIA_ROOT) / same.findings_file, self.folder / "findings.parquet")
            self.run.findings_file = self._relative(self.folder / "findings.parquet")
        with psycopg.connect(database.url("loader")) as loader:
            _finish(
                loader.cursor(),
                self.run,
                int(same.data_source_id or 0),
                counts,
                f"Exactly this export was imported before ({when}): nothing has changed.",
                {"total": round(time.monotonic() - self.began, 2)},
            )
        return True

    def _relative(self, path: Path) -> str:
        return path.relative_to(settings.MEDIA_ROOT).as_posix()

    def _read_and_write(self, source: Source) -> None:
        self.run.year = source.year
        findings = self.folder / "findings.parquet"
        with engine.connected(
            source.work / "staged.duckdb", memory_limit=ENGINE_MEMORY, temp_directory=source.work
        ) as connection:
            self.pulse.on_cancel(connection.interrupt)
            if source.year is None:
                collected = Collected(connection)
                for problem in source.problems:
                    collected.add_problem(problem)
                self._keep_findings(collected.write(findings), findings)
                raise refusal([(p.sentence, p.remedy) for p in source.problems if p.stops])
            staged = stage(source, connection, progress=self.pulse, findings_path=findings)
            self._lap("stage")
            self._keep_findings(staged.summary, findings)
            stopping = [(p.sentence, p.remedy) for p in staged.problems if p.stops]
            found = [(s.sentence, s.remedy) for s in staged.summary if s.stops]
            if staged.stops:
                raise refusal(stopping + [one for one in found if one not in stopping])
            self._write(source, staged)

    def _keep_findings(self, summary: list[Summary], path: Path) -> None:
        self.run.findings_summary = [asdict(one) for one in summary]
        self.run.findings_file = self._relative(path)
        ImportRun.objects.filter(pk=self.run.pk).update(
            findings_summary=self.run.findings_summary,
            findings_file=self.run.findings_file,
            year=self.run.year,
        )

    def _write(self, source: Source, staged: Staged) -> None:
        with psycopg.connect(
            database.url("loader"), application_name=f"hearth import {self.run.pk}"
        ) as loader:
            self.pulse.on_cancel(loader.cancel)
            _step_back(loader.info.backend_pid)
            cursor = loader.cursor()
            home = self._lock_source(staged, cursor)
            if self.confirm is not None and not self.confirm(
                staged.summary, staged.rows, home.name, home.id is None
            ):
                raise CalledOff("The import was called off.", "Nothing was imported.")
            share = bool(self.run.parameters.get("is_shared"))
            data_source = origin.write(cursor, home)
            writer = Writer(
                staged.connection, cursor, data_source, self.run.created_by_id, share, self.pulse.add
            )
            writer.begin()
            self.pulse.begin("write", staged.rows)
            matching = Matching(
                staged.connection,
                cursor,
                data_source,
                is_new_source=home.id is None,
                share=share,
                heard=lambda count: self.pulse.check(),
            )
            for layout in layouts():
                self.pulse.file(layout.file)
                match = matching.match(layout)
                if layout.sealed and (match.new or match.changed):
                    seal(
                        staged.connection, layout.file, layout.sealed, match.writes, source.work,
                        lambda count: self.pulse.check(),
                    )  # fmt: skip
                self.pulse.add(match.unchanged)
                writer.write(layout, match)
            writer.mark_exits_before_entry()
            self._lap("write")
            self.pulse.stop()
            self.pulse.check()
            counts = {file: asdict(count) for file, count in writer.counts.items()}
            self.seconds["total"] = round(time.monotonic() - self.began, 2)
            _finish(cursor, self.run, data_source, counts, _said(writer.counts), self.seconds)
            loader.commit()
            _analyze(loader, writer)

    def _lock_source(self, staged: Staged, cursor: psycopg.Cursor) -> origin.Origin:
        """The data source, which no other import writes until the end of this transaction."""
        named = str(self.run.parameters.get("source") or "")
        self.pulse.begin("match")
        home = origin.find(staged.connection, cursor, named)
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(lower(%s)))", [_SOURCE_LOCK, home.name])
        return origin.find(staged.connection, cursor, named)  # who was first may have added it


def _finish(
    cursor: psycopg.Cursor,
    run: ImportRun,
    data_source: int,
    counts: dict[str, dict[str, int]],
    message: str,
    seconds: dict[str, float],
) -> None:
    """The end of a run that succeeded, and its line in the access log, in the records' transaction."""
    rows = sum(sum(count.values()) for count in counts.values())
    total = seconds["total"]
    progress = {
        "rows_done": rows,
        "rows_total": rows,
        "rows_per_second": round(rows / total) if total else rows,
        "seconds_left": 0,
        "share": 1,
        "seconds": seconds,
    }
    parameters = run.parameters | {"reader": already.reader()}
    cursor.execute(
        "UPDATE exchange_importrun SET state = 'finished', finished_at = clock_timestamp(),"
        " heartbeat_at = now(), message = %s, counts = %s, progress = %s, parameters = %s,"
        " findings_summary = %s, findings_file = %s, data_source_id = %s, year = %s, sha256 = %s,"
        " file_bytes = %s WHERE id = %s",
        [
            message, json.dumps(counts), json.dumps(progress), json.dumps(parameters),
            json.dumps(run.findings_summary), run.findings_file, data_source, run.year, run.sha256,
            run.file_bytes, run.pk,
        ],
    )  # fmt: skip
    cursor.execute(
        "INSERT INTO audit_accesslog (at, user_id, action, subject, details) VALUES (%s, %s, %s, %s, %s)",
        [
            datetime.now(UTC), run.created_by_id, Access.IMPORTED.value, f"importrun:{run.pk}",
            json.dumps({"state": "finished", "data_source": data_source, "rows": rows}),
        ],
    )  # fmt: skip


def _said(counts: dict[str, Count]) -> str:
    """The end of an import in one or two sentences."""
    total = Count()
    for count in counts.values():
        total.added += count.added
        total.changed += count.changed
        total.deleted += count.deleted
        total.unchanged += count.unchanged
        total.left_out += count.left_out
    if not (total.added or total.changed or total.deleted):
        return f"Nothing has changed: all {total.unchanged:,} records are as they were."
    said = (
        f"{total.added:,} records added, {total.changed:,} changed, {total.deleted:,} deleted,"
        f" {total.unchanged:,} unchanged."
    )
    if total.left_out:
        said += f" {total.left_out:,} deleted records were left out: what they belonged to was never here."
    return said


def _analyze(loader: psycopg.Connection, writer: Writer) -> None:
    """Fresh statistics, so that pages and searches stay quick after a large import."""
    loader.autocommit = True
    for layout in layouts():
        count = writer.counts.get(layout.file)
        if count and count.added + count.changed >= _ANALYZE_FROM:
            loader.execute(f"ANALYZE {layout.table}")


def _step_back(backend: int | None = None) -> None:
    """Let people who wait for pages go first: this thread (and those it starts), or the database's process
    for the import where the system lets us."""
    process = threading.get_native_id() if backend is None else backend
    try:
        if os.getpriority(os.PRIO_PROCESS, process) < GENTLE:
            os.setpriority(os.PRIO_PROCESS, process, GENTLE)
    except OSError:
        return
