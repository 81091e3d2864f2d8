"""Local answers of a stay that is there already: what was left open at the start or the exit, and updates.
And those of all stays of one's own projects: counted, and found by what was answered."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from hearth.hmis.access.guard import refuse_as_missing, require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.clients.actions import open_client
from hearth.hmis.enrollments import queries as stays
from hearth.hmis.enrollments.queries import Stay
from hearth.hmis.local import actions, queries
from hearth.hmis.local.beside import further_form
from hearth.hmis.local.counted import MOST_CHECKED, Counting, counts_listed, fields
from hearth.hmis.local.stored import asking_of, stored_inputs
from hearth.hmis.local.workings import workings
from hearth.hmis.ui.formats import counted

#: Stages whose answers are put right here, or added.
TITLES = {
    "start": "Local answers at the start",
    "update": "Local answers now",
    "exit": "Local answers at the exit",
}


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.ENROLLMENT_VIEW, Permission.ENROLLMENT_EDIT)
def answer(request: HttpRequest, pk: int, stage: str) -> HttpResponse:
    """The local questions of a stage, with what was answered. Those of the start and the exit are put right;
    those of today are a record of their own, beside earlier ones."""
    if stage not in TITLES:
        raise Http404
    user, stay = request.user, stays.stay(request.user, pk)
    if stay is None or not user.may(Permission.ENROLLMENT_EDIT, project=stay.enrollment.project_id):
        refuse_as_missing(request, enrollment=pk)
    enrollment, day = stay.enrollment, _day(stay, stage)
    if enrollment.date_deleted is not None or day is None:
        return redirect("enrollments:detail", pk)
    asking = asking_of(user, enrollment, stage, day)
    rows = queries.answers_of(user, [pk]).filter(stage=stage, information_date=day)
    form = further_form(request.POST or None, asking, said={one.field: one.value for one in rows})
    if request.method == "POST" and form.is_valid():
        actions.record_answers(
            by=user, enrollment=enrollment, stage=stage, day=day, values=form.answered.values,
            programs=form.answered.programs if form.offered else None,
        )  # fmt: skip
        said = f" {counted(form.due, 'answer')} due." if form.due else ""
        messages.success(request, f"Local answers recorded.{said}")
        return redirect("enrollments:detail", pk)
    if request.method != "POST":
        open_client(by=user, client=enrollment.client, page="enrollment")
    context = {
        "enrollment": enrollment, "client": enrollment.client, "further": form, "title": TITLES[stage],
        "day": day, "stored": stored_inputs(asking), "workings": workings(user, enrollment),
    }  # fmt: skip
    return render(request, "local/answer.html", context)


def _day(stay: Stay, stage: str) -> date | None:
    """The day of the record: of the start, of the exit, or today; None where there is no such record."""
    if stage == "start":
        return stay.enrollment.entry_date
    end = stay.exit.exit_date if stay.exit is not None and stay.exit.date_deleted is None else None
    if stage == "exit":
        return end
    return None if end is not None else timezone.localdate()


@require_safe
@require(Permission.PROJECT_VIEW, Permission.ENROLLMENT_VIEW)
def counts(request: HttpRequest) -> HttpResponse:
    """How often which local answer was given in one's own projects, and what is due at their starts."""
    counting = Counting(request.user, request.GET, timezone.localdate())
    lines, is_checked = counting.lines()
    context = {
        "shown": counts_listed(counting.asked, lines, request.path), "is_checked": is_checked,
        "most": MOST_CHECKED,
    }  # fmt: skip
    return render(request, "local/counts.html", context)


@require_safe
@require(Permission.PROJECT_VIEW, Permission.ENROLLMENT_VIEW)
def given(request: HttpRequest, field: str) -> HttpResponse:
    """Who gave which answer to a question in one's own projects, or whose answer is due."""
    element, asked = fields().get(field, (None, None))
    if element is None:
        raise Http404
    user = request.user
    counting = Counting(user, request.GET, timezone.localdate(), field)
    shown = counting.listed(request.path)
    record_access(
        by=user.pk, action=Access.MEMBERS_VIEWED, subject=f"local element {element.number}",
        page=shown.page.number, shown=[one.enrollment.client_id for one in shown.page],
    )  # fmt: skip
    context = {
        "shown": shown, "element": element, "field": asked,
        "may_edit": user.projects(Permission.ENROLLMENT_EDIT),
        "may_edit_all": user.everywhere(Permission.ENROLLMENT_EDIT),
    }  # fmt: skip
    return render(request, "local/given.html", context)
