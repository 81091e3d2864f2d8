"""Asking for reports and cancelling them. Each action is one transaction; the report itself is `job`."""

from django.db import transaction

from hearth.hmis.access.models import User
from hearth.hmis.jobs.actions import cancel_run, give_to_worker, start_run
from hearth.hmis.reports.job import KIND
from hearth.hmis.reports.models import ReportRun
from hearth.hmis.reports.request import ReportRequest


@transaction.atomic
def queue_report(*, by: User, request: ReportRequest) -> ReportRun:
    """A run for a worker; it starts when this transaction is committed. Raises RequestError for what the
    user may not have made."""
    request.check(by)
    run: ReportRun = start_run(
        by=by,
        kind=KIND,
        report=request.report.code,
        year=request.report.report.year,
        parameters=request.as_json(),
    )
    give_to_worker(by=by, run=run)
    return run


def cancel_report(*, by: User, run: ReportRun) -> None:
    """Ask a report to stop; one that has not begun ends at once. One that has ended stays as it is."""
    cancel_run(by=by, run=run)
