"""Who presents: the grid in which a household is put together, before anything of it is written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from hearth.hmis.access import limits
from hearth.hmis.access.guard import refuse_as_missing, require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.clients import actions as client_actions
from hearth.hmis.clients import queries as clients
from hearth.hmis.clients.models import Client
from hearth.hmis.clients.queries import Found
from hearth.hmis.clients.search import kept as kept_searches
from hearth.hmis.clients.search import question, rights
from hearth.hmis.enrollments import queries
from hearth.hmis.enrollments.exiting import open_members
from hearth.hmis.enrollments.household import presenting
from hearth.hmis.enrollments.household.presenting import Listed
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.enrollments.start.choose import projects_for
from hearth.hmis.enrollments.start.questions import HEAD
from hearth.hmis.enrollments.views.start import ask, day_of
from hearth.hmis.ui.forms import DayField, PlainWords

#: More hits than this need a better question.
_MOST_HITS = 10


@dataclass(slots=True)
class Grid:
    """A household that is being put together. `client`: from whose page; `enrolled`: members of a household
    that the listed join; `here`: the address of the grid itself, `onward`: of the questions."""

    client: Client
    place: Any
    day: date
    listed: list[Listed]
    here: str
    onward: str
    cancel: str
    enrolled: Sequence[Enrollment] = ()

    @property
    def has_head(self) -> bool:
        """Whether the head is among the listed; who joins a household finds its head there."""
        return not self.enrolled

    def address(self, listed: Sequence[Listed], found: str = "") -> str:
        """The grid with these people, and the results of a search."""
        asked = {"start": self.day.isoformat(), "who": presenting.written(listed)}
        return f"{self.here}?{urlencode(asked | ({'found': found} if found else {}))}"


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.CLIENT_VIEW, Permission.ENROLLMENT_EDIT, Permission.CLIENT_SEARCH)
def gather(request: HttpRequest, pk: int, project: int) -> HttpResponse:
    """Who presents together with a client, in a project on a day."""
    client, user, day = clients.client(request.user, pk), request.user, day_of(request)
    if client is None or client.date_deleted is not None:
        refuse_as_missing(request, client=pk)
    if day is None:
        return redirect("enrollments:choose", client.pk)
    place = projects_for(user, day).filter(pk=project).first()
    if place is None:
        refuse_as_missing(request, client=pk, project=project)
    arguments = [client.pk, place.pk]
    listed = presenting.read(request.GET.get("who", ""), has_head=True) or [(client.pk, HEAD)]
    grid = Grid(
        client, place, day, listed, reverse("enrollments:gather", args=arguments),
        reverse("enrollments:start", args=arguments), reverse("clients:detail", args=[client.pk]),
    )  # fmt: skip
    return put_together(request, grid)


@require_http_methods(["GET", "HEAD", "POST"])
@require(
    Permission.CLIENT_VIEW, Permission.ENROLLMENT_VIEW, Permission.ENROLLMENT_EDIT, Permission.CLIENT_SEARCH
)
def join(request: HttpRequest, pk: int) -> HttpResponse:
    """Who joins a household, and from which day: today, or since the start."""
    household = _household(request, pk)
    first = household[0]
    day = day_of(request) or timezone.localdate()
    grid = Grid(
        first.client, first.project, day, presenting.read(request.GET.get("who", ""), has_head=False),
        reverse("enrollments:join", args=[pk]), reverse("enrollments:join_start", args=[pk]),
        reverse("enrollments:detail", args=[pk]), enrolled=household,
    )  # fmt: skip
    if request.method == "POST" and (typed := DayForm(request.POST)).is_valid():
        grid.day = typed.cleaned_data["day"]
    return put_together(request, grid)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.CLIENT_VIEW, Permission.ENROLLMENT_VIEW, Permission.ENROLLMENT_EDIT)
def join_start(request: HttpRequest, pk: int) -> HttpResponse:
    """The questions of who joins a household, as at a start; Finish enrolls them."""
    household, day = _household(request, pk), day_of(request)
    listed = presenting.read(request.GET.get("who", ""), has_head=False)
    back = reverse("enrollments:join", args=[pk])
    if day is None or not listed:
        return redirect(back)
    asked = {"start": day.isoformat(), "who": presenting.written(listed)}
    return ask(
        request, household[0].project, day, listed, client=household[0].client,
        back=f"{back}?{urlencode(asked)}", cancel=reverse("enrollments:detail", args=[pk]),
        household=household[0],
    )  # fmt: skip


def _household(request: HttpRequest, pk: int) -> list[Enrollment]:
    """Who of a household is enrolled still, the head first; where the user enrolls people."""
    stay = queries.stay(request.user, pk)
    if stay is None or not request.user.may(Permission.ENROLLMENT_EDIT, project=stay.enrollment.project_id):
        refuse_as_missing(request, enrollment=pk)
    enrollment = stay.enrollment
    members = [] if stay.exit or enrollment.date_deleted else [enrollment]
    members += open_members(request.user, enrollment)
    if not members or not enrollment.household_id:
        refuse_as_missing(request, enrollment=pk)
    return sorted(members, key=lambda one: (one.relationship_to_hoh != HEAD, one.pk))


class DayForm(PlainWords, forms.Form):
    """From which day somebody is of the household."""

    day = DayField(label="They join on", help_text="Today, or an earlier day if they were there before")


def put_together(request: HttpRequest, grid: Grid) -> HttpResponse:
    """The grid, or what a press in it leads to: always an address, so that Back and reload keep the list."""
    found = request.GET.get("found", "")
    if request.method == "POST":
        return _pressed(request, grid)
    if (added := request.GET.get("add", "")).isascii() and added.isdigit() and len(added) < 19:
        return redirect(grid.address(_with(grid.listed, (int(added), None))))
    people = presenting.people(request.user, grid.listed, grid.place, grid.day)
    client_actions.open_clients(by=request.user, clients=[one.client for one in people], page="household")
    return _page(request, grid, people, found)


def _pressed(request: HttpRequest, grid: Grid) -> HttpResponse:
    said = [(key, code if code == HEAD else _relation(request, key)) for key, code in grid.listed]
    do, _, which = request.POST.get("do", "go").partition("-")
    added = presenting.read(which, has_head=False)
    key = added[0][0] if added else 0
    do_it: dict[str, Callable[[], HttpResponse]] = {
        "search": lambda: _searched(request, grid, said),
        "add": lambda: redirect(grid.address(_with(said, *added))),
        "remove": lambda: redirect(grid.address([one for one in said if one[0] != key])),
        "head": lambda: redirect(grid.address(_headed(said, key) if grid.has_head else said)),
    }
    return do_it.get(do, lambda: _go_on(request, grid, said))()


def _relation(request: HttpRequest, key: int) -> int | None:
    said = request.POST.get(f"relation-{key}", "")
    return int(said) if said in {str(code) for code, _ in presenting.RELATIONS} else None


def _with(listed: Sequence[Listed], *added: Listed) -> list[Listed]:
    known = {one for one, _ in listed}
    return [*listed, *(one for one in added if one[0] not in known)][: presenting.MOST]


def _headed(listed: Sequence[Listed], key: int) -> list[Listed]:
    """Somebody else is the head: everybody's relationship is to somebody else now, and is asked again."""
    others = [(one, None) for one, _ in listed if one != key]
    return [(key, HEAD), *others] if len(others) < len(listed) else list(listed)


