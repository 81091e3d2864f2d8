"""The access log: who saw, searched, imported and exported what. No client data is in it."""

from typing import Any

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from hearth.hmis.access.guard import require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.access_log import queries
from hearth.hmis.access_log.forms import LogFilter
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.ui import sheets
from hearth.hmis.ui.record_list import KINDS

PAGE_ROWS = 50
#: Counting and paging stop here; a narrower filter reaches the rest.
MOST_ROWS = 10_000
MOST_TAKEN_ROWS = 100_000
_HEADINGS = ("Number", "At", "User number", "User", "E-mail", "Action", "Client", "What")


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
        "downloads": [(said, reverse("audit:download", args=[kind])) for kind, said in KINDS.items()],
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
def download(request: HttpRequest, kind: str) -> FileResponse:
    """The entries that fit, as Excel or CSV; the latest ones where there are too many."""
    if kind not in KINDS:
        raise Http404
    form = LogFilter(request.GET)
    form.is_valid()  # a filter that cannot be read is said on the page, and the others count
    rows = queries.entries(request.user, **form.cleaned_data)
    total = rows.count()
    entries = queries.in_words(request.user, rows[:MOST_TAKEN_ROWS], with_links=False)
    about = [
        ("List", "Access log"),
        *form.said(),
        ("Order", "the latest first"),
        ("Rows", f"{len(entries):,} of {total:,}{', the latest' if total > len(entries) else ''}"),
        sheets.taken_by(request.user),
    ]
    record_access(
        by=request.user.pk, action=Access.DOWNLOADED, subject="access log", kind=kind, rows=len(entries)
    )
    return sheets.response(kind, "access-log", _HEADINGS, map(_cells, entries), about)


def _cells(one: queries.Entry) -> list[Any]:
    row = one.log
    at = timezone.localtime(row.at).isoformat(timespec="seconds")
    action = row.get_action_display()
    return [row.pk, at, row.user_id, one.user, one.email, action, row.client_id, one.what]


def _without_page(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()
