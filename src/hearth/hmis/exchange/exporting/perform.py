"""One export from the request to the finished zip."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

import hearth
from hearth import scratch
from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.exchange.exporting import keys, local_answers, neutral_names, withheld, writers
from hearth.hmis.exchange.exporting.gathering import Unsealing, count_unread, gather
from hearth.hmis.exchange.exporting.heartbeat import ExportHeartbeat
from hearth.hmis.exchange.exporting.left_out import Omitted
from hearth.hmis.exchange.exporting.request import ExportRequest, RequestError
from hearth.hmis.exchange.exporting.selection import count_future, select, shared_with
from hearth.hmis.exchange.models import ExportRun
from hearth.hmis.hud.records import stored_columns
from hearth.hmis.jobs import life
from hearth.hmis.jobs.rights import keep_shared_use, rights_of
from hearth.hmis.organizations.queries import hidden_addresses
from hearth.reporting import engine
from hearth.reporting.engine import Connection, name
from hearth.reporting.outputs import hmis_csv
from hearth.standards import load
from hearth.standards.load import MODEL_YEAR

#: What ProjectCoC tells of the place; the geocode is needed by every report and names a city or county.
_PLACE = ("Address1", "Address2", "City", "State", "ZIP")

#: List 1.9, SourceType.
OTHER_SOURCE = 4


def perform(
    run: ExportRun,
    target: Path,
    *,
    show: Callable[[dict[str, Any]], None] | None = None,
    patience: float = life.COMMAND_PATIENCE,
) -> ExportRun:
    """Write the export that `run` asks for to `target`, with the rights of who asked; returns the ended run.

    Never raises for what can go wrong on the way: the run's state and message say it. The zip is there
    whole or not at all. `run.file` is kept with the run where the file stays with us.
    """
    heartbeat, file = ExportHeartbeat(run, show), run.file

    def work() -> dict[str, Any]:
        written = _write(run, target, heartbeat)
        total = sum(count for name, count in written.rows.items() if name != "Export")
        said = " ".join(
            [
                *local_answers.sentences(run.parameters.get("local_answers")),
                *Omitted.from_json(run.parameters.get("left_out")).sentences(),
            ]
        )
        return {
            "file": file,
            "counts": dict(written.rows),
            "file_bytes": target.stat().st_size,
            "parameters": run.parameters,
            "message": f"{total:,} rows in {len(written.rows)} files. {said}".strip(),
        }

    return life.perform(run, heartbeat, work, patience=patience)


def _write(run: ExportRun, target: Path, heartbeat: ExportHeartbeat) -> hmis_csv.Written:
    request = ExportRequest.from_json(run.parameters)
    user = run.created_by
    if not user.may(Permission.DATA_EXPORT):
        raise RequestError("Your role does not allow exports. Ask your HMIS administrator.")
    registry = load(MODEL_YEAR)
    files = [file for file in registry.files if file != "Export"]
    with (
        scratch.folder("export") as work,
        engine.connected(work / "gathered.duckdb", temp_directory=work) as tables,
    ):
        heartbeat.on_cancel(tables.interrupt)
        with acting(user):
            run.parameters["made_with"] = rights_of(user)
            request.check_places(user)
            with connection.cursor() as cursor:
                households = select(cursor, request)
                if not user.sees_all:
                    keep_shared_use(user, run, shared_with(cursor, user.own_projects))
                future = count_future(cursor, request)
            unread: dict[str, int] = {}
            for file in files:
                heartbeat.file(file)
                gather(file, request, tables, heartbeat.on_progress)
                unread |= count_unread(file, request)
            _hide_addresses(tables, user)
            blank = withheld.withhold(tables, user)
            unread = {hud: count for hud, count in unread.items() if hud not in blank}
            writers.hide_unknown(tables, timezone.localdate(run.started_at))
            local_answers.gather(tables, request)
            neutral = neutral_names.give(tables, files, timezone.localdate(run.started_at))
            _keep_named_users(tables, files)
            record_access(
                by=user.pk,
                action=Access.EXPORTED,
                subject=f"exportrun:{run.pk}",
                hashed=request.hashed,
                clients=int(engine.scalar(tables, 'SELECT count(*) FROM "Client"')),
                enrollments=int(engine.scalar(tables, 'SELECT count(*) FROM "Enrollment"')),
            )
        heartbeat.writing()
        collisions = keys.find_collisions(tables, files) > 0
        unsealing = Unsealing(tables, whole=withheld.may_tell_whole_ssns(user))
        sources = {
            file: unsealing.relation(
                file,
                keys.relation(
                    file, [s.column for s in stored_columns(file) if s.kind != "not_stored"], collisions
                ),
            )
            for file in files
        }
        header = _header(run, request, tables)
        with local_answers.beside(target, tables, header.export_id, collisions) as beside:
            written = hmis_csv.write(
                tables,
                target,
                registry=registry,
                header=header,
                sources=sources,
                on_progress=heartbeat.on_progress,
            )
        run.parameters["local_answers"] = beside
        omitted = Omitted.of(households, future, unsealing.placeholders, unread, blank, neutral)
        run.parameters["left_out"] = omitted.as_json()
        return written


def _hide_addresses(tables: Connection, user: User) -> None:
    """Leave out where confidential projects of other organizations are, as their pages do."""
    hidden = list(hidden_addresses(user).values_list("pk", flat=True))
    if hidden:
        blank = ", ".join(f"{name(column)} = NULL" for column in _PLACE)
        tables.execute(f'UPDATE "ProjectCoC" SET {blank} WHERE _id IN (SELECT unnest($1))', [hidden])


def _keep_named_users(tables: Connection, files: list[str]) -> None:
    """User.csv names the users of the exported rows (5.07) and nobody else."""
    named = " UNION ".join(
        f"SELECT UserID FROM {name(file)}"
        for file in files
        if file != "User" and any(s.column == "UserID" for s in stored_columns(file))
    )
    tables.execute(
        f'DELETE FROM "User" WHERE UserID NOT IN (SELECT UserID FROM ({named}) WHERE UserID IS NOT NULL)'
    )


def _header(run: ExportRun, request: ExportRequest, tables: Connection) -> hmis_csv.ExportHeader:
    cocs = [
        row[0]
        for row in engine.rows(
            tables,
            "SELECT DISTINCT CoCCode FROM \"ProjectCoC\" WHERE CoCCode ~ '^[A-Za-z]{2}-[0-9]{3}$' ORDER BY 1",
        )
    ]
    started: datetime = timezone.localtime(run.started_at).replace(tzinfo=None, microsecond=0)
    return hmis_csv.ExportHeader(
        export_id=f"hearth-{run.pk}-{started:%Y%m%d%H%M%S}",
        source_type=hmis_csv.SOURCE_TYPE_COC_HMIS if cocs else OTHER_SOURCE,
        source_id=";".join(request.cocs or cocs),
        source_name=settings.SITE_NAME,
        contact_email=run.created_by.email,
        exported_at=started,
        start=request.start,
        end=request.end,
        software_version=hearth.__version__,
        implementation_id=settings.IMPLEMENTATION_ID,
        hashed=request.hashed,
    )
