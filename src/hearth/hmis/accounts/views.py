"""Pages of one's own account that django-allauth does not have: the open sessions, and back to work."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from hearth.hmis.accounts import open_sessions
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
