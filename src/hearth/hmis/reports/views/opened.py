"""From a number of a report to its rows and the people behind it. Every list can be filtered, sorted,
searched and taken along; whoever is shown or taken along is written to the access log."""

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from hearth.hmis.access.guard import refuse_as_missing, require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.clients.search import kept
from hearth.hmis.reports import figures, hic_projects, lsa_columns, opening, people, queries
from hearth.hmis.reports.figures import Behind
from hearth.hmis.reports.models import ReportRun
from hearth.hmis.reports.views import lists
from hearth.hmis.reports.views.runs import find
from hearth.reporting.opening.bundle import BundleError
from hearth.reporting.opening.members import NoSuchRow

READ_OR_SEARCH = require_http_methods(["GET", "HEAD", "POST"])


@require(Permission.REPORT_VIEW)
@require_safe
def rows(request: HttpRequest, pk: int, file: str) -> HttpResponse:
    """The rows of one file of the upload, each of which leads to its people or its project."""
    run, folder = opened(request, pk)
    if file not in lsa_columns.FILTERED:
        raise Http404
    try:
        shown, listed = opening.rows(
            request.user,
            folder,
            file,
            lists.asked(request, f"rows-{file}"),
            path=request.path,
            can_download=lists.may_download(request),
        )
    except BundleError as error:
        return closed(request, run, error)
    if shown.asked.download:
        headings = opening.headings(file, listed)
        return lists.download(request, run, shown, headings, opening.cells(file, listed), file=file)
    return render(
        request,
        "reports/rows.html",
        {
            "run": run,
            "asked": queries.asked(request.user, run),
            "file": file,
            "name": lsa_columns.file_name(file),
            "about": lsa_columns.ABOUT[file],
            "shown": shown,
            "counts": file in lsa_columns.COUNTED,
            "count_column": opening.rows_count(file),
        },
    )


@require(Permission.REPORT_VIEW)
@READ_OR_SEARCH
def row(request: HttpRequest, pk: int, file: str, number: int) -> HttpResponse:
    """One row, and the people it counts as far as the viewer may see them."""
    run, folder = opened(request, pk)
    if file not in lsa_columns.COUNTED:
        raise Http404
    try:
        found = opening.row(request.user, folder, file, number)
    except BundleError as error:
        return closed(request, run, error)
    if found is None:
        raise Http404
    behind = figures.of_row(folder, file, found.row.values)
    context = {
        "file": file,
        "name": lsa_columns.file_name(file),
        "found": found,
        "title": found.title[:1].upper() + found.title[1:],
        "value": found.row.count,
        "counted": lsa_columns.counted(file, found.row.count),
    }
    nights = lsa_columns.counts_nights(file, found.row.values.get("ReportRow"))
    return _people(
        request, run, folder, behind, "reports/row.html", context,
        amount="Nights" if nights else "Days", file=file, row=number,
    )  # fmt: skip


@require(Permission.REPORT_VIEW)
@READ_OR_SEARCH
def figure(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """A main figure of the report, and the people it sums up as far as the viewer may see them."""
    run, folder = opened(request, pk)
    title = figures.titles_of(queries.asked(request.user, run).report).get(key)
    if title is None:
        raise Http404
    try:
        behind = figures.behind(folder, key)
    except NoSuchRow:
        raise Http404 from None
    except BundleError as error:
        return closed(request, run, error)
    context = {"title": title, "is_average": key.startswith("average")}
    return _people(request, run, folder, behind, "reports/figure.html", context, figure=key)


@require(Permission.REPORT_VIEW)
@READ_OR_SEARCH
def flag(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One thing that HDX will flag, with its people as far as the viewer may see them."""
    run, folder = opened(request, pk)
    found = queries.flag(request.user, run, number)
    if found is None:
        raise Http404
    behind = figures.of_flag(folder, found.flag)
    context = {"found": found, "title": found.sentence}
    return _people(request, run, folder, behind, "reports/flag.html", context, flag=found.flag.id)


@require(Permission.REPORT_VIEW)
@require_safe
def projects(request: HttpRequest, pk: int) -> HttpResponse:
    """The projects of a HIC with their beds, units and people on its night."""
    run, folder = opened(request, pk)
    if not queries.asked(request.user, run).report.is_of_one_night:
        raise Http404
    try:
        shown, listed = hic_projects.projects(
            request.user,
            folder,
            lists.asked(request, "night"),
            path=request.path,
            can_download=lists.may_download(request),
        )
    except BundleError as error:
        return closed(request, run, error)
    if shown.asked.download:
        return lists.download(
            request, run, shown, hic_projects.HEADINGS, hic_projects.cells(listed), list="projects"
        )
    context = {"run": run, "asked": queries.asked(request.user, run), "shown": shown}
    return render(request, "reports/projects.html", context)


def _people(
    request: HttpRequest,
    run: ReportRun,
    folder: Path,
    behind: Behind,
    template: str,
    context: dict[str, Any],
    amount: str = "Days",
    **logged: Any,
) -> HttpResponse:
    """The page of a number with the list of its people, or that list taken along; written to the log."""
    if request.method == "POST":
        return kept.searched_list(request)
    try:
        found = people.people(
            request.user,
            folder,
            behind,
            lists.asked(request, "people"),
            path=request.path,
            caption=context["title"],
            words=kept.words_of_list(request),
            amount=amount,
            can_download=lists.may_download(request),
        )
    except NoSuchRow:
        raise Http404 from None
    except BundleError as error:
        return closed(request, run, error)
    if found.shown.asked.download:
        headings, cells = people.headings(found), people.cells(found)
        return lists.download(request, run, found.shown, headings, cells, shown=found.clients, **logged)
    record_access(
        by=request.user.pk, action=Access.MEMBERS_VIEWED, subject=f"reportrun:{run.pk}", **logged,
        page=found.shown.page.number, shown=found.clients, hidden=found.hidden,
    )  # fmt: skip
    asked = queries.asked(request.user, run)
    return render(
        request, template, {"run": run, "asked": asked, "people": found, "amount": amount, **context}
    )


def opened(request: HttpRequest, pk: int) -> tuple[ReportRun, Path]:
    """The run and its files, or 404 where they are not there for this user."""
    run = find(request, pk)
    folder = queries.folder_of(request.user, run)
    if folder is None:
        refuse_as_missing(request, pk=pk)
    return run, folder


def closed(request: HttpRequest, run: ReportRun, error: Exception) -> HttpResponse:
    """The files are there, and cannot be opened: made by another version, or of other kinds."""
    asked = queries.asked(request.user, run)
    return render(request, "reports/closed.html", {"run": run, "asked": asked, "why": without_paths(error)})


def without_paths(error: Exception) -> str:
    """What an error says, without where the files lie on the server: that is the operator's to know."""
    path = rf"{re.escape(str(settings.MEDIA_ROOT))}\S*"
    said = re.sub(rf" (?:in|or) {path}", "", str(error))
    return re.sub(path, "A file of the report", said)
