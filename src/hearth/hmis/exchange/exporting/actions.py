"""Starting and cancelling exports."""

from typing import Any

from django.db import transaction

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.exchange.exporting.job import KIND
from hearth.hmis.exchange.exporting.request import ExportRequest
from hearth.hmis.exchange.models import ExportRun
from hearth.hmis.jobs.actions import cancel_run, give_to_worker, start_run


class NotAllowed(PermissionError):
    """The user may not do this."""


def start_export(*, by: User, request: ExportRequest, file_name: str) -> ExportRun:
    """A run that this process is about to perform, or that a worker takes up."""
    if not by.may(Permission.DATA_EXPORT):
        raise NotAllowed("Exporting data is not part of this user's role")
    run: Any = start_run(by=by, kind=KIND, file_name=file_name, year=2026, parameters=request.as_json())
    return run


@transaction.atomic
def queue_export(*, by: User, request: ExportRequest, file_name: str) -> ExportRun:
    """A run for a worker; it starts when this transaction is committed."""
    run = start_export(by=by, request=request, file_name=file_name)
    give_to_worker(by=by, run=run)
    return run


def cancel_export(*, by: User, run: ExportRun) -> None:
    """Ask the export to stop; one that has not begun ends at once."""
    cancel_run(by=by, run=run)
