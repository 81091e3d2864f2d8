"""Jobs of the worker: reports."""

from procrastinate import JobContext
from procrastinate.contrib.django import app


# One report at a time: each may use the memory that is set for reports.
@app.task(queue="reports", lock="reports", pass_context=True)
def make_report(context: JobContext, run_id: int) -> None:
    """Make one report; after a restart of the worker, from the beginning."""
    from hearth.hmis.reports.job import work

    work(run_id, attempt=context.job.attempts + 1)


@app.periodic(cron="57 3 * * *")
@app.task(queueing_lock="clear_away_reports", pass_context=False)
def clear_away_reports(timestamp: int) -> None:
    """Every night: remove the files of reports after their days."""
    from hearth.hmis.reports.job import clear_away

    clear_away()
