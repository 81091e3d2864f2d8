"""An export as a job of the worker: the zip is kept for a few days, for whoever asked to fetch it."""

from pathlib import Path

from django.conf import settings

from hearth.hmis.exchange.exporting import local_answers
from hearth.hmis.exchange.exporting.perform import perform
from hearth.hmis.exchange.exporting.request import RequestError
from hearth.hmis.exchange.models import ExportRun, RunState
from hearth.hmis.jobs import kept_files
from hearth.hmis.jobs.kinds import Kind
from hearth.hmis.jobs.life import WORKER_PATIENCE

#: A finished export is client data that lies about: it goes after so many days.
KEPT_DAYS = 7


def folder() -> Path:
    """Where finished exports lie."""
    path = Path(settings.MEDIA_ROOT) / "exports"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def work(run_id: int) -> None:
    """Perform the export of a run that a page queued. Begun again after a worker's end, it starts anew."""
    run = ExportRun.objects.select_related("created_by").filter(pk=run_id).first()
    if run is None or run.has_ended:
        return
    target = folder() / f"{run.pk}.zip"
    run.file = target.relative_to(settings.MEDIA_ROOT).as_posix()
    perform(run, target, patience=WORKER_PATIENCE)


def tidy(run: ExportRun) -> None:
    """Remove the zips of an export that is over without a result."""
    if run.job is not None:
        for path in (target := folder() / f"{run.pk}.zip", local_answers.path_beside(target)):
            path.unlink(missing_ok=True)


def clear_away() -> None:
    """Remove finished exports after their days, and what a killed worker left."""
    kept_files.remove_old(ExportRun, folder(), KEPT_DAYS)


KIND = Kind(
    model=ExportRun,
    noun="export",
    nothing="No file was written.",
    task="hearth.hmis.exchange.tasks.export_hmis_csv",
    first_state=RunState.STAGING,
    memory="Close other programs, or export a shorter period.",
    refusals=(RequestError,),
    tidy=tidy,
    clear_away=clear_away,
)
