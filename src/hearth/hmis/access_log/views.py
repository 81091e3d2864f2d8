"""The access log: who saw, searched, imported and exported what. No client data is in it."""

import csv
import io

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from hearth.formulas import disarmed
from hearth.hmis.access.guard import require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.access_log import queries
from hearth.hmis.access_log.forms import LogFilter
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.ui import sheets

PAGE_ROWS = 50
#: Counting and paging stop here; a narrower filter reaches the rest.
MOST_ROWS = 10_000
MOST_CSV_ROWS = 100_000


@require_safe
@require(Permission.ACCESS_LOG_VIEW)
def log(request: HttpRequest) -> HttpResponse:
    """One page of the log."""
    form = LogFilter(request.GET)
    form.is_valid()  # a filter that cannot be read is said on the page, and the others count
    rows = queries.entries(request.user, **form.cleaned_data)
    page = Paginator(rows[:MOST_ROWS], PAGE_ROWS).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "entries": queries.in_words(request.user, page),
        "is_capped": page.paginator.count >= MOST_ROWS,
        "query": _without_page(request),
    }
    return render(request, "access_log/log.html", context)


@require_safe
@require(Permission.ACCESS_LOG_VIEW)
def stopped(request: HttpRequest) -> HttpResponse:
    """Who was stopped for searching, or showing SSNs, more often than an hour allows."""
    page = Paginator(queries.stopped(request.user)[:MOST_ROWS], PAGE_ROWS).get_page(request.GET.get("page"))
    return render(
        request, "access_log/stopped.html", {"page": page, "entries": queries.in_words(request.user, page)}
    )


@require_safe
@require(Permission.ACCESS_LOG_VIEW)
def download(request: HttpRequest) -> HttpResponse:
    """The entries that fit, as CSV; the latest ones where there are too many."""
    form = LogFilter(request.GET)
    form.is_valid()  # a filter that cannot be read is said on the page, and the others count
    rows = queries.entries(request.user, **form.cleaned_data)
    entries = queries.in_words(request.user, rows[:MOST_CSV_ROWS], with_links=False)
    out = io.StringIO()
    out.write(sheets.MARK)
    writer = csv.writer(out)
    writer.writerow(["Number", "At", "User number", "User", "E-mail", "Action", "Client", "What"])
    for one in entries:
        row = one.log
        at = timezone.localtime(row.at).isoformat(timespec="seconds")
        values = [
            row.pk,
            at,
            row.user_id,
            one.user,
            one.email,
            row.get_action_display(),
            row.client_id,
            one.what,
        ]
        writer.writerow([disarmed(value) for value in values])  # names of users are typed by people
    record_access(by=request.user.pk, action=Access.DOWNLOADED, subject="access log", rows=len(entries))
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="access-log.csv"'
    return response


def _without_page(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()
