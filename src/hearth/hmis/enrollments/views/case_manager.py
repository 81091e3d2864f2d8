"""Saying who works with a client from a day on."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from hearth.hmis.access.guard import refuse_as_missing, require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.clients.actions import open_client
from hearth.hmis.enrollments import queries
from hearth.hmis.enrollments.actions import EnrollmentRefused
from hearth.hmis.enrollments.case_manager import actions
from hearth.hmis.enrollments.case_manager import queries as managers
from hearth.hmis.enrollments.case_manager.forms import CaseManagerForm
from hearth.hmis.enrollments.exiting import open_members
from hearth.hmis.ui.formats import counted


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.ENROLLMENT_VIEW, Permission.ENROLLMENT_EDIT)
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Who it is and was, and a form to change it; for the household, where there is one."""
    user, stay = request.user, queries.stay(request.user, pk)
    if stay is None or not user.may(Permission.ENROLLMENT_EDIT, project=stay.enrollment.project_id):
        refuse_as_missing(request, enrollment=pk)
    enrollment = stay.enrollment
    if enrollment.date_deleted is not None:
        return redirect("enrollments:detail", pk)
    told = managers.assignments(user, enrollment)
    now = told[0].manager if told and told[0].until is None else None
    others = open_members(user, enrollment)
    form = CaseManagerForm(
        request.POST if request.method == "POST" else None,
        project=enrollment.project_id, now=now, has_others=bool(others),
    )  # fmt: skip
    if request.method != "POST":
        open_client(by=user, client=enrollment.client, page="enrollment")
    elif form.is_valid():
        whose = [enrollment, *(others if form.cleaned_data.get("all") else [])]
        chosen = now if now is not None and form.cleaned_data["manager"] == now.pk else form.manager
        try:
            changed = actions.assign(
                by=user, enrollments=whose, manager=chosen, since=form.cleaned_data["since"]
            )
        except EnrollmentRefused as refused:
            form.add_error("since", str(refused))
        else:
            said = f"The case manager was saved for {counted(len(changed), 'client')}."
            messages.success(request, said if changed else "Nothing was changed.")
            return redirect("enrollments:detail", pk)
    context = {"enrollment": enrollment, "client": enrollment.client, "form": form, "assignments": told}
    return render(request, "enrollments/case_manager.html", context)
