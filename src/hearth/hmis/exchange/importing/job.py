"""An import as a job of the worker: the uploaded file is there until the run has ended, and not longer."""

import shutil
from datetime import timedelta
from pathlib import Path

import structlog
from django.conf import settings
from django.utils import timezone

from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.exchange.importing.failures import NOTHING_WRITTEN
from hearth.hmis.exchange.importing.perform import perform
from hearth.hmis.exchange.importing.run_files import folder_of, tidy
from hearth.hmis.exchange.importing.settling import ANSWER_DAYS
from hearth.hmis.exchange.models import ImportRun, RunState
from hearth.hmis.jobs.kinds import Kind
from hearth.hmis.jobs.life import WORKER_PATIENCE
from hearth.hmis.jobs.models import ENDED

log = structlog.get_logger(__name__)


def work(run_id: int) -> None:
    """Perform the import of a run that a page queued."""
    run = ImportRun.objects.select_related("created_by").filter(pk=run_id).first()
    if run is None or run.has_ended:
        return
    run = perform(run, folder_of(run) / "upload.zip", patience=WORKER_PATIENCE)
    if run.has_ended:
        tidy(run)


def end_unanswered() -> int:
    """End imports whose question nobody answered for some days: an upload does not wait for ever."""
    late = timezone.now() - timedelta(days=ANSWER_DAYS)
    return ImportRun.objects.filter(state=RunState.ASKING, finished_at__lt=late).update(
        state=RunState.CANCELLED, message=f"Nobody answered within {ANSWER_DAYS} days. {NOTHING_WRITTEN}"
    )


def clear_away() -> None:
    """Remove files of imports that are over or never were, after those that nobody answered are ended."""
    end_unanswered()
    runs = ImportRun.objects.in_bulk()
    for folder in (Path(settings.MEDIA_ROOT) / "imports").glob("[0-9]*"):
        run = runs.get(int(folder.name))
        if run is None:
            shutil.rmtree(folder, ignore_errors=True)
            log.info("import_files_removed", run=folder.name)
        elif run.state in ENDED:
            tidy(run)


def _say_in_access_log(run: ImportRun) -> None:
    record_access(
        by=run.created_by_id, action=Access.IMPORTED, subject=f"importrun:{run.pk}", state=str(run.state)
    )


KIND = Kind(
    model=ImportRun,
    noun="import",
    nothing=NOTHING_WRITTEN,
    task="hearth.hmis.exchange.tasks.import_hmis_csv",
    first_state=RunState.OPENING,
    memory="Close other programs, or import a shorter period.",
    tidy=tidy,
    ended=_say_in_access_log,
    clear_away=clear_away,
)
