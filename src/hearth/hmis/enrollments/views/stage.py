"""Recording an update, an annual assessment, or what is asked after the exit."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
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
from hearth.hmis.enrollments.drafts.about import About
from hearth.hmis.enrollments.drafts.form_draft import FormDraft
from hearth.hmis.enrollments.exiting import open_members
from hearth.hmis.enrollments.further import Asking, FurtherForm, further_form, is_valid
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.enrollments.stages import actions
from hearth.hmis.enrollments.stages.questions import POST_EXIT, TITLES, StageForm
from hearth.hmis.enrollments.views.saved import say_saved
from hearth.hmis.ui.formats import counted
from hearth.hmis.ui.forms import DayField

#: The button that takes the last answers: to one element, or to all at once.
_SAME, _ALL = "same", "all"


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.ENROLLMENT_VIEW, Permission.ENROLLMENT_EDIT)
def record(request: HttpRequest, pk: int, stage: str) -> HttpResponse:
    """The questions of a stage, each with the last answer. Finish records them; "the same" takes the last
    answers to an element into the form; "nothing has changed" records all of them."""
    if stage not in TITLES:
        raise Http404
    user, stay = request.user, queries.stay(request.user, pk)
    if stay is None or not user.may(Permission.ENROLLMENT_EDIT, project=stay.enrollment.project_id):
        refuse_as_missing(request, enrollment=pk)
    enrollment = stay.enrollment
    is_over = stay.exit is not None and stay.exit.date_deleted is None
    if enrollment.date_deleted is not None or (stage == POST_EXIT) > is_over:
        return redirect("enrollments:detail", pk)
    day = day_of_page(request, stay.exit.exit_date if is_over and stay.exit else None)
    about: dict[str, Any] = {"user": user, "enrollment": enrollment, "stage": stage, "day": day}
    form = StageForm(**about)
    if not form.questions:
        messages.error(request, "Nothing is asked of this client then.")
        return redirect("enrollments:detail", pk)
    draft = FormDraft(
        request,
        About(stage, client=enrollment.client_id, project=enrollment.project_id, enrollment=pk),
    )
    is_finished = False
    if request.method == "POST":
        form, is_finished = _typed(request, form, about)
    if only_looks(request):
        return findings(request, form)
    draft.fill(form, client=enrollment.client_id)
    asking = Asking(user, enrollment.client, enrollment.project, day, form, enrollment)
    if further := further_form(request.POST or None, asking):
        draft.fill(further, client=enrollment.client_id)
    if answer := draft.kept():
        return answer
    if request.method == "POST":
        if not is_finished:
            draft.take_in()  # the last answers that were asked for
        elif is_valid(form, further) and draft.agrees():
            return _finish(request, form, further, draft, enrollment, stage)
    else:
        open_client(by=user, client=enrollment.client, page="enrollment")
    context = {
        "enrollment": enrollment, "client": enrollment.client, "form": form, "draft": draft, "stage": stage,
        "title": TITLES[stage], "questions_of": day.isoformat(), "offers_last": stage != POST_EXIT,
        "opened": request.POST.get(_SAME, ""), "further": further,
        "others": [] if stage == POST_EXIT else open_members(user, enrollment),
    }  # fmt: skip
    return render(request, "enrollments/stage.html", context)


def _typed(request: HttpRequest, form: StageForm, about: dict[str, Any]) -> tuple[StageForm, bool]:
    """The form as it was sent, with the last answers that were asked for; whether it is to be finished."""
    typed = request.POST.copy()
    wanted = request.POST.get(_SAME, "")
    if wanted:
        for name, value in form.as_before("" if wanted == _ALL else wanted).items():
            if value is None:
                typed.pop(name, None)
            else:
                typed[name] = str(value)
    sent = StageForm(typed, **about)
    shown = {one.name for one in sent.questions}
    said = typed.get("questions_of", "")
    if said and said != about["day"].isoformat() and (before := iso_day(said)):
        asked = {one.name for one in StageForm(**about | {"day": before}).questions}
        if asked != shown:  # somebody came of age, or a grant began or ended
            sent.add_error(None, "On that day other questions are asked. Look at them before you finish.")
    return sent, wanted in ("", _ALL)


def _finish(
    request: HttpRequest,
    form: StageForm,
    further: FurtherForm | None,
    draft: FormDraft,
    enrollment: Enrollment,
    stage: str,
) -> HttpResponse:
    try:
        with draft.finishing():
            actions.record_stage(
                by=request.user, enrollment=enrollment, stage=stage,
                day=form.cleaned_data["information_date"], records=form.answered.records,
                disabling=form.disabling(), unchanged=form.unchanged(),
                is_unusual=bool(form.cleaned_data.get("is_right")), right=form.right,
                further=further,
            )  # fmt: skip
    except EnrollmentRefused as refused:  # what somebody else wrote meanwhile
        messages.error(request, str(refused))
        return redirect("enrollments:detail", enrollment.pk)
    due = len(form.answered.due) + (further.due if further else 0)
    said = f" {counted(due, 'answer')} due." if due else ""
    say_saved(request, enrollment.pk, f"{TITLES[stage]} recorded.{said}")
    return redirect("enrollments:detail", enrollment.pk)


def day_of_page(request: HttpRequest, until: date | None, name: str = "information_date") -> date:
    """The day whose questions are shown: what was typed into `name`, the address's, or the last possible."""
    typed = request.POST.get(name, "")
    try:
        day = DayField(required=False).clean(typed) if typed else iso_day(request.GET.get("day", ""))
    except ValidationError:  # said at the field
        day = None
    today = timezone.localdate()
    return day or (min(until, today) if until else today)


def iso_day(said: str) -> date | None:
    """A day as addresses have it; None where it is none."""
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None
