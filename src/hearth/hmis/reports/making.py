"""One report from the request to the finished folder."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

import hearth
from hearth.hmis.access import field_rights
from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.jobs.rights import keep_shared_use, rights_of
from hearth.hmis.reports import records
from hearth.hmis.reports.catalog import OfferedReport
from hearth.hmis.reports.heartbeat import ReportHeartbeat
from hearth.hmis.reports.making_of_scope import make_figures
from hearth.hmis.reports.models import ReportRun
from hearth.hmis.reports.request import ReportRequest, RequestError
from hearth.reporting import engine
from hearth.reporting.making import How, make
from hearth.reporting.opening import declared_figures
from hearth.reporting.runtime import registry
from hearth.reporting.runtime.report import Report


@dataclass(frozen=True)
class Done:
    """What the run keeps of a finished report. `zip`: the upload; None where none is kept."""

    zip: Path | None
    rows: dict[str, int]
    input_sha256: str
    result: dict[str, Any]


def make_result(run: ReportRun, folder: Path, heartbeat: ReportHeartbeat) -> Done:
    """Make the report of `run` in `folder`. Raises what `jobs.failures` explains."""
    request = ReportRequest.from_json(run.report, run.parameters)
    report = _of_year(request.report, run.year)
    if run.of_grant is not None:
        result, upload, sha256 = make_figures(run, report, folder, heartbeat, _memory())
        return Done(upload, {}, sha256, result)
    user = run.created_by
    with acting(user):
        request.check(user)
        run.parameters["made_with"] = rights_of(user)
        narrow = records.narrowing(user, report.registry)
        if not user.sees_all:
            keep_shared_use(user, run, records.shared_with(user, request.projects))
        record_access(
            by=user.pk, action=Access.REPORTED, subject=f"reportrun:{run.pk}",
            report=run.report, coc=request.coc, projects=len(request.projects),
        )  # fmt: skip
    source = records.current(heartbeat)
    parameters = request.parameters(
        project_ids=(
            records.project_keys(source, report.registry, request.projects) if request.projects else ()
        ),
        vendor=settings.REPORT_VENDOR,
        made_at=timezone.localtime().replace(tzinfo=None, microsecond=0),
    )
    made = make(
        report,
        source,
        parameters,
        folder,
        How(
            hearth.__version__,
            keep=True,
            narrow=narrow,
            accept_unreadable=request.accept_unreadable,
            memory_limit=_memory(),
            made_of="" if user.sees_all else f"The records that {user} may see",
            on_step=heartbeat.step,
            should_stop=heartbeat.should_stop,
        ),
    )
    heartbeat.checking()
    records.keep_ids(source, report.registry, folder)
    result = {
        "figures": _figures(report, folder, request.report.family),
        "flags": _flags(folder),
        "notes": [*_withheld(user), *made.notes.sentences()],
        "ties": made.notes.tie_sentences(),
        "seconds": list(made.record.seconds.items()),
        "made_at": parameters.made_at.isoformat(sep=" "),
        "specification": made.record.specification,
    }
    return Done(made.zip, dict(made.rows), made.record.input_sha256, result)


def _withheld(user: User) -> list[str]:
    """What the report was made without, in a sentence."""
    words = field_rights.withheld_words(user)
    return [f"{field_rights.sentence(words)} The report counts them as not known."] if words else []


def _of_year(offered: OfferedReport, year: int | None) -> Report:
    """The report by the standards of the year that was fixed when it was asked for."""
    report = registry.of_run(offered.family, year or offered.report.year)
    if report is None:
        raise RequestError(
            f"This report is not made by the standards of FY{year} any more. Ask for it again."
        )
    return report


def _figures(report: Report, folder: Path, kind: str) -> dict[str, Any]:
    """The report's own figures, or those that its folder declares."""
    own = report.own("figures")
    found: dict[str, Any] = (
        declared_figures.of_run(report, folder, kind) if own is None else own.of_run(folder, kind)
    )
    return found


def _memory() -> str:
    try:
        return engine.memory_limit(settings.REPORT_MEMORY or engine.REPORT_MEMORY)
    except ValueError as error:
        raise RequestError(f"HEARTH_REPORT_MEMORY is set wrongly: {error}") from error


def _flags(folder: Path) -> list[dict[str, Any]]:
    """What HDX will flag, as `make` wrote it beside the files."""
    path = folder / "flags.json"
    return list(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else []
