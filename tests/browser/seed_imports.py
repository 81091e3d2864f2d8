"""Imports for the browser: one that finished with findings, one that was refused, one at work."""

import tempfile
from pathlib import Path

from django.db.models.functions import Now

from hearth.hmis.access.models import User
from hearth.hmis.exchange.importing.perform import perform
from hearth.hmis.exchange.models import ImportRun
from tests.reporting.sources.exports import Export, write_zip


def fill(administrator: User) -> dict[str, int]:
    """Ids of the three, for addresses."""
    with tempfile.TemporaryDirectory() as folder:
        export = Export()
        export.row("Exit")["ExitDate"] = "2025-10-01"
        export.row("Client")["DOB"] = "unknown"
        finished = _import(administrator, export.zip(Path(folder)))
        files = export.all_files()
        del files["Exit.csv"], files["Services.csv"]
        refused = _import(administrator, write_zip(Path(folder) / "incomplete.zip", files))
    running = ImportRun.objects.create(
        created_by=administrator,
        file_name="county-2026.zip",
        state="writing",
        heartbeat_at=Now(),
        progress={
            "stage": "writing", "file": "Services", "rows_done": 812_000, "rows_total": 1_950_000,
            "rows_per_second": 131_000, "seconds_left": 9, "share": 0.62,
        },
    )  # fmt: skip
    return {"import": finished.pk, "import_refused": refused.pk, "import_running": running.pk}


def _import(administrator: User, path: Path) -> ImportRun:
    run = ImportRun.objects.create(
        created_by=administrator, file_name=path.name, parameters={"source": "", "is_shared": False}
    )
    return perform(run, path)
