"""Jobs of the worker: imports and exports. Their names are stored with what waits, and stay as they are."""

from procrastinate.contrib.django import app

from hearth.hmis.exchange.exporting import job as exporting
from hearth.hmis.exchange.importing import job as importing


# One import at a time: two would only share the cores. Whoever waits sees that they wait.
@app.task(queue="imports", lock="imports")
def import_hmis_csv(run_id: int) -> None:
    """Perform one import; after a restart of the worker, from the beginning."""
    importing.work(run_id)


@app.task(queue="exports")
def export_hmis_csv(run_id: int) -> None:
    """Perform one export; after a restart of the worker, from the beginning."""
    exporting.work(run_id)
