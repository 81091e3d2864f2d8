"""Saving what is typed into a form, the list of forms to resume, and giving a draft up."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hearth.hmis.access.guard import refuse_as_missing, require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.enrollments.drafts import about as abouts
from hearth.hmis.enrollments.drafts import actions, queries
from hearth.hmis.ui.formats import clock

_LONGEST_NUMBER, _LONGEST_PAGE = 18, 32
_OVER = "This form was finished elsewhere, or its draft was discarded. Reload the page."
_UNKNOWN = "The page is too old to be saved. Reload it."


@require_POST
@require(Permission.CLIENT_VIEW, Permission.ENROLLMENT_EDIT)
def save_answer(request: HttpRequest) -> HttpResponse:
    """Keep one input of a form (`ui/autosave.js`): `form` (the page's token), `client`, `name`, `value` (one,
    several or none), `base` (the version it is based on), `page`, and `draft`, where the page knows it.

    200: saved; 409: saved elsewhere since, with what stands there; 410: the form is finished; 400: not taken.
    """
    sent = request.POST
    token = abouts.read(request.user, sent.get("form", ""))
    client, base, known = (_number(sent.get(name, "")) for name in ("client", "base", "draft"))
    name = sent.get("name", "")
    if token is None or client is None or not token.knows(client, name):
        return _refused(_UNKNOWN, 400)
    typed = {(client, name): actions.Typed(sent.getlist("value"), base or 0)}
    page = sent.get("page", "")[:_LONGEST_PAGE]
    try:
        saved = actions.keep(by=request.user, about=token.about, typed=typed, page=page, known=known)
    except actions.DraftRefused as refused:
        return _refused(str(refused), 400)
    except actions.DraftOver:
        return _refused(_OVER, 410)
    except PermissionDenied:
        refuse_as_missing(request, client=client)
    answer = {"draft": saved.draft.pk, "at": clock(timezone.now())}
    answer["editing"] = queries.editing(request.user, saved.draft)
    for one in saved.conflicts:
        theirs = {"values": one.values, "by": str(one.by), "at": clock(one.at), "version": one.version}
        return JsonResponse(answer | theirs, status=409)
    return JsonResponse(answer | {"version": saved.versions[client, name]})


@require_safe
@require(Permission.CLIENT_VIEW, Permission.ENROLLMENT_EDIT)
def drafts(request: HttpRequest) -> HttpResponse:
    """Forms to resume: a part of the home page, or a page of its own."""
    part = bool(request.headers.get("HX-Request"))
    template = "enrollments/parts/drafts.html" if part else "enrollments/drafts.html"
    return render(request, template, {"drafts": queries.resumable(request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.CLIENT_VIEW, Permission.ENROLLMENT_EDIT)
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether a draft is to be given up, and give it up."""
    draft = queries.draft(request.user, pk)
    if draft is None:
        refuse_as_missing(request, draft=pk)
    if request.method == "POST":
        actions.discard(by=request.user, draft=draft)
        messages.success(request, "Draft discarded.")
        return redirect("clients:detail", draft.client_id)
    answers, _ = queries.answers_of(request.user, draft)
    context = {"draft": draft, "count": len(answers), "resume": queries.address_of(draft)}
    return render(request, "enrollments/discard_draft.html", context)


def _number(text: str) -> int | None:
    is_number = text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER
    return int(text) if is_number else None


def _refused(sentence: str, status: int) -> JsonResponse:
    return JsonResponse({"refused": sentence}, status=status)
