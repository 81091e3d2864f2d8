"""The pages of imports: upload, watch, read the findings, take them along."""

from typing import Any

import structlog
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from hearth.hmis.access.guard import refuse_as_missing, require, require_one
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.exchange.importing import actions, differences, finding_list, findings, queries
from hearth.hmis.exchange.importing.forms import AnswerForm, ImportForm
from hearth.hmis.exchange.importing.settling import ANSWER_DAYS
from hearth.hmis.exchange.models import ImportRun
from hearth.hmis.lists import queries as lists
from hearth.hmis.ui import formats, sheets
from hearth.hmis.ui.record_list import KINDS
from hearth.reporting import engine

log = structlog.get_logger(__name__)

_IMPORTS_ON_A_PAGE = 20
_RECORDS_ON_A_PAGE = 20


@require_one(Permission.DATA_IMPORT, Permission.DATA_EXPORT)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What can be imported and exported, and the imports so far."""
    page = Paginator(queries.imports(request.user), _IMPORTS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "exchange/index.html", {"page": page})


@require_one(Permission.DATA_IMPORT, Permission.DATA_EXPORT)
@require_safe
def latest(request: HttpRequest) -> HttpResponse:
    """A part of the home page: the newest import."""
    return render(request, "exchange/latest.html", {"run": queries.imports(request.user).first()})


@require(Permission.DATA_IMPORT)
def new(request: HttpRequest) -> HttpResponse:
    """Upload an export. The file goes to disk while it comes in, and the import runs in the worker."""
    sources = queries.data_source_names(request.user)
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ImportForm(*given, sources=sources)
    if form.is_valid():
        run = actions.queue_import(
            by=request.user,
            upload=form.cleaned_data["file"],
            source=form.cleaned_data["source"],
            folder=form.cleaned_data["folder"],
            is_shared=form.cleaned_data["is_shared"],
        )
        return redirect("exchange:import", run.pk)
    return render(request, "exchange/import_new.html", {"form": form})


@require(Permission.DATA_IMPORT)
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """One import: how far it is, or how it ended with all findings.

    htmx asks for the progress alone and gets the whole page anew when the import has ended."""
    run = _find(request, pk)
    if not run.has_ended:
        part = request.htmx and not request.htmx.boosted
        return render(
            request, "exchange/import_progress.html" if part else "exchange/import.html", {"run": run}
        )
    if request.headers.get("X-Hearth-Background"):
        return HttpResponseClientRefresh()
    return render(request, "exchange/import.html", {"run": run, **_result(request, run)})


@require(Permission.DATA_IMPORT)
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask an import to stop. Nothing of it is written then."""
    run = _find(request, pk)
    actions.cancel_import(by=request.user, run=run)
    return redirect("exchange:import", run.pk)


@require(Permission.DATA_IMPORT)
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what is to be done with what an import may not remove or take back by itself; it goes on then."""
    run = _find(request, pk)
    question = queries.question(run)
    if question is None:  # answered meanwhile, or called off: its page says so
        return redirect("exchange:import", run.pk)
    form = AnswerForm(request.POST, question=question)
    if not form.is_valid():
        return render(
            request, "exchange/import.html", {"run": run, **_result(request, run), "answer_form": form}
        )
    actions.answer_import(
        by=request.user,
        run=run,
        missing=form.cleaned_data.get("missing", ""),
        newer=form.cleaned_data.get("newer", ""),
    )
    return redirect("exchange:import", run.pk)


@require(Permission.DATA_IMPORT, Permission.CLIENT_VIEW, Permission.ENROLLMENT_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """What the export says beside what is stored, record by record, with who changed it; and what is to
    become of single records."""
    run = _find(request, pk)
    if queries.question(run) is None:
        return redirect("exchange:import", run.pk)
    listed = differences.read(request.user, run)
    page = Paginator(listed, _RECORDS_ON_A_PAGE).get_page(request.GET.get("page"))
    if request.method == "POST":
        chosen = {
            one.choice: said
            for one in page
            if one.choice and (said := request.POST.get(one.choice, "")) in ("", "ours", "theirs")
        }
        actions.choose_records(by=request.user, run=run, chosen=chosen)
        if page.has_next():
            return redirect(f"{request.path}?page={page.next_page_number()}")
        return redirect("exchange:import", run.pk)
    record_access(
        by=request.user.pk, action=Access.IMPORTED, subject=f"importrun:{run.pk}", state="compared",
        records=len(page),
    )  # fmt: skip
    context = {"run": run, "page": page, "most": differences.MOST}
    return render(request, "exchange/import_compare.html", context)


@require(Permission.DATA_IMPORT, Permission.FINDING_VIEW)
@require_safe
def download(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The findings, filtered as on the page, as CSV or Excel; every download is in the access log."""
    run = _find(request, pk)
    path, found = queries.findings_path(run), _listed(request, run)
    if kind not in KINDS or path is None or found is None:
        raise Http404
    # Names of the filters alone: a column or file is called as somebody's export calls it.
    record_access(
        by=request.user.pk, action=Access.DOWNLOADED, subject=f"importrun:{run.pk}", kind=kind,
        rows=found.shown.total, filters=sorted(found.shown.asked.chosen),
    )  # fmt: skip
    about = sheets.about_list(found.shown, _of(run), request.user)
    rows = findings.every(path, found.wanted, found.names)
    taken = found.shown.asked.taken(finding_list.HEADINGS, rows)
    return sheets.response(kind, f"findings-of-import-{run.pk}", *taken, about)


def _listed(request: HttpRequest, run: ImportRun) -> finding_list.Findings | None:
    """The list that is asked for; None where it is not kept any more, or cannot be read."""
    path = queries.findings_path(run)
    if path is None:
        return None
    try:
        return finding_list.listed(
            request.user, run, path, lists.query(request.user, "findings", request.GET)
        )
    except engine.OutOfMemory:
        raise
    except engine.EngineError as error:
        log.error("findings_unreadable", run=run.pk, error=type(error).__name__)
        return None


def _of(run: ImportRun) -> list[tuple[str, str]]:
    source = f" of {run.data_source}" if run.data_source else ""
    return [("Import", f"{run.pk}{source}, {formats.moment(run.created_at)}")]


def _result(request: HttpRequest, run: ImportRun) -> dict[str, Any]:
    may_list = request.user.may(Permission.FINDING_VIEW)
    return {
        "may_list": may_list,
        "findings": _listed(request, run) if may_list else None,
        "counts": queries.counts(run),
        "severities": queries.severity_figures(run),
        **_asked(run),
    }


def _asked(run: ImportRun) -> dict[str, Any]:
    question = queries.question(run)
    if question is None:
        return {}
    return {
        "question": question,
        "undecided": queries.undecided(question),
        "one_by_one": len(run.parameters.get("chosen", {})),
        "answer_form": AnswerForm(question=question),
        "answer_days": ANSWER_DAYS,
    }


def _find(request: HttpRequest, pk: int) -> ImportRun:
    run = queries.import_run(request.user, pk)
    if run is None:
        refuse_as_missing(request, pk=pk)
    return run
