"""The lists of answers due, and how many are on each."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from hearth.hmis.access import field_rights
from hearth.hmis.access.guard import refuse, require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.access.recent import asked_again
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.clients.models import Client
from hearth.hmis.clients.search import kept
from hearth.hmis.consent import due_lists
from hearth.hmis.lists.queries import query
from hearth.hmis.ui import sheets
from hearth.hmis.ui.record_list import RecordList


@require_safe
@require(Permission.CLIENT_EDIT)
def index(request: HttpRequest) -> HttpResponse:
    """How many clients are on each list: a part of the home page, or a page of its own."""
    part = bool(request.headers.get("HX-Request"))
    counts = [
        (one, reverse(f"consent:due_{one.key}"), number)
        for one, number in due_lists.counts(request.user, timezone.localdate())
    ]
    return render(request, "consent/parts/due.html" if part else "consent/due.html", {"counts": counts})


@require(Permission.CLIENT_EDIT)
def listed(request: HttpRequest, which: str) -> HttpResponse:
    """One list. A search is sent by POST and kept: no name is in an address."""
    of = due_lists.LISTS[which]
    if request.method == "POST":
        return kept.searched_list(request)
    words = kept.words_of_list(request)
    shown, everybody = due_lists.listed(
        request.user, of, timezone.localdate(), query(request.user, which, request.GET), path=request.path,
        words=words or "", lost=words is None,
    )  # fmt: skip
    if shown.asked.download:
        return _download(request, of, shown, everybody)
    record_access(
        by=request.user.pk, action=Access.MEMBERS_VIEWED, subject=of.logged, page=shown.page.number,
        shown=[one.client.pk for one in shown.page],
    )  # fmt: skip
    may_see_birth_dates = field_rights.may_see(request.user, "Client.DOB")
    context = {"list": of, "shown": shown, "is_withheld": which == "turning-18" and not may_see_birth_dates}
    return render(request, "consent/due_list.html", context)


def _download(
    request: HttpRequest, of: due_lists.DueList, shown: RecordList, everybody: QuerySet[Client]
) -> HttpResponse:
    if not shown.can_download:
        refuse(request, needed=Permission.DATA_EXPORT)
    if (page := asked_again(request, second_step=True)) is not None:
        return page
    rows = list(due_lists.cells(request.user, of, everybody))
    record_access(
        by=request.user.pk, action=Access.DOWNLOADED, subject=of.logged, kind=shown.asked.download,
        rows=len(rows), filters=shown.asked.chosen, searched=bool(shown.words),
        shown=[row[0] for row in rows],
    )  # fmt: skip
    withheld = field_rights.withheld_words(request.user)
    about = sheets.about_list(
        shown, [("Not shown to you", "; ".join(withheld))] if withheld else [], request.user
    )
    headings = due_lists.headings(of, request.user)
    return sheets.response(shown.asked.download, of.key, *shown.asked.taken(headings, rows), about)
