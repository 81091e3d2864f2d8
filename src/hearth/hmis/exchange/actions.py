"""Starting and cancelling imports. Each action is one transaction; the import itself is `importing`."""

from datetime import timedelta
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.exchange.models import ENDED, SILENT_SECONDS, ImportRun, RunState

COMMAND, PAGE = "command", "page"


class NotAllowed(PermissionError):
    """The user may not do this."""


def _require_import(by: User) -> None:
    if not by.may(Permission.DATA_IMPORT):
        raise NotAllowed("Importing data needs a system administrator")


@transaction.atomic
def start_command_import(
    *, by: User, file_name: str, source: str, is_shared: bool, folder: str = ""
) -> ImportRun:
    """A run that this process is about to perform."""
    _require_import(by)
    end_abandoned_imports()
    return ImportRun.objects.create(
        created_by=by,
        file_name=file_name,
        parameters={"source": source, "is_shared": is_shared, "folder": folder, "started_by": COMMAND},
        heartbeat_at=Now(),
    )


def end_abandoned_imports() -> int:
    """Runs of commands that were killed: they will not go on, and nothing of theirs was written.

    Runs of pages are not ended here: their job is taken up again by a worker."""
    silent = timezone.now() - timedelta(seconds=SILENT_SECONDS)
    abandoned = ImportRun.objects.exclude(state__in=ENDED).filter(
        Q(parameters__started_by=COMMAND) & Q(heartbeat_at__lt=silent)
    )
    return abandoned.update(
        state=RunState.FAILED,
        message="The command that did it was stopped from outside. Nothing was imported.",
        finished_at=Coalesce(F("heartbeat_at"), Now()),
    )


@transaction.atomic
def queue_import(
    *, by: User, upload: UploadedFile, source: str, is_shared: bool, folder: str = ""
) -> ImportRun:
    """A run for a worker, with its uploaded file; it starts when this transaction is committed."""
    from hearth.hmis.exchange.importing.job import keep_upload
    from hearth.hmis.exchange.tasks import import_hmis_csv

    _require_import(by)
    run = ImportRun.objects.create(
        created_by=by,
        file_name=Path(upload.name or "").name,
        file_bytes=upload.size,
        parameters={"source": source, "is_shared": is_shared, "folder": folder, "started_by": PAGE},
        heartbeat_at=Now(),
    )
    ImportRun.objects.filter(pk=run.pk).update(file=keep_upload(run, upload))
    import_hmis_csv.defer(run_id=run.pk)
    return run


@transaction.atomic
def cancel_import(*, by: User, run: ImportRun) -> None:
    """Ask an import to stop; one that has not begun ends at once. One that has ended stays as it is."""
    _require_import(by)
    runs = ImportRun.objects.restrict(by).filter(pk=run.pk)
    waiting = runs.filter(state=RunState.QUEUED)
    if not waiting.update(
        state=RunState.CANCELLED,
        message="The import was cancelled before it began. Nothing was imported.",
        finished_at=Now(),
    ):
        runs.exclude(state__in=ENDED).update(cancel_requested=True)
