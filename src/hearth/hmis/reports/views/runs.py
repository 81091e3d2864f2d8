"""The pages of reports: which there are, ask for one, watch it, read it, take it along."""

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from hearth.hmis.access.guard import refuse, refuse_as_missing, require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.access.recent import asked_again
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.jobs.rights import may_open
from hearth.hmis.reports import actions, catalog, figures, figures_alone, opening, queries
from hearth.hmis.reports.forms import FlagFilter, ReportForm
from hearth.hmis.reports.models import ReportRun
from hearth.hmis.reports.request import ReportRequest, RequestError
from hearth.reporting.runtime.notes import REMEDY

_RUNS_ON_A_PAGE = 20
_OPENS = "Numbers of people and households open to who is behind them; where one does not, it says why."
_FIGURES_ALONE = "You get figures, and nobody behind them."


@require(Permission.REPORT_VIEW)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Which reports can be made, and those so far."""
    page = Paginator(queries.runs(request.user), _RUNS_ON_A_PAGE).get_page(request.GET.get("page"))
    names = queries.region_names(request.user)
    opens = request.user.may(Permission.ENROLLMENT_VIEW)
    return render(
        request,
        "reports/index.html",
        {
            "lead": f"Made of the records as they are now. {_OPENS if opens else _FIGURES_ALONE}",
            "reports": catalog.reports_for(request.user),
            "page": page,
            "rows": [(run, queries.asked(request.user, run, names)) for run in page],
        },
    )


@require(Permission.REPORT_RUN)
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for a report; it is made by the worker."""
    report = catalog.by_slug(slug)
    if report is None:
        raise Http404
    if not catalog.may_make(request.user, report):
        refuse(request, needed="system administrator")
    given = (request.POST,) if request.method == "POST" else ()
    form = ReportForm(*given, user=request.user, report=report)
    if form.is_valid():
        run = actions.queue_report(by=request.user, request=form.request)
        return redirect("reports:run", run.pk)
    context = {
        "form": form,
        "report": report,
        "sees_all": request.user.sees_all,
        "of_seen": catalog.may_make_of_seen(request.user, report),
        "of_scope": catalog.grants_for(request.user, report),
    }
    return render(request, "reports/new.html", context)


@require(Permission.REPORT_VIEW)
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """One report: how far it is, or what came out.

    htmx asks for the progress alone and gets the whole page anew when the report has ended."""
    run = find(request, pk)
    context = {
        "run": run,
        "made_of": queries.made_of(request.user, run),
        "asked": queries.asked(request.user, run),
        "was_unreadable": run.state == "refused" and REMEDY in run.message,
        "why_refused": run.message.replace(REMEDY, "Correct them, or run it again with the box below."),
    }
    if not run.has_ended:
        part = request.htmx and not request.htmx.boosted
        return render(request, "reports/parts/progress.html" if part else "reports/run.html", context)
    if request.headers.get("X-Hearth-Background"):
        return HttpResponseClientRefresh()
    return render(request, "reports/run.html", context | _result(request, run))


@require(Permission.REPORT_RUN)
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask a report to stop."""
    run = find(request, pk)
    actions.cancel_report(by=request.user, run=run)
    return redirect("reports:run", run.pk)


@require(Permission.REPORT_RUN)
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Run a report of the same settings once more, of the records as they are now. Cells that cannot be read
    count as blank where they did in that run, or where the box on its page was ticked."""
    run = find(request, pk)
    try:
        wanted = ReportRequest.from_json(run.report, run.parameters)
        if request.POST.get("accept_unreadable"):
            wanted = replace(wanted, accept_unreadable=True)
        other = actions.queue_report(by=request.user, request=wanted)
    except RequestError as error:
        messages.error(request, str(error))
        return redirect("reports:run", run.pk)
    return redirect("reports:run", other.pk)


@require(Permission.REPORT_VIEW)
@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """The zip for HDX; every download is in the access log. That of everything in a scope is whole, so that
    whoever fetches it is asked again who they are."""
    run = find(request, pk)
    path = queries.zip_of(request.user, run)
    if path is None:
        refuse_as_missing(request, pk=pk)
    if run.of_grant is not None and (page := asked_again(request)) is not None:
        return page
    whole = {"everything": True} if run.of_grant is not None else {}
    record_access(by=request.user.pk, action=Access.DOWNLOADED, subject=f"reportrun:{run.pk}", **whole)
    return FileResponse(path.open("rb"), as_attachment=True, filename=path.name)


def find(request: HttpRequest, pk: int) -> ReportRun:
    """The run, or 404 where there is none for this user."""
    run = queries.report_run(request.user, pk)
    if run is None:
        refuse_as_missing(request, pk=pk)
    return run


def _result(request: HttpRequest, run: ReportRun) -> dict[str, Any]:
    user = request.user
    if run.state != "finished" or not may_open(user, run):
        return {"may_open": run.state != "finished"}
    if run.of_grant is not None:
        return {
            "may_open": True,
            "kept_days": settings.REPORT_KEPT_DAYS,
            "upload": queries.zip_of(user, run),
            "tables": figures_alone.tables(run),
            "seconds": run.result.get("seconds", []),
        }
    totals, faults = queries.quality(run)
    folder = queries.folder_of(user, run)
    numbers = opening.numbers_of_counts(folder) if folder else {}
    form = FlagFilter(request.GET or None, severities=queries.severities(run))
    return {
        "may_open": True,
        "kept_days": settings.REPORT_KEPT_DAYS,
        "folder": folder,
        "figures": figures.of(run),
        "totals": [(count, numbers.get(count.column)) for count in totals],
        "faults": [(count, numbers.get(count.column)) for count in faults],
        "files": queries.files(run),
        "severities": queries.severities(run),
        "form": form,
        "flags": queries.flags(user, run, form.chosen()),
        "seconds": run.result.get("seconds", []),
        "others": queries.comparable(user, run),
    }
