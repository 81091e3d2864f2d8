"""Recording the exit of one client; of several of a household, see `of_household`."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from hearth.hmis.access.guard import refuse_as_missing, require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.clients.actions import open_client
from hearth.hmis.enrollments import actions, queries
from hearth.hmis.enrollments.checks.form import findings, only_looks
from hearth.hmis.enrollments.drafts.about import About
from hearth.hmis.enrollments.drafts.form_draft import FormDraft
from hearth.hmis.enrollments.exiting import ExitForm, is_over, open_members
from hearth.hmis.enrollments.further import Asking, further_form, is_valid
from hearth.hmis.enrollments.models import Draft
from hearth.hmis.enrollments.start.questions import HEAD
from hearth.hmis.enrollments.views.saved import say_saved
from hearth.hmis.ui.formats import counted


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.ENROLLMENT_VIEW, Permission.ENROLLMENT_EDIT)
def exit_stay(request: HttpRequest, pk: int) -> HttpResponse:
    """The questions of the exit; Finish ends the enrollment."""
    user, stay = request.user, queries.stay(request.user, pk)
    if stay is None or not user.may(Permission.ENROLLMENT_EDIT, project=stay.enrollment.project_id):
        refuse_as_missing(request, enrollment=pk)
    enrollment = stay.enrollment
    if is_over(user, enrollment) or enrollment.date_deleted is not None:
        return redirect("enrollments:detail", pk)
    about = About(Draft.Kind.EXIT, client=enrollment.client_id, project=enrollment.project_id, enrollment=pk)
    draft = FormDraft(request, about)
    form = ExitForm(request.POST or None, user=user, enrollment=enrollment)
    if only_looks(request):
        return findings(request, form)
    draft.fill(form, client=enrollment.client_id)
    asking = Asking(user, enrollment.client, enrollment.project, timezone.localdate(), form, enrollment)
    if further := further_form(request.POST or None, asking):
        draft.fill(further, client=enrollment.client_id)
    if answer := draft.kept():
        return answer
    if request.method == "POST" and is_valid(form, further) and draft.agrees():
        try:
            with draft.finishing():
                actions.exit_stay(
                    by=user, enrollment=enrollment, exit_date=form.cleaned_data["exit_date"],
                    records=form.answered.records, right=form.right, further=further,
                )  # fmt: skip
        except actions.EnrollmentRefused as refused:  # what somebody else wrote meanwhile
            messages.error(request, str(refused))
            return redirect("enrollments:detail", pk)
        due = len(form.answered.due) + (further.due if further else 0)
        said = f" {counted(due, 'answer')} due." if due else ""
        say_saved(request, pk, f"Exit recorded.{said}")
        return redirect("enrollments:detail", pk)
    if request.method != "POST":
        open_client(by=user, client=enrollment.client, page="enrollment")
    context = {
        "enrollment": enrollment, "client": enrollment.client, "form": form,
        "further": further, "draft": draft, "is_head": enrollment.relationship_to_hoh == HEAD,
        "others": open_members(user, enrollment),
    }  # fmt: skip
    return render(request, "enrollments/exit.html", context)
