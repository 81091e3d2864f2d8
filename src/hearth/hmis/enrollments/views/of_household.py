"""Recording an update, an annual assessment or an exit of a whole household in one sitting."""

from collections.abc import Sequence
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from hearth.hmis.access.guard import refuse_as_missing, require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.clients.actions import open_client
from hearth.hmis.clients.templatetags.clients import full_name
from hearth.hmis.enrollments import actions, queries
from hearth.hmis.enrollments.checks.form import findings, only_looks
from hearth.hmis.enrollments.drafts.about import About
from hearth.hmis.enrollments.drafts.form_draft import SAVE, FormDraft
from hearth.hmis.enrollments.exiting import HOUSEHOLD, ONE_DEATH
from hearth.hmis.enrollments.exiting import STAGE as EXIT
from hearth.hmis.enrollments.household.cards import SAME, Card, can_be_given, give, is_death, take_last
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.enrollments.stages import actions as stage_actions
from hearth.hmis.enrollments.stages import of_household
from hearth.hmis.enrollments.stages.of_household import TITLES, DayForm
from hearth.hmis.enrollments.stages.questions import StageForm
from hearth.hmis.enrollments.start.questions import HEAD
from hearth.hmis.enrollments.views.saved import say_saved
from hearth.hmis.enrollments.views.stage import day_of_page, iso_day
from hearth.hmis.enrollments.views.start import said_of_given
from hearth.hmis.ui import formats
from hearth.hmis.ui.formats import counted
from hearth.hmis.ui.forms import Together

_SAME, _LAST = "same:", "last:"


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.ENROLLMENT_VIEW, Permission.ENROLLMENT_EDIT)
def record(request: HttpRequest, pk: int, stage: str) -> HttpResponse:
    """A card for each who is enrolled still. Finish records all of whom something was answered, or, at an
    exit, all who leave; where one thing is impossible, nobody."""
    if stage not in TITLES:
        raise Http404
    user, stay = request.user, queries.stay(request.user, pk)
    if stay is None or not user.may(Permission.ENROLLMENT_EDIT, project=stay.enrollment.project_id):
        refuse_as_missing(request, enrollment=pk)
    enrollment = stay.enrollment
    is_over = stay.exit is not None and stay.exit.date_deleted is None
    if is_over or enrollment.date_deleted is not None or enrollment.project.project_type is None:
        return redirect("enrollments:detail", pk)
    household = of_household.people(user, enrollment)
    if len(household) == 1:
        alone = ("enrollments:exit", pk) if stage == EXIT else ("enrollments:stage", pk, stage)
        return redirect(*alone)
    day = day_of_page(request, None, "day")
    typed = request.POST if request.method == "POST" else None
    shown = DayForm(typed, stage=stage, day=day, enrollment=enrollment, household=household)
    cards = of_household.cards(user, household, stage, day, typed)
    if not cards:
        messages.error(request, "Nothing is asked of this household then.")
        return redirect("enrollments:detail", pk)
    if only_looks(request):
        return findings(request, *(one.form for one in of_household.answered_cards(shown, stage, cards)))
    if typed is not None and (moved := _moved(request, cards)) is not None:
        request.POST = moved  # what was given is kept like what is typed, and stands on the page that comes
        typed = moved
        shown = DayForm(typed, stage=stage, day=day, enrollment=enrollment, household=household)
        cards = of_household.cards(user, household, stage, day, typed)
    about = About(
        stage, client=enrollment.client_id, project=enrollment.project_id, enrollment=pk, subject=HOUSEHOLD
    )
    draft = FormDraft(request, about)
    draft.fill(shown, client=enrollment.client_id)
    for card in cards:
        for one in card.forms:
            draft.fill(one, client=card.client.pk)
    if answer := draft.kept():
        return answer
    errors = Together(shown)
    if typed is not None:
        wanted = of_household.answered_cards(shown, stage, cards)
        errors = Together(shown, *(form for one in wanted for form in one.forms))
        _look_at_all(request, shown, stage, day, cards, wanted)
        is_ready = all(one.is_ready for one in wanted) and shown.is_valid()
        if is_ready and SAVE not in request.POST and draft.agrees():
            return _finish(request, shown, draft, enrollment, stage, wanted, cards)
    else:
        open_client(by=user, client=enrollment.client, page="enrollment")
        record_access(
            by=user.pk, action=Access.MEMBERS_VIEWED, subject=f"household of enrollment {pk}",
            shown=[one.client.pk for one in cards],
        )  # fmt: skip
    context = {
        "enrollment": enrollment, "client": enrollment.client, "shown": shown, "cards": cards,
        "errors": errors, "draft": draft, "stage": stage, "title": TITLES[stage], "is_exit": stage == EXIT,
        "questions_of": day.isoformat(), "same": can_be_given(cards),
        "is_head": enrollment.relationship_to_hoh == HEAD,
    }  # fmt: skip
    return render(request, "enrollments/stage_of_household.html", context)


