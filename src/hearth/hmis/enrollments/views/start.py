"""Enrolling clients: which project and when, who presents, then what is asked there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from hearth.hmis.access.guard import refuse_as_missing, require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.clients import queries as clients
from hearth.hmis.clients.actions import open_client, open_clients
from hearth.hmis.clients.models import Client
from hearth.hmis.clients.templatetags.clients import full_name
from hearth.hmis.enrollments import actions, queries
from hearth.hmis.enrollments.checks.form import findings, only_looks
from hearth.hmis.enrollments.drafts.about import About
from hearth.hmis.enrollments.drafts.form_draft import SAVE, FormDraft
from hearth.hmis.enrollments.household import cards, presenting
from hearth.hmis.enrollments.models import Draft, Enrollment
from hearth.hmis.enrollments.start.choose import ChooseForm, projects_for
from hearth.hmis.enrollments.start.questions import HEAD
from hearth.hmis.enrollments.views.saved import say_saved
from hearth.hmis.organizations.entered import key_of_form, new_key
from hearth.hmis.ui import formats
from hearth.hmis.ui.formats import counted
from hearth.hmis.ui.forms import Together

_LONGEST_KEY = 64
_SAME, _LAST = "same:", "last:"


@dataclass(frozen=True, slots=True)
class Beginning:
    """Who starts a stay where and when. `household`: of whom they join; `back`: where who and when is chosen;
    `cancel`: the page they came from."""

    place: Any
    day: date
    people: Sequence[tuple[Client, int]]
    back: str
    cancel: str
    household: Enrollment | None = None

    @property
    def start(self) -> str:
        """The day as addresses have it."""
        return self.day.isoformat()


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.CLIENT_VIEW, Permission.ENROLLMENT_EDIT)
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Which project, and the first day of the stay; then who else presents, or at once the questions."""
    client = _client(request, pk)
    form = ChooseForm(request.POST or None, user=request.user, client=client)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        page = "enrollments:gather" if request.POST.get("do") == "household" else "enrollments:start"
        address = reverse(page, args=[client.pk, said["project"].pk])
        return redirect(f"{address}?start={said['start'].isoformat()}")
    if request.method != "POST":
        open_client(by=request.user, client=client, page="enrolling")
    return render(
        request,
        "enrollments/choose.html",
        {"client": client, "form": form, "may_ask": request.user.may(Permission.CLIENT_EDIT)},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.CLIENT_VIEW, Permission.ENROLLMENT_EDIT)
def start(request: HttpRequest, pk: int, project: int) -> HttpResponse:
    """The questions of this project at the start of a stay; Finish enrolls the client, and who presents with
    them (`who` in the address)."""
    client, user = _client(request, pk), request.user
    day = day_of(request)
    if day is None:
        return redirect("enrollments:choose", client.pk)
    place = projects_for(user, day).filter(pk=project).first()
    if place is None:
        refuse_as_missing(request, client=pk, project=project)
    who = request.GET.get("who", "")
    listed = presenting.read(who, has_head=True) or [(client.pk, HEAD)]
    back = reverse("enrollments:choose", args=[client.pk])
    if who:
        gather = reverse("enrollments:gather", args=[client.pk, place.pk])
        back = f"{gather}?start={day.isoformat()}&who={presenting.written(listed)}"
    cancel = reverse("clients:detail", args=[client.pk])
    return ask(request, place, day, listed, back=back, cancel=cancel, client=client)


