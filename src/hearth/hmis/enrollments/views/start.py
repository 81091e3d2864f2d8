"""Enrolling a client: which project and when, then what is asked there."""

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
from hearth.hmis.clients.actions import open_client
from hearth.hmis.clients.models import Client
from hearth.hmis.enrollments import actions, queries
from hearth.hmis.enrollments.drafts.about import About
from hearth.hmis.enrollments.drafts.form_draft import FormDraft
from hearth.hmis.enrollments.models import Draft
from hearth.hmis.enrollments.start.choose import ChooseForm, projects_for, why_not
from hearth.hmis.enrollments.start.questions import HEAD, StartForm
from hearth.hmis.organizations.entered import key_of_form, new_key
from hearth.hmis.ui.formats import counted

_LONGEST_KEY = 64


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.CLIENT_VIEW, Permission.ENROLLMENT_EDIT)
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Which project, and the first day of the stay."""
    client = _client(request, pk)
    form = ChooseForm(request.POST or None, user=request.user, client=client)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        address = reverse("enrollments:start", args=[client.pk, said["project"].pk])
        return redirect(f"{address}?start={said['start'].isoformat()}")
    if request.method != "POST":
        open_client(by=request.user, client=client, page="enrolling")
    return render(request, "enrollments/choose.html", {"client": client, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.CLIENT_VIEW, Permission.ENROLLMENT_EDIT)
def start(request: HttpRequest, pk: int, project: int) -> HttpResponse:
    """The questions of this project at the start of a stay; Finish enrolls the client."""
    client, user = _client(request, pk), request.user
    day = _day(request)
    if day is None:
        return redirect("enrollments:choose", client.pk)
    place = projects_for(user, day).filter(pk=project).first()
    if place is None:
        refuse_as_missing(request, client=pk, project=project)
    key = request.POST.get("key", "")[:_LONGEST_KEY] or new_key()
    if made := queries.enrolled_with(user, key_of_form(user, key)):
        return redirect("enrollments:detail", made.pk)  # the same form, sent again
    if why_not(user, client, place, day)[1]:
        return redirect("enrollments:choose", client.pk)
    about: dict[str, Any] = {
        "user": user,
        "client": client,
        "place": place,
        "start": day,
        "relationship": HEAD,
    }
    draft = FormDraft(request, About(Draft.Kind.START, client=client.pk, project=place.pk, day=day))
    form = draft.fill(StartForm(request.POST or None, **about), client=client.pk)
    if answer := draft.kept():
        return answer
    if request.method == "POST" and form.is_valid() and draft.agrees():
        return _finish(request, form, draft, client, place, day, key)
    if request.method != "POST":
        open_client(by=user, client=client, page="enrolling")
    context = {"client": client, "place": place, "start": day, "form": form, "draft": draft, "key": key}
    return render(request, "enrollments/start.html", context)


def _finish(
    request: HttpRequest, form: StartForm, draft: FormDraft, client: Client, place: Any, day: date, key: str
) -> HttpResponse:
    hud_id = key_of_form(request.user, key)
    try:
        with draft.finishing():
            made = actions.enroll(
                by=request.user, client=client, project=place, entry_date=day, relationship=HEAD,
                records=form.answered.records, key=hud_id,
            )  # fmt: skip
    except actions.EnrollmentRefused as refused:  # what somebody else wrote meanwhile
        messages.error(request, str(refused))
        return redirect("enrollments:choose", client.pk)
    except IntegrityError:
        made = queries.enrolled_with(request.user, hud_id)  # by the same form, sent twice at once
        if made is None:
            raise
    due = len(form.answered.due)
    said = f" {counted(due, 'answer')} due." if due else ""
    messages.success(request, f"Enrolled.{said}")
    return redirect("enrollments:detail", made.pk)


def _client(request: HttpRequest, pk: int) -> Client:
    client = clients.client(request.user, pk)
    if client is None or client.date_deleted is not None:
        refuse_as_missing(request, client=pk)
    return client


def _day(request: HttpRequest) -> date | None:
    try:
        return date.fromisoformat(request.GET.get("start", ""))
    except ValueError:
        return None
