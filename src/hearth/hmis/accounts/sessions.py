"""Who must sign in (everybody, unless a view is marked public), and when a session ends."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.management import call_command
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from hearth.hmis.accounts import open_sessions

BEGAN_AT = "hearth_began_at"
ACTIVE_AT = "hearth_active_at"
# The session row is written at most this often, so the end may come this many seconds late, never early.
STEP_SECONDS = 30
BACKGROUND_HEADER = "X-Hearth-Background"


class SessionLimitMiddleware:
    """Signs out after `IDLE_SECONDS` without activity, and `SESSION_SECONDS` after signing in.

    Requests that a page makes by itself (progress that refreshes) carry the header
    `X-Hearth-Background: 1` and do not count as activity.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            now = int(time.time())
            began = request.session.setdefault(BEGAN_AT, now)
            active = request.session.setdefault(ACTIVE_AT, now)
            idle = now - active
            request.session_seconds = began + settings.SESSION_SECONDS - now
            if idle > settings.IDLE_SECONDS + STEP_SECONDS or request.session_seconds < 0:
                request.session_expired = "day" if request.session_seconds < 0 else "1"
                logout(request)
            elif idle >= STEP_SECONDS and BACKGROUND_HEADER not in request.headers:
                request.session[ACTIVE_AT] = now
                open_sessions.saw(request)
        return self.get_response(request)


def remove_ended() -> None:
    """Every night: delete the rows of sessions that have ended."""
    call_command("clearsessions")


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Django's, plus: an expired session is explained, a form that was sent leads back to its page, and a
    part of a page (htmx) is not filled with the sign-in."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> HttpResponse:
        expired = getattr(request, "session_expired", "")
        if request.headers.get("HX-Request"):
            # The page stays, covered, with what was typed (ui/session.js).
            return HttpResponse(status=401, headers={"HX-Trigger": "hearth-signed-out", "HX-Reswap": "none"})
        if request.method in ("GET", "HEAD"):
            response = super().handle_no_permission(request, view_func)
        else:
            response = redirect_to_login(_page_of(request), resolve_url(settings.LOGIN_URL))
        if expired:
            response["Location"] += f"&expired={expired}"
        return response


def _page_of(request: HttpRequest) -> str:
    """The page whose form was sent, which can be opened again; the home page where it is not told."""
    page = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure()):
        return "/"
    parts = urlsplit(page)
    return parts.path + (f"?{parts.query}" if parts.query else "")