def ask(
    request: HttpRequest,
    place: Any,
    day: date,
    listed: Sequence[presenting.Listed],
    *,
    client: Client,
    back: str,
    cancel: str,
    household: Enrollment | None = None,
) -> HttpResponse:
    """The page of questions of everybody listed, and what becomes of what is sent from it."""
    user = request.user
    key = request.POST.get("key", "")[:_LONGEST_KEY] or new_key()
    if made := queries.enrolled_with(user, key_of_form(user, key)):
        return redirect("enrollments:detail", made.pk)  # the same form, sent again
    found = presenting.people(user, listed, place, day)
    if len(found) < len(listed) or any(one.refused or one.relationship is None for one in found):
        return redirect(back)
    people = [(one.client, one.relationship or 0) for one in found]
    about = Beginning(place, day, people, back, cancel, household)
    for_draft = About(
        Draft.Kind.START, client=people[0][0].pk, project=place.pk, day=day,
        enrollment=household.pk if household else None,
        subject=presenting.written(listed) if len(listed) > 1 or household else "",
    )  # fmt: skip
    typed = request.POST if request.method == "POST" else None
    household_cards = cards.cards(user, people, place, day, typed, is_whole=household is None)
    if only_looks(request):
        return findings(request, *(one.form for one in household_cards))
    given = request.POST.get("do", "").removeprefix(_SAME)
    if typed is not None and given in cards.SAME:
        # What was given is kept like what is typed, and stands on the page that comes.
        request.POST, got, left = cards.give(typed, household_cards, given)
        request.POST[SAVE] = "button"
        household_cards = cards.cards(user, people, place, day, request.POST, is_whole=household is None)
        messages.info(request, said_of_given(got, left))
    wanted = request.POST.get("do", "")
    if typed is not None and wanted.startswith(_LAST):
        taken, last = cards.take_last(typed, household_cards, wanted.removeprefix(_LAST))
        if last is not None:
            taken[SAVE] = "button"
            request.POST = taken
            household_cards = cards.cards(user, people, place, day, taken, is_whole=household is None)
            said = f"Taken from {formats.day(last.day)}, {last.source}."
            messages.info(request, f"{said} Nothing is finished yet.")
    draft = FormDraft(request, for_draft)
    for card in household_cards:
        for one in card.forms:
            draft.fill(one, client=card.client.pk)
    if answer := draft.kept():
        return answer
    is_finish = typed is not None and SAVE not in request.POST and not request.POST.get("do")
    if is_finish and all(one.is_ready for one in household_cards) and draft.agrees():
        return _finish(request, about, household_cards, draft, key)
    if request.method != "POST":
        open_clients(by=user, clients=[one.client for one in found], page="enrolling")
    context = {
        "client": client,
        "about": about,
        "cards": household_cards,
        "first": household_cards[0].form,
        "further": household_cards[0].further,
        "errors": Together(*(form for one in household_cards for form in one.forms)),
        "same": cards.can_be_given(household_cards),
        "draft": draft,
        "notes": presenting.sentences(people, day) if household is None else [],
        "key": key,
    }
    return render(request, "enrollments/start.html", context)


def said_of_given(got: Sequence[cards.Card], kept: Sequence[cards.Card]) -> str:
    """Who got answers that were given, and who kept their own."""
    words = "Nobody else has these answers open."
    if got:
        words = f"Given to {', '.join(full_name(one.client) for one in got)}. Nothing is finished yet."
    if kept:
        words += f" Answered already, and left as it is: {', '.join(full_name(one.client) for one in kept)}."
    return words


def _finish(
    request: HttpRequest, about: Beginning, household: Sequence[cards.Card], draft: FormDraft, key: str
) -> HttpResponse:
    hud_id = key_of_form(request.user, key)
    try:
        with draft.finishing():
            made = actions.enroll_household(
                by=request.user, members=cards.members(household), project=about.place,
                entry_date=about.day, household=about.household, key=hud_id,
                case_manager=cards.case_manager(household),
            )[0]  # fmt: skip
    except actions.EnrollmentRefused as refused:  # what somebody else wrote meanwhile
        messages.error(request, str(refused))
        return redirect(about.back)
    except IntegrityError:
        found = queries.enrolled_with(request.user, hud_id)  # by the same form, sent twice at once
        if found is None:
            raise
        made = found
    due = sum(one.due for one in household)
    said = f" {counted(due, 'answer')} due." if due else ""
    who = f"{counted(len(household), 'client')} enrolled." if len(household) > 1 else "Enrolled."
    say_saved(request, made.pk, f"{who}{said}")
    return redirect("enrollments:detail", made.pk)


def _client(request: HttpRequest, pk: int) -> Client:
    client = clients.client(request.user, pk)
    if client is None or client.date_deleted is not None:
        refuse_as_missing(request, client=pk)
    return client


def day_of(request: HttpRequest) -> date | None:
    """The day in the address."""
    try:
        return date.fromisoformat(request.GET.get("start", ""))
    except ValueError:
        return None
