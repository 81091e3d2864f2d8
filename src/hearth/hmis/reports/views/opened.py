"""From a number of a report to the people behind it, and from two reports to who made the difference."""

from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from hearth.hmis.access.guard import refuse_as_missing, require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.reports import opening, queries, words
from hearth.hmis.reports.forms import RowFilter
from hearth.hmis.reports.models import ReportRun
from hearth.hmis.reports.views.runs import find
from hearth.reporting.reports.lsa import compare as comparing
from hearth.reporting.reports.lsa.bundle import BundleError
from hearth.reporting.reports.lsa.compare import NotComparable
from hearth.reporting.reports.lsa.members import NoSuchRow


@require(Permission.REPORT_VIEW)
@require_safe
def rows(request: HttpRequest, pk: int, file: str) -> HttpResponse:
    """The rows of one file of the upload, each of which leads to its people."""
    run, folder = _opened(request, pk)
    if file not in words.FILTERED:
        raise Http404
    try:
        columns = {
            column: (words.column(file, column), values)
            for column, values in opening.choices(folder, file).items()
            if len(values) > 1
        }
        form = RowFilter(request.GET or None, columns=columns)
        page = opening.rows(request.user, folder, file, form.chosen(), request.GET.get("page"))
    except BundleError as error:
        return _closed(request, run, str(error))
    return render(
        request,
        "reports/rows.html",
        {
            "run": run,
            "asked": queries.asked(request.user, run),
            "file": file,
            "about": words.ABOUT[file],
            "counted": words.COUNTED[file],
            "headings": [words.column(file, column) for column in words.LISTED[file]],
            "form": form,
            "page": page,
        },
    )


@require(Permission.REPORT_VIEW)
@require_safe
def row(request: HttpRequest, pk: int, file: str, number: int) -> HttpResponse:
    """One row, and the people it counts as far as the viewer may see them; written to the access log."""
    run, folder = _opened(request, pk)
    if file not in words.COUNTED:
        raise Http404
    try:
        found = opening.row(folder, file, number)
        if found is None:
            raise Http404
        people = opening.people(request.user, folder, file, found.row, request.GET.get("page"))
    except NoSuchRow:
        raise Http404 from None
    except BundleError as error:
        return _closed(request, run, str(error))
    record_access(
        by=request.user.pk, action=Access.MEMBERS_VIEWED, subject=f"reportrun:{run.pk}",
        file=file, row=number, page=people.page.number, shown=people.clients, hidden=people.hidden,
    )  # fmt: skip
    return render(
        request,
        "reports/row.html",
        {
            "run": run,
            "asked": queries.asked(request.user, run),
            "file": file,
            "number": number,
            "counted": words.counted(file, found.row.count),
            "found": found,
            "people": people,
            "behind": people.unit,
            "page": people.page,
        },
    )


@require(Permission.REPORT_VIEW)
@require_safe
def flag(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One thing that HDX will flag, with its people as far as the viewer may see them; written to the access
    log."""
    run, folder = _opened(request, pk)
    found = queries.flag(request.user, run, number)
    if found is None:
        raise Http404
    try:
        people = opening.flagged(request.user, folder, found.flag, request.GET.get("page"))
    except NoSuchRow:
        raise Http404 from None
    except BundleError as error:
        return _closed(request, run, str(error))
    record_access(
        by=request.user.pk, action=Access.MEMBERS_VIEWED, subject=f"reportrun:{run.pk}",
        flag=found.flag.id, page=people.page.number, shown=people.clients, hidden=people.hidden,
    )  # fmt: skip
    return render(
        request,
        "reports/flag.html",
        {
            "run": run,
            "asked": queries.asked(request.user, run),
            "found": found,
            "people": people,
            "behind": people.unit,
            "page": people.page,
        },
    )


@require(Permission.REPORT_VIEW)
@require_safe
def compare_with(request: HttpRequest, pk: int) -> HttpResponse:
    """From the choice on a report's page to the comparison."""
    _opened(request, pk)
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
        comparison = comparing.compare(before, after)
        people = opening.changed_people(request.user, before, after, request.GET.get("page"))
    except (BundleError, NotComparable) as error:
        return _closed(request, last, str(error))
    record_access(
        by=request.user.pk, action=Access.MEMBERS_VIEWED, subject=f"reportrun:{last.pk}",
        compared=first.pk, page=people.page.number, shown=_clients(people), hidden=people.hidden,
    )  # fmt: skip
    return render(
        request,
        "reports/compare.html",
        {
            **_compared(request, first, last),
            "comparison": comparison,
            "headline": opening.headline(before, after, comparison),
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
        page = opening.changed_rows(before, after, file, request.GET.get("page"))
    except (BundleError, NotComparable) as error:
        return _closed(request, last, str(error))
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
        change = opening.changed_row(before, after, file, number)
        if change is None:
            raise Http404
        people, counted = opening.changed_members(
            request.user, before, after, file, change, request.GET.get("page")
        )
    except NoSuchRow:
        raise Http404 from None
    except (BundleError, NotComparable) as error:
        return _closed(request, last, str(error))
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
            "counted": counted,
            "people": people,
            "page": people.page,
        },
    )


def _opened(request: HttpRequest, pk: int) -> tuple[ReportRun, Path]:
    run = find(request, pk)
    folder = queries.folder_of(request.user, run)
    if folder is None:
        refuse_as_missing(request, pk=pk)
    return run, folder


def _both(request: HttpRequest, pk: int, other: int) -> tuple[tuple[ReportRun, Path], tuple[ReportRun, Path]]:
    """Both reports, the earlier one first: by its period, then by when it was asked for."""
    runs = [_opened(request, one) for one in (pk, other)]
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


def _clients(people: opening.People) -> list[int]:
    return [one.client.pk for one in people.page if one.client is not None]


def _closed(request: HttpRequest, run: ReportRun, why: str) -> HttpResponse:
    """The files are there, and cannot be opened: made by another version, or of other kinds."""
    asked = queries.asked(request.user, run)
    return render(request, "reports/closed.html", {"run": run, "asked": asked, "why": why})
