"""Starting and cancelling exports."""

from django.db import transaction
from django.db.models.functions import Now

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.exchange.exporting.request import ExportRequest
from hearth.hmis.exchange.models import ENDED, ExportRun, RunState


class NotAllowed(PermissionError):
    """The user may not do this."""


@transaction.atomic
def start_export(*, by: User, request: ExportRequest, file_name: str) -> ExportRun:
    """A run that this process is about to perform, or that a worker takes up."""
    if not by.may(Permission.DATA_EXPORT):
        raise NotAllowed("Exporting data is not part of this user's role")
    return ExportRun.objects.create(
        created_by=by, file_name=file_name, year=2026, parameters=request.as_json(), heartbeat_at=Now()
    )


@transaction.atomic
def queue_export(*, by: User, request: ExportRequest, file_name: str) -> ExportRun:
    """A run for a worker; it starts when this transaction is committed."""
    from hearth.hmis.exchange.tasks import export_hmis_csv

    run = start_export(by=by, request=request, file_name=file_name)
    export_hmis_csv.defer(run_id=run.pk)
    return run


@transaction.atomic
def cancel_export(*, by: User, run: ExportRun) -> None:
    """Ask the export to stop; one that has not begun ends at once."""
    waiting = ExportRun.objects.restrict(by).filter(pk=run.pk, state=RunState.QUEUED)
    if not waiting.update(
        state=RunState.CANCELLED, message="Cancelled. No file was written.", finished_at=Now()
    ):
        ExportRun.objects.restrict(by).filter(pk=run.pk).exclude(state__in=ENDED).update(
            cancel_requested=True
        )
