"""Asking for reports and cancelling them. Each action is one transaction; the report itself is `job`."""

from django.db import transaction
from django.db.models.functions import Now

from hearth.hmis.access.models import User
from hearth.hmis.jobs.models import ENDED
from hearth.hmis.reports.models import ReportRun, ReportState
from hearth.hmis.reports.request import ReportRequest
from hearth.standards.load import LATEST


@transaction.atomic
def queue_report(*, by: User, request: ReportRequest) -> ReportRun:
    """A run for a worker; it starts when this transaction is committed. Raises RequestError for what the
    user may not have made."""
    from hearth.hmis.reports.tasks import make_report

    request.check(by)
    run = ReportRun.objects.create(
        created_by=by,
        report=request.report.code,
        year=LATEST,
        parameters=request.as_json(),
        heartbeat_at=Now(),
    )
    make_report.defer(run_id=run.pk)
    return run


@transaction.atomic
def cancel_report(*, by: User, run: ReportRun) -> None:
    """Ask a report to stop; one that has not begun ends at once. One that has ended stays as it is."""
    runs = ReportRun.objects.restrict(by).filter(pk=run.pk)
    waiting = runs.filter(state=ReportState.QUEUED)
    if not waiting.update(
        state=ReportState.CANCELLED,
        message="The report was cancelled before it began.",
        finished_at=Now(),
    ):
        runs.exclude(state__in=ENDED).update(cancel_requested=True)
