"""Error pages: what happened and what to do. They need neither the database nor a signed-in user.

Where a signed-in user's request was merely refused, the page keeps the navigation; if the database then
fails, the page is shown without it.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of failure in plain words."""

    title: str
    happened: str
    remedies: tuple[str, ...]
    shows_reference: bool = False
    asks_for_help: bool = False
    actions: tuple[tuple[str, str], ...] = field(default=(("Go to the home page", "/"),))


_SIGN_IN = (("Sign in", "/account/login/"), ("Go to the home page", "/"))

PROBLEMS: dict[str, Problem] = {
    "400": Problem(
        "This request could not be read",
        "What your browser sent to Hearth was not complete or held characters that cannot be stored.",
        (
            "Go back, reload the page and try again.",
            "If you pasted text, paste it as plain text or type it.",
        ),
    ),
    "403": Problem(
        "You do not have access to this",
        "Your account may not see this page or do this. Nothing was changed.",
        (
            "If a link from a colleague brought you here, it may lead to records of another organization.",
            "If you need this for your work, ask for the right.",
        ),
        asks_for_help=True,
    ),
    "404": Problem(
        "This page does not exist, or you may not see it",
        "The address may be mistyped or old, or the record may belong to an organization that does not "
        "share it.",
        ("Check the address.", "Search for the client, project or organization instead."),
    ),
    "405": Problem(
        "This page cannot be used that way",
        "The page was opened in a way it does not allow, for example by reloading a form’s address.",
        ("Go back and use the buttons on the page.",),
    ),
    "413": Problem(
        "That is too large",
        "The file or the form is larger than Hearth accepts. Nothing was stored.",
        (
            "Check that you chose the right file.",
            "Ask for very large files to be loaded on the server itself.",
        ),
        asks_for_help=True,
    ),
    "429": Problem(
        "Too many tries",
        "There were too many requests in a short time, so this was stopped to protect the accounts.",
        (
            "Wait a few minutes, then try again.",
            "If you have forgotten your password, ask for a new one instead of guessing.",
        ),
        asks_for_help=True,
    ),
    "locked": Problem(
        "Sign-in is locked for now",
        "There were too many failed tries to sign in to this account, so it is locked for "
        "{minutes} minutes. This protects client records from password guessing.",
        (
            "Wait {minutes} minutes, then try again.",
            "If you signed in on another device before, you can still sign in there.",
            "If you have forgotten your password, ask for a new one.",
            "If the failed tries were not yours, say so at once.",
        ),
        asks_for_help=True,
        actions=_SIGN_IN,
    ),
    "500": Problem(
        "Something went wrong in Hearth",
        "Hearth made a mistake. What you were doing was not saved; everything saved before is safe.",
        (
            "Go back and try again.",
            "If it happens again, report it with the reference below and say what you were doing. "
            "Do not send client names by e-mail.",
        ),
        shows_reference=True,
        asks_for_help=True,
    ),
    "503": Problem(
        "Hearth cannot be used just now",
        "The database does not answer. It may be starting or under maintenance. Nothing was lost, but what "
        "you were doing was not saved.",
        (
            "Wait a minute and reload the page.",
            "If it lasts longer than ten minutes, report it.",
        ),
        shows_reference=True,
        asks_for_help=True,
    ),
    "csrf": Problem(
        "This form is no longer valid",
        "The form was open for a long time, you signed in again in between, or your browser blocks cookies. "
        "Nothing was saved.",
        (
            "Go back, reload the page and send the form again.",
            "Allow cookies for this address in your browser.",
        ),
        actions=_SIGN_IN,
    ),
}


def page(request: HttpRequest, status: int, kind: str = "", **words: Any) -> HttpResponse:
    """The error page of a status; `kind` picks another text, `words` fill its gaps."""
    problem = PROBLEMS[kind or str(status)]
    happened = problem.happened.format(**words)
    reference = getattr(request, "hearth_id", "") if problem.shows_reference else ""
    if not request.accepts("text/html"):
        return JsonResponse(
            {"error": problem.title, "detail": happened, "reference": reference}, status=status
        )
    context = {
        "status": status,
        "title": problem.title,
        "happened": happened,
        "remedies": [remedy.format(**words) for remedy in problem.remedies],
        "actions": problem.actions,
        "reference": reference,
        "site_name": settings.SITE_NAME,
        "help_contact": settings.HELP_CONTACT,
        "asks_for_help": problem.asks_for_help,
    }
    return HttpResponse(_html(request, status, context), status=status)


def _html(request: HttpRequest, status: int, context: dict[str, Any]) -> str:
    user = getattr(request, "_cached_user", None)  # set once the session was read; never reads it here
    if status < 500 and user is not None and user.is_authenticated:
        try:
            return render_to_string("ui/errors/page.html", context, request=request)
        except DatabaseError:
            pass  # the transaction may be broken already: the plain page needs none
    return render_to_string("ui/errors/page.html", context)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 404)


def too_many(request: HttpRequest) -> HttpResponse:
    """Requests beyond what django-allauth lets one address send in a while."""
    return page(request, 429)


def server_error(request: HttpRequest) -> HttpResponse:
    """Called while the exception is being handled; a database that is away is not our mistake."""
    error = sys.exc_info()[1]
    return page(request, 503 if isinstance(error, (OperationalError, InterfaceError)) else 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return page(request, 403, "csrf")


def locked_out(request: HttpRequest, *unused: Any) -> HttpResponse:
    """django-axes calls this when an account is locked."""
    response = page(request, 429, "locked", minutes=settings.LOCK_MINUTES)
    response["Retry-After"] = str(settings.LOCK_MINUTES * 60)
    return response


class ErrorPagesMiddleware:
    """Gives a page to refusals that come without one, such as Django's own answer to a wrong method."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_bare = not response.streaming and not response.content and "Location" not in response
        if is_bare and str(response.status_code) in PROBLEMS and request.method != "HEAD":
            full = page(request, response.status_code)
            for name in ("Allow", "Retry-After"):
                if name in response:
                    full[name] = response[name]
            return full
        return response
