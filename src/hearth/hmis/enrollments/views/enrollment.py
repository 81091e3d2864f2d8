"""An enrollment's page with all that was recorded during it, and what changed."""

from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from hearth.hmis.access import field_rights
from hearth.hmis.access.guard import refuse_as_missing, require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit import changes, pages
from hearth.hmis.clients.actions import open_client
from hearth.hmis.clients.record_source import writer_of
from hearth.hmis.enrollments import due, queries, record_facts
from hearth.hmis.enrollments.case_manager import queries as managers
from hearth.hmis.enrollments.checks import answered
from hearth.hmis.enrollments.further import further_answers, further_history
from hearth.hmis.enrollments.queries import Stay
from hearth.hmis.enrollments.stages import points, questions
from hearth.hmis.hud import display
from hearth.hmis.organizations.form_project import FormProjects


@require_safe
@require(Permission.ENROLLMENT_VIEW)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about one enrollment."""
    stay = _stay(request, pk, "enrollment")
    may_edit = request.user.may(Permission.ENROLLMENT_EDIT, project=stay.enrollment.project_id)
    places = FormProjects([stay.enrollment.project] if may_edit else [])
    recorded = due.recorded_days(request.user, [pk]) if may_edit else {}
    context = {
        "stay": stay,
        "enrollment": stay.enrollment,
        "client": stay.enrollment.client,
        "relationship": display.words(stay.enrollment, "relationship_to_hoh"),
        "start": record_facts.shown_record(stay.enrollment),
        "end": record_facts.shown_record(stay.exit) if stay.exit else None,
        "kinds": record_facts.kinds(request.user, stay.enrollment),
        "writer": "" if stay.enrollment.project.is_hidden else writer_of(stay.enrollment),
        "answered_checks": answered.answered_checks(request.user, stay.enrollment, stay.exit),
        "further": further_answers(request.user, stay.enrollment),
        "may_exit": may_edit,
        "assignments": managers.assignments(request.user, stay.enrollment),
        "stages": questions.offered(stay.enrollment, stay.exit, places) if may_edit else [],
        "due": due.of_stays(request.user, [stay], recorded, places, timezone.localdate()) if may_edit else [],
        "points": points.offered(stay.enrollment, stay.exit, places) if may_edit else [],
    }
    return render(request, "enrollments/detail.html", context)


@require_safe
@require(Permission.ENROLLMENT_VIEW)
def history(request: HttpRequest, pk: int, file: str = "") -> HttpResponse:
    """What changed in an enrollment and its records, when and by whom; or in its records of one file."""
    stay = _stay(request, pk, "enrollment history")
    kinds = record_facts.history_kinds(request.user, stay.enrollment)
    kinds += further_history(request.user, stay.enrollment)
    if file:
        kinds = [replace(kind, tells_first=True) for kind in kinds if kind.file == file]
        if not kinds:
            raise Http404
    what = f"{kinds[0].title} of the enrollment" if file else "The enrollment and its records"
    told = changes.history(
        request.user,
        kinds,
        withholds=field_rights.withholds,
        before=pages.before(request.GET) if file else None,
        tells_who=not stay.enrollment.project.is_hidden,
    )
    context = pages.context(
        told, lambda kind: reverse("enrollments:history_of", args=[pk, kind.file]), several=True
    ) | {
        "enrollment": stay.enrollment,
        "client": stay.enrollment.client,
        "kind": kinds[0] if file else None,
        "eyebrow": stay.enrollment.project,
        "lead": f"{what} as recorded before. The latest change comes first.",
        "nothing": "Everything is as it was first written.",
    }
    return render(request, "enrollments/history.html", context)


def _stay(request: HttpRequest, pk: int, page: str) -> Stay:
    stay = queries.stay(request.user, pk)
    if stay is None:
        refuse_as_missing(request, enrollment=pk)
    open_client(by=request.user, client=stay.enrollment.client, page=f"{page}:{pk}")
    return stay
