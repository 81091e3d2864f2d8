"""An enrollment's page with all that was recorded during it, and what changed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hearth.hmis.access.guard import refuse_as_missing, require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit import changes as history_of_records
from hearth.hmis.clients.actions import open_client
from hearth.hmis.clients.record_source import writer_of
from hearth.hmis.enrollments import queries, record_facts
from hearth.hmis.enrollments.queries import Stay
from hearth.hmis.hud import display


@require_safe
@require(Permission.ENROLLMENT_VIEW)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about one enrollment."""
    stay = _stay(request, pk, "enrollment")
    context = {
        "stay": stay,
        "enrollment": stay.enrollment,
        "client": stay.enrollment.client,
        "relationship": display.words(stay.enrollment, "relationship_to_hoh"),
        "start": record_facts.shown_record(stay.enrollment),
        "end": record_facts.shown_record(stay.exit) if stay.exit else None,
        "kinds": record_facts.kinds(request.user, stay.enrollment),
        "writer": writer_of(stay.enrollment),
    }
    return render(request, "enrollments/detail.html", context)


@require_safe
@require(Permission.ENROLLMENT_VIEW)
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """What changed in an enrollment and its records, when and by whom."""
    stay = _stay(request, pk, "enrollment history")
    records = record_facts.all_records(request.user, stay.enrollment, stay.exit)
    kind_of = {(type(record), record.pk): kind for kind, record in records}
    changes = history_of_records.changes(record for _, record in records)
    names = history_of_records.names_of({change.by for change in changes})
    rows = [
        (change, kind_of[type(change.record), change.record.pk], names.get(change.by or 0, ""))
        for change in changes
    ]
    context = {"stay": stay, "enrollment": stay.enrollment, "client": stay.enrollment.client, "rows": rows}
    return render(request, "enrollments/history.html", context)


def _stay(request: HttpRequest, pk: int, page: str) -> Stay:
    stay = queries.stay(request.user, pk)
    if stay is None:
        refuse_as_missing(request, enrollment=pk)
    open_client(by=request.user, client=stay.enrollment.client, page=f"{page}:{pk}")
    return stay
