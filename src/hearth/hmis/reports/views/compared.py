"""Two reports side by side, and who made the difference."""

from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from hearth.hmis.access.guard import require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.reports import compared, queries, words
from hearth.hmis.reports.models import ReportRun
from hearth.hmis.reports.views.opened import closed, opened
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
@require_safe
def compare(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    """Two reports side by side: which files differ, and which people."""
    (first, before), (last, after) = _both(request, pk, other)
    try:
        comparison, people = compared.changed_people(request.user, before, after, request.GET.get("page"))
    except (BundleError, NotComparable) as error:
        return closed(request, last, error)
    record_access(
        by=request.user.pk, action=Access.MEMBERS_VIEWED, subject=f"reportrun:{last.pk}",
        compared=first.pk, page=people.page.number, shown=people.clients, hidden=people.hidden,
    )  # fmt: skip
    return render(
        request,
        "reports/compare.html",
        {
            **_compared(request, first, last),
            "comparison": comparison,
            "headline": compared.headline(before, after, comparison),
            "files": [
                (file, file.has_members and bool(file.came or file.went or file.changed))
                for file in comparison.files
            ],
            "people": people,
            "page": people.page,
        },
    )


@require(Permission.REPORT_VIEW)
@require_safe
def compare_file(request: HttpRequest, pk: int, other: int, file: str) -> HttpResponse:
    """The rows of one file that came, went or changed."""
    (first, before), (last, after) = _both(request, pk, other)
    if file not in words.COUNTED:
        raise Http404
    try:
        page = compared.changed_rows(request.user, before, after, file, request.GET.get("page"))
    except (BundleError, NotComparable) as error:
        return closed(request, last, error)
    return render(
        request, "reports/compare_file.html", {**_compared(request, first, last), "file": file, "page": page}
    )


@require(Permission.REPORT_VIEW)
@require_safe
def compare_row(request: HttpRequest, pk: int, other: int, file: str, number: int) -> HttpResponse:
    """Who came into one row, who left it, and why; written to the access log."""
    (first, before), (last, after) = _both(request, pk, other)
    if file not in words.COUNTED:
        raise Http404
    try:
        change = compared.changed_row(before, after, file, number)
        if change is None:
            raise Http404
        people, counted = compared.changed_members(
            request.user, before, after, file, change, request.GET.get("page")
        )
    except NoSuchRow:
        raise Http404 from None
    except (BundleError, NotComparable) as error:
        return closed(request, last, error)
    record_access(
        by=request.user.pk, action=Access.MEMBERS_VIEWED, subject=f"reportrun:{last.pk}", compared=first.pk,
        file=file, row=number, page=people.page.number, shown=people.clients, hidden=people.hidden,
    )  # fmt: skip
    return render(
        request,
        "reports/compare_row.html",
        {
            **_compared(request, first, last),
            "file": file,
            "change": change,
            "title": compared.titles(request.user, before, after, [change])[0],
            "counted": counted,
            "people": people,
            "page": people.page,
        },
    )


def _both(request: HttpRequest, pk: int, other: int) -> tuple[tuple[ReportRun, Path], tuple[ReportRun, Path]]:
    """Both reports, the earlier one first: by its period, then by when it was asked for."""
    runs = [opened(request, one) for one in (pk, other)]
    first, last = sorted(
        runs, key=lambda one: (one[0].parameters["start"], one[0].parameters["end"], one[0].pk)
    )
    return first, last


def _compared(request: HttpRequest, first: ReportRun, last: ReportRun) -> dict[str, object]:
    names = queries.region_names(request.user)
    return {
        "first": first,
        "last": last,
        "asked": queries.asked(request.user, last, names),
        "asked_first": queries.asked(request.user, first, names),
    }
