"""Imports for the browser: one finished with findings, one refused, one that asks, one at work."""

import tempfile
from pathlib import Path

from django.db.models.functions import Now

from hearth.hmis.access.models import User
from hearth.hmis.exchange.importing.perform import perform
from hearth.hmis.exchange.models import ImportRun
from tests.reporting.sources.exports import Export, write_zip


def fill(administrator: User) -> dict[str, int]:
    """Ids of the four, for addresses."""
    with tempfile.TemporaryDirectory() as folder:
        export = Export()
        export.row("Exit")["ExitDate"] = "2025-10-01"
        export.row("Client")["DOB"] = "unknown"
        finished = _import(administrator, export.zip(Path(folder)))
        files = export.all_files()
        del files["Exit.csv"], files["Services.csv"]
        refused = _import(administrator, write_zip(Path(folder) / "incomplete.zip", files))
        lacking = Export()
        for rows in lacking.tables.values():
            rows[:] = [row for row in rows if row.get("PersonalID") != "C2"]
        lacking.row("Export").update(ExportID="X2", ExportDate="2026-01-08 12:00:00")
        asking = _import(administrator, lacking.zip(Path(folder)), asks=True)
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
    return {
        "import": finished.pk,
        "import_refused": refused.pk,
        "import_asking": asking.pk,
        "import_running": running.pk,
    }


def _import(administrator: User, path: Path, **parameters: object) -> ImportRun:
    run = ImportRun.objects.create(
        created_by=administrator,
        file_name=path.name,
        parameters={"source": "", "is_shared": False} | parameters,
    )
    return perform(run, path)
