"""The pages of exports: ask, watch, fetch."""

from pathlib import Path

from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from hearth.hmis.access.guard import refuse_as_missing, require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.access.recent import signed_in_recently
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.exchange.exporting import actions, local_answers, queries
from hearth.hmis.exchange.exporting.forms import ExportForm
from hearth.hmis.exchange.exporting.job import KEPT_DAYS
from hearth.hmis.exchange.models import ExportRun
from hearth.hmis.jobs.rights import kept_file

_ROWS_ON_A_PAGE = 25


@require(Permission.DATA_EXPORT)
@signed_in_recently(methods=("POST",), second_step=True)
def exports(request: HttpRequest) -> HttpResponse:
    """The form of a new export, and the exports so far."""
    form = ExportForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        name = f"hmis-csv-{form.request.start}-to-{form.request.end}.zip"
        run = actions.queue_export(by=request.user, request=form.request, file_name=name)
        return redirect("exchange:export", run.pk)
    page = Paginator(queries.exports(request.user), _ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "exchange/exports.html", {"form": form, "page": page, "kept_days": KEPT_DAYS})


@require(Permission.DATA_EXPORT)
@require_safe
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """One export: how far it is, and the zip when it is ready. Asked by htmx, only the part that changes."""
    run = _find(request, pk)
    context = {
        "run": run,
        "file": kept_file(request.user, run),
        "local_rows": (run.parameters.get("local_answers") or {}).get("rows", 0),
        "counts": queries.counts(run),
        "unplaced": queries.left_out_households(request.user, run) if run.has_ended else [],
        "kept_days": KEPT_DAYS,
    }
    template = "exchange/export_state.html" if request.htmx else "exchange/export.html"
    return render(request, template, context)


@require(Permission.DATA_EXPORT)
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask an export to stop."""
    run = _find(request, pk)
    actions.cancel_export(by=request.user, run=run)
    return redirect("exchange:export", run.pk)


@require(Permission.DATA_EXPORT)
@require_safe
@signed_in_recently(second_step=True)
def download(request: HttpRequest, pk: int, *, is_local: bool = False) -> HttpResponse:
    """The zip of a finished export, or the one of local answers; every download is in the access log."""
    run = _find(request, pk)
    path = kept_file(request.user, run)
    if path is not None and is_local:
        path = local_answers.path_beside(path)
    if path is None or not path.exists():
        refuse_as_missing(request, pk=pk)
    record_access(by=request.user.pk, action=Access.DOWNLOADED, subject=f"exportrun:{run.pk}")
    # Opened here, inside the request's transaction; what is streamed afterwards is a file, not the database.
    name = local_answers.path_beside(Path(run.file_name)).name if is_local else run.file_name
    return FileResponse(path.open("rb"), as_attachment=True, filename=name)


def _find(request: HttpRequest, pk: int) -> ExportRun:
    run = queries.export_run(request.user, pk)
    if run is None:
        refuse_as_missing(request, pk=pk)
    return run