def _searched(request: HttpRequest, grid: Grid, said: list[Listed]) -> HttpResponse:
    text = request.POST.get("q", "")[: question.LONGEST + 1]
    if question.read(text, timezone.localdate()).is_empty:
        return redirect(grid.address(said))
    return redirect(grid.address(said, kept_searches.keep(request.session, text)) + "#found")


def _go_on(request: HttpRequest, grid: Grid, said: list[Listed]) -> HttpResponse:
    grid.listed = said
    people = presenting.people(request.user, said, grid.place, grid.day)
    for one in people:
        one.error = one.refused
        if one.relationship is None and not one.refused:
            one.error = "Choose how this person is related to the head."
    if not people or any(one.error for one in people):
        return _page(request, grid, people, "")
    asked = {
        "start": grid.day.isoformat(),
        "who": presenting.written([(one.client.pk, one.relationship) for one in people]),
    }
    return redirect(f"{grid.onward}?{urlencode(asked)}")


def _page(
    request: HttpRequest, grid: Grid, people: Sequence[presenting.Presenting], kept: str
) -> HttpResponse:
    user, here = request.user, {one.client.pk for one in people} | {one.client_id for one in grid.enrolled}
    text = kept_searches.words(request.session, kept) if kept else None
    hits, stopped = _hits(request, text, kept) if text else ([], "")
    head = next((one.client.pk for one in people if one.is_head), None)
    head = next((one.client_id for one in grid.enrolled if one.relationship_to_hoh == HEAD), head)
    family = [] if text else presenting.family(user, grid.client, head, here)
    known = {one.client.pk for _, one in family}
    household = [(one.client, one.relationship_to_hoh) for one in grid.enrolled]
    household += [(one.client, one.relationship) for one in people]
    context = {
        "grid": grid,
        "people": people,
        "errors": sum(bool(one.error) for one in people),
        "missing": len(grid.listed) - len(people),
        "relations": presenting.RELATIONS,
        "notes": presenting.sentences(household, grid.day),
        "hits": [one for one in hits if one.client.pk not in here],
        "searched": text is not None and not stopped,
        "stopped": stopped,
        "kept": kept if text is not None else "",
        "then": grid.address(grid.listed),
        "family": [(presenting.written([listed]), one) for listed, one in family],
        "whole_family": presenting.written(listed for listed, _ in family),
        "offered": [] if text else presenting.offered(user, grid.client, here | known),
        "day_form": DayForm(initial={"day": grid.day}) if grid.enrolled else None,
        "since": grid.enrolled[0].entry_date if grid.enrolled else None,
        "may_add": user.may(Permission.CLIENT_EDIT),
    }
    return render(request, "enrollments/household.html", context)


def _hits(request: HttpRequest, text: str, kept: str) -> tuple[list[Found], str]:
    """Whom the search finds, as in the search box: counted, and in the access log."""
    user, today = request.user, timezone.localdate()
    asked, _ = rights.allowed(user, question.read(text, today))
    if stopped := limits.use(by=user, what=limits.SEARCHES):
        return [], stopped
    if asked.is_empty:
        return [], ""
    found = list(clients.search(user, asked, page=1, today=today))[:_MOST_HITS]
    shown = [one.client.pk for one in found]
    shown += [member.pk for one in found if one.beside for member in one.beside.household]
    client_actions.record_search(
        by=user, kinds=asked.kinds, found=list(dict.fromkeys(shown)), total=len(found), page=1,
        again=kept_searches.were_shown(request.session, kept),
    )  # fmt: skip
    return [one for one in found if one.client.date_deleted is None], ""
