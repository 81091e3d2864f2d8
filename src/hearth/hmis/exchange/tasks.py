"""Jobs of the worker: imports and exports."""

from procrastinate.contrib.django import app


# One import at a time: two would only share the cores. Whoever waits sees that they wait.
@app.task(queue="imports", lock="imports")
def import_hmis_csv(run_id: int) -> None:
    """Perform one import; after a restart of the worker, from the beginning."""
    from hearth.hmis.exchange.importing.job import work

    work(run_id)


@app.task(queue="exports")
def export_hmis_csv(run_id: int) -> None:
    """Perform one export; after a restart of the worker, from the beginning."""
    from hearth.hmis.exchange.exporting.job import work

    work(run_id)
