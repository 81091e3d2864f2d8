"""Starting imports. Each action is one transaction; the import itself is `importing`."""

from pathlib import Path

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.exchange.importing.job import KIND, keep_upload
from hearth.hmis.exchange.models import ImportRun
from hearth.hmis.jobs.actions import cancel_run, give_to_worker, start_run
from hearth.hmis.jobs.sweep import sweep

COMMAND, PAGE = "command", "page"


class NotAllowed(PermissionError):
    """The user may not do this."""


def _require_import(by: User) -> None:
    if not by.may(Permission.DATA_IMPORT):
        raise NotAllowed("Importing data needs a system administrator")


def start_command_import(
    *, by: User, file_name: str, source: str, is_shared: bool, folder: str = ""
) -> ImportRun:
    """A run that this process is about to perform."""
    _require_import(by)
    sweep()
    return start_run(  # type: ignore[no-any-return]
        by=by,
        kind=KIND,
        file_name=file_name,
        parameters={"source": source, "is_shared": is_shared, "folder": folder, "started_by": COMMAND},
    )


@transaction.atomic
def queue_import(
    *, by: User, upload: UploadedFile, source: str, is_shared: bool, folder: str = ""
) -> ImportRun:
    """A run for a worker, with its uploaded file.

    The file is put in its place once the run is committed: where this process dies before, no file is left
    that belongs to no run, and the run is ended in words (`jobs.sweep`).
    """
    _require_import(by)
    run: ImportRun = start_run(
        by=by,
        kind=KIND,
        file_name=Path(upload.name or "").name,
        file_bytes=upload.size,
        parameters={"source": source, "is_shared": is_shared, "folder": folder, "started_by": PAGE},
    )
    transaction.on_commit(lambda: give_to_worker(by=by, run=run, file=keep_upload(run, upload)))
    return run


def cancel_import(*, by: User, run: ImportRun) -> None:
    """Ask an import to stop; one that has not begun ends at once. One that has ended stays as it is."""
    _require_import(by)
    cancel_run(by=by, run=run)
