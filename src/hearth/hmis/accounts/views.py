"""Pages of one's own account that django-allauth does not have: the open sessions, agreements and training,
and back to work."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hearth.hmis.access import requirement_records as records
from hearth.hmis.access.requirements import REQUIREMENTS
from hearth.hmis.accounts import due, open_sessions
from hearth.hmis.accounts.forms import SignForm
from hearth.hmis.ui import formats


@require_safe
def back(request: HttpRequest) -> HttpResponse:
    """Where a new tab ends in which somebody signed in again: the page that was left goes on."""
    return render(request, "account/back.html")


@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    """Where one is signed in."""
    context = {"sessions": open_sessions.of(request), "idle_minutes": settings.IDLE_SECONDS // 60}
    return render(request, "account/sessions.html", context)


@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of the others."""
    if not open_sessions.end(request, pk):
        raise Http404
    messages.success(request, "The session is ended: whoever has that device signs in again.")
    return redirect("account_sessions")


@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """End all others."""
    ended = open_sessions.end_others(request)
    messages.success(request, f"You were signed out of {formats.counted(ended, 'other session')}.")
    return redirect("account_sessions")


@require_safe
def requirements(request: HttpRequest) -> HttpResponse:
    """What one's roles require, where one stands with it, and how to get what is missing."""
    request.session.pop(due.TO_SHOW, None)
    grants = list(request.user.grants_now)
    missing = records.missing(grants)
    closed = [(one, missing[one.pk]) for one in grants if one.pk in missing]
    context = {
        "standings": records.of_user(request.user, grants),
        "closed": closed,
        "of_organizations": sorted(
            {kind for _, kinds in closed for kind in kinds if kind.of_organization}, key=lambda one: one.name
        ),
        "goes_on": len(closed) < len(grants),
    }
    return render(request, "account/requirements.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, kind: str) -> HttpResponse:
    """Read an agreement and sign it."""
    named = REQUIREMENTS.get(kind)
    if named is None or not named.is_signed:
        raise Http404
    newest = records.newest(named)
    form = SignForm(request.POST if request.method == "POST" else None, initial={"version": newest.version})
    if request.method == "POST" and form.is_valid():
        try:
            records.sign(
                by=request.user, kind=named, version=form.cleaned_data["version"],
                name=form.cleaned_data["name"],
            )  # fmt: skip
        except ValueError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"You signed: {named.name}.")
            return redirect("account_requirements")
    return render(request, "account/sign.html", {"kind": named, "newest": newest, "form": form})
