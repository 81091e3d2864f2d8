"""Putting something right in a household: what is asked, what would be changed, and a press that does it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from hearth.hmis.access.guard import refuse_as_missing, require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.clients.actions import open_client
from hearth.hmis.enrollments import queries
from hearth.hmis.enrollments.actions import EnrollmentRefused
from hearth.hmis.enrollments.household import actions, corrections
from hearth.hmis.enrollments.household.forms import FORMS
from hearth.hmis.enrollments.views.saved import UNDO, say_saved


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.CLIENT_VIEW, Permission.ENROLLMENT_VIEW, Permission.ENROLLMENT_EDIT)
def correct(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """One correction (`what` of `FORMS`): look first (each line before → after), then change. Where nothing
    is asked, what would be changed stands there at once."""
    user, stay = request.user, queries.stay(request.user, pk)
    enrollment = stay.enrollment if stay and stay.enrollment.date_deleted is None else None
    if enrollment is None and what == UNDO:
        enrollment = corrections.removed(user, pk)
    if enrollment is None or not user.may(Permission.ENROLLMENT_EDIT, project=enrollment.project_id):
        refuse_as_missing(request, enrollment=pk)
    if what not in FORMS:
        raise Http404
    form, plan = FORMS[what](request.POST or None, user=user, enrollment=enrollment), None
    if request.method == "POST" and form.is_valid():
        if request.POST.get("do") == "change":
            try:
                actions.carry_out(
                    by=user, household=form.household, joining=form.joining, planned=form.plan,
                    seen=request.POST.get("seen", ""), what=what, **form.details,
                )  # fmt: skip
            except EnrollmentRefused as refused:
                messages.error(request, str(refused))
            else:
                if what == UNDO:
                    messages.success(request, form.done)
                else:
                    say_saved(request, pk, form.done)
                return _back(request, pk)
        plan = form.plan()
    if request.method != "POST":
        plan = None if form.fields else form.plan()
        open_client(by=user, client=enrollment.client, page=f"enrollment:{pk}")
    context = {
        "enrollment": enrollment,
        "client": enrollment.client,
        "form": form,
        "plan": plan,
        "what": what,
    }
    return render(request, "enrollments/correct.html", context)


def _back(request: HttpRequest, pk: int) -> HttpResponse:
    """The enrollment; where it was removed, the page that takes that back."""
    stay = queries.stay(request.user, pk)
    if stay is None or stay.enrollment.date_deleted is not None:
        return redirect("enrollments:correct", pk, UNDO)
    return redirect("enrollments:detail", pk)
