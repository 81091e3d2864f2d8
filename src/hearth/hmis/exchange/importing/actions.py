"""Starting, answering and cancelling imports. Each action is one transaction; the work is `perform`."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.exchange.importing import differences
from hearth.hmis.exchange.importing.job import KIND
from hearth.hmis.exchange.importing.run_files import keep_upload, tidy
from hearth.hmis.exchange.importing.settling import TAKE_BACK, Question
from hearth.hmis.exchange.models import ImportRun, RunState
from hearth.hmis.jobs.actions import cancel_run, give_to_worker, start_run
from hearth.hmis.jobs.sweep import sweep

COMMAND, PAGE = "command", "page"


class NotAllowed(PermissionError):
    """The user may not do this."""


def _require_import(by: User) -> None:
    if not by.may(Permission.DATA_IMPORT):
        raise NotAllowed("Importing data needs a system administrator")


def _require_sharing(is_shared: bool) -> None:
    if is_shared and settings.COMPARABLE_DATABASE:
        raise NotAllowed("This is a comparable database: nothing is shared. Import it without --shared.")


def start_command_import(
    *,
    by: User,
    file_name: str,
    source: str,
    is_shared: bool,
    folder: str = "",
    answers: dict[str, Any] | None = None,
) -> ImportRun:
    """A run that this process is about to perform. `answers`: what `settling` asks for. Raises NotAllowed, in
    a comparable database for what is to be shared, too."""
    _require_import(by)
    _require_sharing(is_shared)
    sweep()
    asked = {"source": source, "is_shared": is_shared, "folder": folder, "started_by": COMMAND}
    return start_run(by=by, kind=KIND, file_name=file_name, parameters=asked | (answers or {}))


@transaction.atomic
def queue_import(
    *, by: User, upload: UploadedFile, source: str, is_shared: bool, folder: str = ""
) -> ImportRun:
    """A run for a worker, with its uploaded file.

    The file is put in its place once the run is committed: where this process dies before, no file is left
    that belongs to no run, and the run is ended in words (`jobs.sweep`). Raises NotAllowed like the other.
    """
    _require_import(by)
    _require_sharing(is_shared)
    run: ImportRun = start_run(
        by=by,
        kind=KIND,
        file_name=Path(upload.name or "").name,
        file_bytes=upload.size,
        parameters={
            "source": source,
            "is_shared": is_shared,
            "folder": folder,
            "started_by": PAGE,
            "asks": True,
        },
    )
    transaction.on_commit(lambda: give_to_worker(by=by, run=run, file=keep_upload(run, upload)))
    return run


@transaction.atomic
def answer_import(*, by: User, run: ImportRun, missing: str, newer: str) -> bool:
    """Give an import that waits for an answer to a worker again, with the answer; who answered what is in the
    access log. False where it does not wait any more: answered by somebody else, or ended."""
    _require_import(by)
    waits = ImportRun.objects.restrict(by).select_for_update().filter(pk=run.pk, state=RunState.ASKING)
    asked = waits.first()
    if asked is None:
        return False
    question = Question.from_json(asked.parameters["question"])
    otherwise = differences.choices(asked, newer, TAKE_BACK) if newer else {}
    answer = {
        "missing": missing, "newer": newer, "answered": question.mark, "answered_by": by.pk,
        "otherwise": otherwise,
    }  # fmt: skip
    waits.update(
        state=RunState.QUEUED,
        parameters=asked.parameters | answer,
        message="",
        finished_at=None,
        attempts=0,
    )
    record_access(
        by=by.pk,
        action=Access.IMPORTED,
        subject=f"importrun:{run.pk}",
        state="answered",
        missing=missing,
        missing_records=question.missed,
        newer=newer,
        newer_records=question.kept,
        one_by_one=sum(len(ids) for ids in otherwise.values()),
    )
    give_to_worker(by=by, run=asked)
    return True


@transaction.atomic
def choose_records(*, by: User, run: ImportRun, chosen: dict[str, str]) -> bool:
    """Keep what was answered of single records, by "File:id": ours, theirs, or "" for the answer that holds
    for all. False where the import does not wait any more."""
    _require_import(by)
    waits = ImportRun.objects.restrict(by).select_for_update().filter(pk=run.pk, state=RunState.ASKING)
    asked = waits.first()
    if asked is None:
        return False
    kept = {**asked.parameters.get("chosen", {}), **chosen}
    kept = {key: value for key, value in kept.items() if value}
    waits.update(parameters=asked.parameters | {"chosen": kept})
    return True


@transaction.atomic
def cancel_import(*, by: User, run: ImportRun) -> None:
    """Ask an import to stop; one that has not begun ends at once. One that has ended stays as it is."""
    _require_import(by)
    waits = ImportRun.objects.restrict(by).filter(pk=run.pk, state=RunState.ASKING)
    called_off = {"state": RunState.CANCELLED, "message": "The import was called off. Nothing was imported."}
    if waits.update(**called_off):
        transaction.on_commit(lambda: tidy(ImportRun.objects.get(pk=run.pk)))
    else:
        cancel_run(by=by, run=run)
