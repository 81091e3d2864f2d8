"""Two reports side by side, and who made the difference."""

from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from hearth.hmis.access.guard import require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.clients.search import kept
from hearth.hmis.reports import compared, lsa_columns, queries
from hearth.hmis.reports.models import ReportRun
from hearth.hmis.reports.views import lists
from hearth.hmis.reports.views.opened import READ_OR_SEARCH, closed, opened
from hearth.reporting.opening.bundle import BundleError
from hearth.reporting.opening.compare import NotComparable
from hearth.reporting.opening.members import NoSuchRow


@require(Permission.REPORT_VIEW)
@require_safe
def compare_with(request: HttpRequest, pk: int) -> HttpResponse:
    """From the choice on a report's page to the comparison."""
    opened(request, pk)
    other = request.GET.get("with", "")
    if not (other.isascii() and other.isdigit() and len(other) < 19):
        return redirect("reports:run", pk)
    return redirect("reports:compare", pk, int(other))


@require(Permission.REPORT_VIEW)
@READ_OR_SEARCH
def compare(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    """Two reports side by side: which files differ, and which people."""
    (first, before), (last, after) = _both(request, pk, other)
    if request.method == "POST":
        return kept.searched_list(request)
    listing = _listing(request, "Clients whose records or results changed")
    try:
        comparison, people = compared.compared(request.user, before, after, listing)
        headline = compared.headline(before, after, comparison)
    except (BundleError, NotComparable) as error:
        return closed(request, last, error)
    causes = [(cause, said, getattr(comparison.causes, cause)) for cause, said in compared.CAUSES.items()]
    context = {
        "comparison": comparison,
        "headline": headline,
        "causes": causes,
        "files": [
            (file, file.has_members and bool(file.came or file.went or file.changed))
            for file in comparison.files
        ],
    }
    return _people(request, first, last, people, "reports/compare.html", context)


@require(Permission.REPORT_VIEW)
@READ_OR_SEARCH
def compare_people(request: HttpRequest, pk: int, other: int, cause: str) -> HttpResponse:
    """Whom one of the counts of why people differ counts."""
    (first, before), (last, after) = _both(request, pk, other)
    if cause not in compared.CAUSES:
        raise Http404
    if request.method == "POST":
        return kept.searched_list(request)
    title = compared.CAUSES[cause]
    try:
        people = compared.changed_people(request.user, before, after, cause, _listing(request, title))
    except (BundleError, NotComparable) as error:
        return closed(request, last, error)
    return _people(request, first, last, people, "reports/compare_people.html", {"title": title}, cause=cause)


@require(Permission.REPORT_VIEW)
@require_safe
def compare_file(request: HttpRequest, pk: int, other: int, file: str) -> HttpResponse:
    """The rows of one file that came, went or changed."""
    (first, before), (last, after) = _both(request, pk, other)
    if file not in lsa_columns.COUNTED:
        raise Http404
    try:
        page = compared.changed_rows(request.user, before, after, file, request.GET.get("page"))
    except (BundleError, NotComparable) as error:
        return closed(request, last, error)
    return render(
        request, "reports/compare_file.html", {**_compared(request, first, last), "file": file, "page": page}
    )


@require(Permission.REPORT_VIEW)
@READ_OR_SEARCH
def compare_row(request: HttpRequest, pk: int, other: int, file: str, number: int) -> HttpResponse:
    """Who came into one row, who left it, and why."""
    (first, before), (last, after) = _both(request, pk, other)
    if file not in lsa_columns.COUNTED:
        raise Http404
    if request.method == "POST":
        return kept.searched_list(request)
    try:
        change = compared.changed_row(before, after, file, number)
        if change is None:
            raise Http404
        title = compared.titles(request.user, before, after, [change])[0]
        people, counted = compared.changed_members(
            request.user, before, after, file, change, _listing(request, title)
        )
        numbers = compared.row_numbers(before, after, file, change)
    except NoSuchRow:
        raise Http404 from None
    except (BundleError, NotComparable) as error:
        return closed(request, last, error)
    rows = [
        reverse("reports:row", args=[run.pk, file, number]) if number else ""
        for run, number in zip((first, last), numbers, strict=True)
    ]
    context = {"file": file, "change": change, "title": title, "counted": counted, "rows": rows}
    return _people(request, first, last, people, "reports/compare_row.html", context, file=file, row=number)


def _listing(request: HttpRequest, caption: str) -> compared.Listing:
    return compared.Listing(
        lists.asked(request, "changed"),
        request.path,
        caption,
        kept.words_of_list(request),
        lists.may_download(request),
    )


def _people(
    request: HttpRequest,
    first: ReportRun,
    last: ReportRun,
    people: compared.Changed,
    template: str,
    context: dict[str, Any],
    **logged: Any,
) -> HttpResponse:
    """The page of a list of who differs, or that list taken along; written to the access log."""
    both = _compared(request, first, last)
    logged = {"compared": first.pk, **logged, "shown": people.clients}
    if people.shown.asked.download:
        about = [("Compared with", f"{both['asked_first'].place}, {both['asked_first'].time}")]
        cells = compared.cells(people)
        return lists.download(request, last, people.shown, compared.HEADINGS, cells, about, **logged)
    record_access(
        by=request.user.pk, action=Access.MEMBERS_VIEWED, subject=f"reportrun:{last.pk}",
        page=people.shown.page.number, hidden=people.hidden, **logged,
    )  # fmt: skip
    return render(request, template, {**both, "people": people, **context})


def _both(request: HttpRequest, pk: int, other: int) -> tuple[tuple[ReportRun, Path], tuple[ReportRun, Path]]:
    """Both reports, the earlier one first: by its period, then by when it was asked for."""
    runs = [opened(request, one) for one in (pk, other)]
    first, last = sorted(
        runs, key=lambda one: (one[0].parameters["start"], one[0].parameters["end"], one[0].pk)
    )
    return first, last


def _compared(request: HttpRequest, first: ReportRun, last: ReportRun) -> dict[str, Any]:
    names = queries.region_names(request.user)
    return {
        "first": first,
        "last": last,
        "asked": queries.asked(request.user, last, names),
        "asked_first": queries.asked(request.user, first, names),
    }
