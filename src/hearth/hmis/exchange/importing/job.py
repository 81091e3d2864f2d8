"""An import as a job of the worker: the uploaded file is there until the run has ended, and not longer."""

import shutil
import time
from pathlib import Path

import structlog
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from hearth.hmis.exchange.actions import end_abandoned_imports
from hearth.hmis.exchange.importing.ending import write_end
from hearth.hmis.exchange.importing.perform import folder_of, perform
from hearth.hmis.exchange.importing.refusal import Ended
from hearth.hmis.exchange.models import ImportRun

log = structlog.get_logger(__name__)

#: How often an import is begun: a file that makes the worker die must not do so for ever.
ATTEMPTS = 3
_DATABASE_PATIENCE = 120
_KEPT_SECONDS = 24 * 3600


def keep_upload(run: ImportRun, upload: UploadedFile) -> str:
    """Move an uploaded file into the run's private folder (a large one without copying); returns its place
    relative to `Home.files`."""
    folder = folder_of(run)
    folder.mkdir(parents=True, mode=0o700, exist_ok=True)
    target = folder / "upload.zip"
    if hasattr(upload, "temporary_file_path"):
        shutil.move(upload.temporary_file_path(), target)
    else:
        with target.open("wb") as file:
            for chunk in upload.chunks():
                file.write(chunk)
    target.chmod(0o600)
    return target.relative_to(settings.MEDIA_ROOT).as_posix()


def work(run_id: int, *, attempt: int) -> None:
    """Perform the import of a run that a page queued."""
    run = ImportRun.objects.select_related("created_by").filter(pk=run_id).first()
    if run is None or run.has_ended:
        return
    upload = folder_of(run) / "upload.zip"
    if attempt > ATTEMPTS:
        ended = Ended(
            f"The import was begun {ATTEMPTS} times, and each time the worker was stopped.",
            "Nothing was imported. Ask an administrator to look at the worker's memory and log.",
        )
        write_end(run, ended, _DATABASE_PATIENCE)
    else:
        run = perform(run, upload, patience=_DATABASE_PATIENCE)
    if run.has_ended:
        upload.unlink(missing_ok=True)


def clear_away() -> None:
    """Remove files of imports that are over or never were, a day after they came."""
    end_abandoned_imports()
    waiting = {str(run.pk) for run in ImportRun.objects.all() if not run.has_ended}
    for folder in (Path(settings.MEDIA_ROOT) / "imports").glob("*"):
        upload = folder / "upload.zip"
        if folder.name in waiting or not upload.exists():
            continue
        if time.time() - upload.stat().st_mtime > _KEPT_SECONDS:
            upload.unlink(missing_ok=True)
            log.info("upload_removed", run=folder.name)
