"""Correcting the recorded answers of a stage, and taking an update or annual assessment away."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from hearth.hmis.access.guard import refuse_as_missing, require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.clients.actions import open_client
from hearth.hmis.enrollments import queries
from hearth.hmis.enrollments.checks.form import findings, only_looks
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.enrollments.stages import actions
from hearth.hmis.enrollments.stages.correcting import REMOVABLE, TITLES, CorrectForm, stored_of
from hearth.hmis.enrollments.views.saved import say_saved
from hearth.hmis.hud import display

_SAID = "Somebody else saved this meanwhile. Look at both, then press the button again."


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.ENROLLMENT_VIEW, Permission.ENROLLMENT_EDIT)
def correct(request: HttpRequest, pk: int, stage: str, day: str) -> HttpResponse:
    """The answers of a stage as they are recorded; Save writes what somebody changed."""
    enrollment, on = _known(request, pk, stage, day)
    user = request.user
    stored = stored_of(user, enrollment, stage, on)
    if not stored:
        return redirect("enrollments:detail", pk)
    form = CorrectForm(
        request.POST or None, user=user, enrollment=enrollment, stage=stage, day=on, stored=stored
    )
    if only_looks(request):
        return findings(request, form)
    both = []
    if request.method == "POST" and form.is_valid():
        try:
            changed = actions.correct_stage(
                by=user, enrollment=enrollment, stage=stage, day=on, changes=form.changes(),
                records=form.answered.records, kinds=form.kinds, version=request.POST.get("version", ""),
                right=form.right,
            )  # fmt: skip
        except actions.ChangedMeanwhile:
            both = form.both()
            messages.warning(request, _SAID)
        else:
            if changed:
                say_saved(request, pk, "Corrected.")
            else:
                messages.success(request, "Nothing was changed.")
            return redirect("enrollments:detail", pk)
    elif request.method != "POST":
        open_client(by=user, client=enrollment.client, page="enrollment")
    context = {
        "enrollment": enrollment, "client": enrollment.client, "form": form, "title": TITLES[stage],
        "day": on, "stage": stage, "version": form.version, "both": both, "is_removable": stage in REMOVABLE,
    }  # fmt: skip
    return render(request, "enrollments/answers_correct.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.ENROLLMENT_VIEW, Permission.ENROLLMENT_EDIT)
def remove(request: HttpRequest, pk: int, stage: str, day: str) -> HttpResponse:
    """What would be taken away; the button does it."""
    enrollment, on = _known(request, pk, stage, day)
    if stage not in REMOVABLE:
        raise Http404
    user = request.user
    stored = stored_of(user, enrollment, stage, on)
    if not stored:
        return redirect("enrollments:detail", pk)
    if request.method == "POST":
        try:
            actions.remove_stage(
                by=user, enrollment=enrollment, stage=stage, day=on, version=request.POST.get("version", "")
            )
        except actions.ChangedMeanwhile:
            messages.warning(request, _SAID)
        else:
            say_saved(request, pk, f"{TITLES[stage]} removed. The change history keeps it.")
            return redirect("enrollments:detail", pk)
    else:
        open_client(by=user, client=enrollment.client, page="enrollment")
    context = {
        "enrollment": enrollment, "client": enrollment.client, "title": TITLES[stage], "day": on,
        "stage": stage, "version": actions.version_of(stored),
        "records": [(name, list(display.facts(row))) for name, row in sorted(stored.items())],
    }  # fmt: skip
    return render(request, "enrollments/answers_remove.html", context)


def _known(request: HttpRequest, pk: int, stage: str, day: str) -> tuple[Enrollment, date]:
    """The enrollment that the user may write in, and the day of the address."""
    if stage not in TITLES:
        raise Http404
    try:
        on = date.fromisoformat(day)
    except ValueError:
        raise Http404 from None
    stay = queries.stay(request.user, pk)
    if stay is None or not request.user.may(Permission.ENROLLMENT_EDIT, project=stay.enrollment.project_id):
        refuse_as_missing(request, enrollment=pk)
    if stay.enrollment.date_deleted is not None or stay.enrollment.project.project_type is None:
        raise Http404
    return stay.enrollment, on
