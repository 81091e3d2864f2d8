"""A report as a job of the worker: its files are kept for some weeks, what it counted for good."""

import shutil
import time
from pathlib import Path

import structlog
from django.conf import settings
from django.utils import timezone

from hearth.hmis.jobs.models import ENDED
from hearth.hmis.reports.making import make_result
from hearth.hmis.reports.models import ReportRun, ReportState
from hearth.hmis.reports.progress import ReportPulse
from hearth.hmis.reports.refusal import Ended, explained

log = structlog.get_logger(__name__)

#: How often a report is begun: one that makes the worker die must not do so for ever.
ATTEMPTS = 3


def folder_of(run: ReportRun) -> Path:
    """Where the files of a report lie."""
    path = Path(settings.MEDIA_ROOT) / "reports"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path / str(run.pk)


def work(run_id: int, *, attempt: int) -> None:
    """Make the report of a run that a page queued. Begun again after a worker's end, it starts anew."""
    run = ReportRun.objects.select_related("created_by").filter(pk=run_id).first()
    if run is None or run.has_ended:
        return
    if attempt > ATTEMPTS:
        sentence = f"The report was begun {ATTEMPTS} times, and each time the worker was stopped."
        _end(run, Ended(sentence, "Ask an administrator to look at the worker's memory and log."))
    else:
        perform(run)


def perform(run: ReportRun) -> ReportRun:
    """Make the report that `run` asks for, with the rights of who asked; returns the ended run.

    Never raises for what can go wrong on the way: the run's state and message say it. The files are there
    whole or not at all.
    """
    run.state, run.started_at, run.progress = ReportState.READING, timezone.now(), {}
    run.save(update_fields=["state", "started_at", "progress"])
    folder = folder_of(run)
    shutil.rmtree(folder, ignore_errors=True)  # of an earlier beginning
    try:
        with ReportPulse(run) as pulse, explained():
            done = make_result(run, folder, pulse)
    except Ended as ended:
        shutil.rmtree(folder, ignore_errors=True)
        log.info("report_ended", run=run.pk, state=str(ended.state))
        _end(run, ended)
    except Exception:
        log.exception("report_failed", run=run.pk)
        shutil.rmtree(folder, ignore_errors=True)
        _end(
            run,
            Ended(
                "Something went wrong that Hearth did not foresee.",
                "An administrator finds it in the log of the worker.",
            ),
        )
    else:
        folder.chmod(0o700)
        run.file = folder.relative_to(settings.MEDIA_ROOT).as_posix()
        run.file_name, run.file_bytes, run.sha256 = done.zip.name, done.zip.stat().st_size, done.input_sha256
        run.counts, run.result = done.rows, done.result
        run.state, run.message, run.finished_at = ReportState.FINISHED, "", timezone.now()
        run.save()
    return run


def _end(run: ReportRun, ended: Ended) -> None:
    run.state, run.message, run.finished_at = ended.state, ended.message, timezone.now()
    run.save(update_fields=["state", "message", "finished_at"])


def clear_away() -> None:
    """Remove the files of reports after their days, and what a killed worker left."""
    kept = settings.REPORT_KEPT_DAYS * 24 * 3600
    at_work = {str(pk) for pk in ReportRun.objects.exclude(state__in=ENDED).values_list("pk", flat=True)}
    for path in folder_of(ReportRun(pk=0)).parent.iterdir():
        if path.name.strip(".").split(".")[0] not in at_work and time.time() - path.stat().st_mtime > kept:
            shutil.rmtree(path, ignore_errors=True)
            log.info("report_files_removed", run=path.name)
