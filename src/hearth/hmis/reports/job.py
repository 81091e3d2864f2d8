"""A report as a job of the worker: its files are kept for some weeks, what it counted for good."""

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings

from hearth.hmis.jobs import kept_files, life
from hearth.hmis.jobs.kinds import Kind
from hearth.hmis.reports.heartbeat import ReportHeartbeat
from hearth.hmis.reports.making import make_result
from hearth.hmis.reports.models import ReportRun, ReportState
from hearth.hmis.reports.request import RequestError
from hearth.reporting.runtime.parameters import ReportRefused
from hearth.reporting.runtime.run import StepFailed
from hearth.reporting.sources.snapshot import SnapshotError


def folder_of(run: ReportRun) -> Path:
    """Where the files of a report lie."""
    path = Path(settings.MEDIA_ROOT) / "reports"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path / str(run.pk)


def work(run_id: int) -> None:
    """Make the report of a run that a page queued. Begun again after a worker's end, it starts anew."""
    run = ReportRun.objects.select_related("created_by").filter(pk=run_id).first()
    if run is not None and not run.has_ended:
        perform(run)


def perform(run: ReportRun) -> ReportRun:
    """Make the report that `run` asks for, with the rights of who asked; returns the ended run.

    Never raises for what can go wrong on the way: the run's state and message say it. The files are there
    whole or not at all.
    """
    heartbeat, folder = ReportHeartbeat(run), folder_of(run)

    def make() -> dict[str, Any]:
        shutil.rmtree(folder, ignore_errors=True)  # of an earlier attempt
        done = make_result(run, folder, heartbeat)
        if done.zip is not None:
            folder.chmod(0o700)
        return {
            "file": folder.relative_to(settings.MEDIA_ROOT).as_posix() if done.zip else "",
            "file_name": done.zip.name if done.zip else "",
            "file_bytes": done.zip.stat().st_size if done.zip else None,
            "sha256": done.input_sha256,
            "counts": done.rows,
            "result": done.result,
            "parameters": run.parameters,
        }

    return life.perform(run, heartbeat, make, patience=life.WORKER_PATIENCE)


def tidy(run: ReportRun) -> None:
    """Remove the files of a report that is over without a result."""
    shutil.rmtree(folder_of(run), ignore_errors=True)


def clear_away() -> None:
    """Remove the files of reports after their days, and what a killed worker left."""
    kept_files.remove_old(ReportRun, folder_of(ReportRun(pk=0)).parent, settings.REPORT_KEPT_DAYS)


KIND = Kind(
    model=ReportRun,
    noun="report",
    nothing="Nothing of it is left.",
    task="hearth.hmis.reports.tasks.make_report",
    first_state=ReportState.READING,
    memory="Ask an administrator to raise HEARTH_REPORT_MEMORY, or choose a shorter time.",
    refusals=(RequestError, ReportRefused),
    told=(SnapshotError, StepFailed),
    tidy=tidy,
    clear_away=clear_away,
)