def _moved(request: HttpRequest, cards: Sequence[Card]) -> QueryDict | None:
    """What was typed, with the answers that a button gives to others or takes from before; None where none
    was pressed."""
    wanted = request.POST.get("do", "")
    if wanted.removeprefix(_SAME) in SAME:
        number = wanted.removeprefix(_SAME)
        if is_death(request.POST, cards, number):
            moved, said = request.POST.copy(), ONE_DEATH
        else:
            moved, got, kept = give(request.POST, cards, number)
            said = said_of_given(got, kept)
    elif wanted.startswith(_LAST):
        moved, last = take_last(request.POST, cards, wanted.removeprefix(_LAST))
        said = "No last answers are left to take."
        if last is not None:
            said = f"Taken, the latest from {formats.day(last.day)}. Nothing is finished yet."
    else:
        return None
    messages.info(request, said)
    moved[SAVE] = "button"
    return moved


def _look_at_all(
    request: HttpRequest, shown: DayForm, stage: str, day: date, cards: Sequence[Card],
    wanted: Sequence[Card],
) -> None:  # fmt: skip
    """Say what is wrong with all: nothing answered, an unusual day, or one with other questions."""
    if not shown.is_valid():
        return
    if not wanted:
        shown.add_error(None, "Nothing was answered. Answer what has changed, or take the last answers.")
    if stage == EXIT:
        return
    shown.warn(of_household.warnings(request.user, stage, day, wanted))
    before = iso_day(request.POST.get("questions_of", ""))
    if before is not None and before != day:
        members = [one.enrollment for one in cards if one.enrollment is not None]
        then = of_household.cards(request.user, members, stage, before, None)
        if [one.form.names for one in then] != [one.form.names for one in cards]:
            shown.add_error(None, "On that day other questions are asked. Look at them before you finish.")


def _finish(
    request: HttpRequest, shown: DayForm, draft: FormDraft, enrollment: Enrollment, stage: str,
    wanted: Sequence[Card], cards: Sequence[Card],
) -> HttpResponse:  # fmt: skip
    day = shown.cleaned_data["day"]
    try:
        with draft.finishing():
            if stage == EXIT:
                actions.exit_household(
                    by=request.user, exit_date=day,
                    leaving=[
                        actions.Leaving(
                            one.enrollment, one.form.answered.records, one.form.right, one.further
                        )
                        for one in wanted if one.enrollment is not None
                    ],
                )  # fmt: skip
            else:
                stage_actions.record_household(
                    by=request.user, stage=stage, day=day, is_unusual=shown.says_right,
                    answers=[
                        stage_actions.Answers(
                            one.form.enrollment, one.form.answered.records, one.form.disabling(),
                            one.form.unchanged(), one.form.right, one.further,
                        )
                        for one in wanted if isinstance(one.form, StageForm)
                    ],
                )  # fmt: skip
    except actions.EnrollmentRefused as refused:  # what somebody else wrote meanwhile
        messages.error(request, str(refused))
        return redirect("enrollments:detail", enrollment.pk)
    due = sum(one.due for one in wanted)
    said = f" {counted(due, 'answer')} due." if due else ""
    if stage != EXIT and (rest := [full_name(one.client) for one in cards if one not in wanted]):
        said += f" Nothing was answered of {', '.join(rest)}."
    say_saved(request, enrollment.pk, f"{TITLES[stage]} of {counted(len(wanted), 'client')} recorded.{said}")
    return redirect("enrollments:detail", enrollment.pk)
