"""Jobs of the worker: imports and exports."""

from procrastinate import JobContext
from procrastinate.contrib.django import app


# One import at a time: two would only share the cores. Whoever waits sees that he does.
@app.task(queue="imports", lock="imports", pass_context=True)
def import_hmis_csv(context: JobContext, run_id: int) -> None:
    """Perform one import; after a restart of the worker, from the beginning."""
    from hearth.hmis.exchange.importing.job import work

    work(run_id, attempt=context.job.attempts + 1)


@app.periodic(cron="37 3 * * *")
@app.task(queueing_lock="clear_away_imports", pass_context=False)
def clear_away_imports(timestamp: int) -> None:
    """Every night: remove uploaded files that belong to no import any more, and end abandoned imports."""
    from hearth.hmis.exchange.importing.job import clear_away

    clear_away()


@app.task(queue="exports")
def export_hmis_csv(run_id: int) -> None:
    """Perform one export; after a restart of the worker, from the beginning."""
    from hearth.hmis.exchange.exporting.job import work

    work(run_id)


@app.periodic(cron="47 3 * * *")
@app.task(queueing_lock="clear_away_exports", pass_context=False)
def clear_away_exports(timestamp: int) -> None:
    """Every night: remove finished exports after their days."""
    from hearth.hmis.exchange.exporting.job import clear_away

    clear_away()
