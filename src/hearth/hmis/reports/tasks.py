"""Jobs of the worker: reports."""

from procrastinate.contrib.django import app


# One report at a time: each may use the memory that is set for reports.
@app.task(queue="reports", lock="reports")
def make_report(run_id: int) -> None:
    """Make one report; after a restart of the worker, from the beginning."""
    from hearth.hmis.reports.job import work

    work(run_id)
