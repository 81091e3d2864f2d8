"""The files of an import in its private folder: the upload, and findings. None outlives its use."""

import shutil
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from hearth.hmis.exchange.models import ImportRun, RunState


def folder_of(run: ImportRun) -> Path:
    """The run's private folder: the uploaded file, and findings."""
    return Path(settings.MEDIA_ROOT) / "imports" / str(run.pk)


def differences_of(run: ImportRun) -> Path:
    """Where the values stand that an import asks about, while it asks."""
    return folder_of(run) / "differences.parquet"


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


def tidy(run: ImportRun) -> None:
    """Remove what an import that is over must not leave: the upload, and findings that were not kept. One
    that waits for an answer needs both."""
    if run.state == RunState.ASKING:
        return
    (folder_of(run) / "upload.zip").unlink(missing_ok=True)
    differences_of(run).unlink(missing_ok=True)
    if not run.findings_file:
        (folder_of(run) / "findings.parquet").unlink(missing_ok=True)
