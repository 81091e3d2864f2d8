"""What the views of lists share: a search that is kept, a download that is logged and says what it is."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse

from hearth.hmis.access import field_rights
from hearth.hmis.access.guard import refuse
from hearth.hmis.access.permissions import Permission
from hearth.hmis.access.recent import asked_again
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.lists.queries import query
from hearth.hmis.reports import queries
from hearth.hmis.reports.models import ReportRun
from hearth.hmis.ui import formats, sheets
from hearth.hmis.ui.record_list import Query, RecordList


def asked(request: HttpRequest, name: str) -> Query:
    """What the address asks of the list of that name, with what the user keeps of it."""
    return query(request.user, name, request.GET)


def may_download(request: HttpRequest) -> bool:
    """Whether this user may take lists along."""
    return request.user.may(Permission.DATA_EXPORT)


def download(
    request: HttpRequest,
    run: ReportRun,
    listed: RecordList,
    headings: Sequence[tuple[str, str]],
    rows: Iterable[Sequence[Any]],
    more: sheets.About = (),
    **logged: Any,
) -> HttpResponse:
    """What is filtered, in the order and the columns shown, as Excel or CSV. Written to the access log first.
    `headings`: each with the key of its column; `more`: what else the list is about."""
    if not may_download(request):
        refuse(request, needed=Permission.DATA_EXPORT)
    if (page := asked_again(request, second_step=True)) is not None:
        return page
    kind = listed.asked.download
    record_access(
        by=request.user.pk, action=Access.DOWNLOADED, subject=f"reportrun:{run.pk}", kind=kind,
        rows=listed.total, hidden=listed.hidden, filters=listed.asked.chosen, searched=bool(listed.words),
        **logged,
    )  # fmt: skip
    asked = queries.asked(request.user, run)
    withheld = field_rights.withheld_words(request.user)
    of = [
        ("Report", f"{asked.report.name}, {asked.place}"),
        ("Report period", asked.time),
        ("Data as of", formats.moment(run.result.get("made_at", ""))),
        *more,
        *((("Not shown to you", "; ".join(withheld)),) if withheld else ()),
    ]
    about = sheets.about_list(listed, of, request.user)
    return sheets.response(kind, f"report-{run.pk}-list", *listed.asked.taken(headings, rows), about)
