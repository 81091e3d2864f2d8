"""Correcting or removing one contact, assessment or event of a stay."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from hearth.hmis.access.guard import refuse_as_missing, require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.clients.actions import open_client
from hearth.hmis.enrollments import queries
from hearth.hmis.enrollments.actions import EnrollmentRefused
from hearth.hmis.enrollments.checks.form import findings, only_looks
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.enrollments.stages import actions, points
from hearth.hmis.enrollments.stages.points import BY_SLUG, Point, PointForm
from hearth.hmis.enrollments.stages.recorded import version_of
from hearth.hmis.enrollments.views.saved import say_saved
from hearth.hmis.hud import display
from hearth.hmis.hud.names import python_name

_SAID = "Somebody else saved this meanwhile. Look at both, then press the button again."


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.ENROLLMENT_VIEW, Permission.ENROLLMENT_EDIT)
def correct(request: HttpRequest, pk: int, slug: str, record: int) -> HttpResponse:
    """The answers of one record; Save writes what somebody changed. Where the project does not ask them, the
    record can only be removed."""
    enrollment, point, row, day = _known(request, pk, slug, record)
    user = request.user
    if row is None:
        return redirect("enrollments:detail", pk)
    form = PointForm(request.POST or None, user=user, enrollment=enrollment, point=point, day=day, record=row)
    if not form.questions:
        return redirect("enrollments:remove_record", pk, slug, record)
    if only_looks(request):
        return findings(request, form)
    both = []
    if request.method == "POST" and form.is_valid():
        try:
            changed = actions.correct_record(
                by=user, enrollment=enrollment, point=point, pk=record,
                values=form.changes().get(point.file, {}), version=request.POST.get("version", ""),
                right=form.right,
            )  # fmt: skip
        except actions.ChangedMeanwhile:
            both = form.both()
            messages.warning(request, _SAID)
        except EnrollmentRefused as refused:  # what somebody else wrote meanwhile
            messages.error(request, str(refused))
            return redirect("enrollments:detail", pk)
        else:
            if changed:
                say_saved(request, pk, "Corrected.")
            else:
                messages.success(request, "Nothing was changed.")
            return redirect("enrollments:detail", pk)
    elif request.method != "POST":
        open_client(by=user, client=enrollment.client, page="enrollment")
    context = {
        "enrollment": enrollment, "client": enrollment.client, "form": form, "title": point.title,
        "day": day, "version": form.version, "both": both, "is_removable": True,
    }  # fmt: skip
    return render(request, "enrollments/answers_correct.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.ENROLLMENT_VIEW, Permission.ENROLLMENT_EDIT)
def remove(request: HttpRequest, pk: int, slug: str, record: int) -> HttpResponse:
    """What would be taken away; the button does it."""
    enrollment, point, row, day = _known(request, pk, slug, record)
    user = request.user
    if row is None:
        return redirect("enrollments:detail", pk)
    if request.method == "POST":
        try:
            actions.remove_record(
                by=user, enrollment=enrollment, point=point, pk=record,
                version=request.POST.get("version", ""),
            )  # fmt: skip
        except actions.ChangedMeanwhile:
            messages.warning(request, _SAID)
        else:
            say_saved(request, pk, f"{point.title} removed. The change history keeps it.")
            return redirect("enrollments:detail", pk)
    else:
        open_client(by=user, client=enrollment.client, page="enrollment")
    shown = [row, *points.hanging_on(user, point, row)]
    context = {
        "enrollment": enrollment, "client": enrollment.client, "title": point.title, "day": day,
        "version": version_of({point.file: row}), "button": f"Remove: {point.title.lower()}",
        "records": [(type(one).__name__, list(display.facts(one))) for one in shown],
    }  # fmt: skip
    return render(request, "enrollments/answers_remove.html", context)


def _known(request: HttpRequest, pk: int, slug: str, record: int) -> tuple[Enrollment, Point, Any, date]:
    """The enrollment that the user may write in, the point, its record (None: no longer there), its day."""
    point = BY_SLUG.get(slug)
    if point is None or not point.is_record:
        raise Http404
    stay = queries.stay(request.user, pk)
    if stay is None or not request.user.may(Permission.ENROLLMENT_EDIT, project=stay.enrollment.project_id):
        refuse_as_missing(request, enrollment=pk)
    if stay.enrollment.date_deleted is not None or stay.enrollment.project.project_type is None:
        raise Http404
    row = points.record_of(request.user, stay.enrollment, point, record)
    day = getattr(row, python_name(point.day.partition(".")[2]), None) if row is not None else None
    return stay.enrollment, point, row, day or timezone.localdate()
