"""Reports for the browser: an invented CoC with two to compare, a HIC, and one in each other state."""

import tempfile
from pathlib import Path
from typing import Any

from django.db.models.functions import Now

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access.roles import CocCoordinator
from hearth.hmis.access.scopes import CocScope
from hearth.hmis.reports import job
from hearth.hmis.reports.models import ReportRun
from hearth.reporting.runtime.notes import REMEDY, tie_sentence
from hearth.reporting.runtime.ties import Ties
from tests import factories
from tests.hmis.reports.world import COC, fill, invented, make_run


def fill_reports(administrator: User) -> dict[str, Any]:
    """Ids for addresses."""
    with tempfile.TemporaryDirectory() as folder:
        fill(administrator, invented(Path(folder)))
    earlier = _made(make_run(administrator, parameters={"end": "2026-06-30"}))
    later = _made(make_run(administrator))
    night = {"start": "2026-01-28", "end": "2026-01-28"}
    hic = _made(make_run(administrator, report="hic", parameters=night))
    running = make_run(
        administrator,
        state="calculating",
        heartbeat_at=Now(),
        progress={
            "stage": "calculating", "number": 31, "of": 58, "step": "lsa_hoh_interval", "section": "6.11",
            "text": "", "share": 0.66, "seconds": 23,
        },
    )  # fmt: skip
    waiting = make_run(administrator)
    refused = make_run(administrator, state="refused", message="No project operates in MN-999.")
    unreadable = make_run(
        administrator, state="refused",
        message=f"2 cells of Exit.ExitDate cannot be read and decide who is counted. {REMEDY}",
    )  # fmt: skip
    notes = [
        "2 cells of Enrollment.MoveInDate cannot be read (lines 14 and 2026-01-31): they count as blank.",
        "Exit.csv is in Windows-1252.",
    ]
    ties = (tie_sentence(Ties("exits of one enrollment on one day", often)) for often in (1, 12))
    ReportRun.objects.filter(pk=hic.pk).update(result=hic.result | {"notes": notes, "ties": list(ties)})
    failed = make_run(
        administrator, state="failed", message="The disk is full: there is no room left. Make room."
    )
    people = [bool(flag["people"]) for flag in later.result["flags"]]
    return {
        "flag": people.index(True) + 1, "flag_nobody": people.index(False) + 1 if False in people else 1,
        "report": later.pk, "report_earlier": earlier.pk, "report_hic": hic.pk, "report_running": running.pk,
        "report_waiting": waiting.pk, "report_refused": refused.pk,
        "report_unreadable": unreadable.pk, "report_failed": failed.pk,
    }  # fmt: skip


def fill_figures(coordinator: User) -> dict[str, Any]:
    """Two reports of everything in a CoC for who sees figures alone; ids for addresses."""
    factories.give_grant(coordinator, CocCoordinator, CocScope(COC))
    with acting(coordinator):
        asked = {"of_grant": coordinator.grants_now.get().pk}
        night = {"start": "2026-01-28", "end": "2026-01-28"}
        runs = {
            "figures": make_run(coordinator, parameters=asked),
            "figures_hic": make_run(coordinator, report="hic", parameters=asked | night),
        }
    for run in runs.values():
        job.work(run.pk)
        run.refresh_from_db()
        assert run.state == "finished", run.message
    return {name: run.pk for name, run in runs.items()}


def _made(run: ReportRun) -> ReportRun:
    job.perform(run)
    assert run.state == "finished", run.message
    return run
