"""A report of everything in a scope, from the request to its figures: nobody in it is left behind.

It is read by a database role of its own, which sees the projects of this run's scope alone, restricted
clients and what is not shared among it. Copy, tables and files lie in scratch, which is gone with the
process. Only figures stay, small cells hidden; and for whoever may download it the upload for HUD, whole.
"""

import json
import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

import hearth
from hearth import scratch
from hearth.hmis.access.context import acting
from hearth.hmis.access.models import Grant, User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.reports import records, scope, snapshot
from hearth.hmis.reports.heartbeat import ReportHeartbeat
from hearth.hmis.reports.models import ReportRun
from hearth.hmis.reports.request import ReportRequest, RequestError, projects_of_grant
from hearth.reporting.making import How, Made, make
from hearth.reporting.outputs.small_cells import LEAST
from hearth.reporting.runtime.notes import REMEDY
from hearth.reporting.runtime.parameters import ReportRefused
from hearth.reporting.runtime.report import Report

#: What the figures are written to beside an upload, so that the folder says what it is.
_RECORD = "run.json"


def make_figures(
    run: ReportRun, report: Report, folder: Path, heartbeat: ReportHeartbeat, memory: str
) -> tuple[dict[str, Any], Path | None, str]:
    """What the run keeps of its result, the upload in `folder` where there is one, and the fingerprint of
    what was read. Raises what `jobs.failures` explains; also where the right to it ends meanwhile."""
    request = ReportRequest.from_json(run.report, run.parameters)
    user, grant, projects = _allowed(run, request)
    made_of = scope.words(grant)
    with acting(user):
        record_access(
            by=user.pk, action=Access.REPORTED, subject=f"reportrun:{run.pk}",
            report=run.report, coc=request.coc, projects=len(projects), everything=grant.scope,
        )  # fmt: skip
    with scratch.folder("counts") as work:
        source = snapshot.of_run(
            run.pk, work / "snapshot", progress=heartbeat.reading, should_stop=heartbeat.should_stop,
            memory_limit=memory,
        )  # fmt: skip
        keys = records.project_keys(source, report.registry, projects) if projects else []
        parameters = request.parameters(
            project_ids=keys,
            vendor=settings.REPORT_VENDOR,
            made_at=timezone.localtime().replace(tzinfo=None, microsecond=0),
        )
        how = How(
            hearth.__version__,
            keep=True,
            accept_unreadable=request.accept_unreadable,
            memory_limit=memory,
            on_step=heartbeat.step,
            should_stop=heartbeat.should_stop,
            made_of=made_of,
        )
        try:
            made = make(report, source, parameters, work / "made", how)
        except ReportRefused as error:  # what it says counts records
            raise RequestError(_refused(str(error))) from error
        heartbeat.checking()
        result = {
            "cells": report.own("small_figures").shown(made.folder, request.report.family),
            "made_of": made_of,
            "seconds": list(made.record.seconds.items()),
            "made_at": parameters.made_at.isoformat(sep=" "),
            "specification": made.record.specification,
            "incomplete": bool(made.notes.sentences()),
        }
        _allowed(run, request)
        with acting(user):
            is_kept = scope.holds(user, grant.pk, Permission.REPORT_UPLOAD)
        upload = _keep(made, folder, made_of) if is_kept and not settings.COMPARABLE_DATABASE else None
    return result, upload, made.record.input_sha256


def _allowed(run: ReportRun, request: ReportRequest) -> tuple[User, Grant, list[int]]:
    """Who asked, the grant, and the chosen projects, as things are now. Raises `RequestError` where it is not
    allowed."""
    user = User.objects.get(pk=run.created_by_id)
    with acting(user):
        request.check(user)
        grant = Grant.objects.restrict(user).get(pk=run.of_grant)
        return user, grant, projects_of_grant(grant, request.coc) if request.report.chooses_projects else []


def _refused(said: str) -> str:
    if REMEDY in said:
        return f"What another system sent and nobody can read decides who is counted. {REMEDY}"
    return (
        "The records of the scope do not allow this report for that CoC and time. Ask your HMIS administrator"
        " to run it: the message then says why."
    )


def _keep(made: Made, folder: Path, made_of: str) -> Path:
    """Put the upload, and what it is, in the run's folder, and nothing else."""
    with scratch.beside(folder) as part:
        part.mkdir(mode=0o700)
        shutil.copyfile(made.zip, part / made.zip.name)
        record = {
            "report": made.record.report, "specification": made.record.specification,
            "year": made.record.year, "made_of": made_of, "least_shown_on_pages": LEAST,
        }  # fmt: skip
        (part / _RECORD).write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
        part.rename(folder)
    return folder / made.zip.name
