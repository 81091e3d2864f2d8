"""An export made in a test, several in one transaction."""

import zipfile
from datetime import date
from pathlib import Path

from django.db import connection

from hearth.hmis.access.models import User
from hearth.hmis.exchange.exporting.perform import perform
from hearth.hmis.exchange.exporting.request import ExportRequest
from hearth.hmis.exchange.models import ExportRun

PERIOD = ExportRequest(start=date(2020, 1, 1), end=date(2030, 1, 1), deleted=True)


def exported(user: User, folder: Path, request: ExportRequest = PERIOD) -> tuple[dict[str, str], ExportRun]:
    """The text of each file that somebody's export holds, and the run. Its temporary tables, which end with a
    transaction, end here: a test has only one."""
    run = ExportRun.objects.create(created_by=user, parameters=request.as_json())
    target = folder / f"{run.pk}.zip"
    assert perform(run, target).state == "finished", run.message
    with connection.cursor() as cursor:
        cursor.execute("DISCARD TEMP")
    with zipfile.ZipFile(target) as zipped:
        names = [name for name in zipped.namelist() if name.endswith(".csv")]
        return {name: zipped.read(name).decode("utf-8-sig") for name in names}, run
