"""One log line for each request, and an id that ties a user's error page to it."""

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import is_valid_path
from django.utils.functional import SimpleLazyObject

logger = structlog.get_logger("hearth.request")
_GIVEN_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
NO_SUCH_PAGE = "(no such page)"


class RequestLogMiddleware:
    """Logs method, path without query string, status, milliseconds and the user's id. Stands first.

    What somebody types into the address bar may be a client's name. So the path is written only where it
    matched an address of ours, and words in it only where they led to a page: `/regions/<str:code>/`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        start = time.perf_counter()
        given = request.headers.get("X-Request-ID", "")
        trusted = settings.TRUSTED_PROXIES and _GIVEN_ID.fullmatch(given)
        request.hearth_id = given if trusted else uuid.uuid4().hex
        with structlog.contextvars.bound_contextvars(request_id=request.hearth_id):
            response = self.get_response(request)
            response["X-Request-ID"] = request.hearth_id
            if not request.path.startswith(settings.STATIC_URL):
                logger.info(
                    "request",
                    method=request.method if request.method in _METHODS else "OTHER",
                    path=_path(request, response.status_code),
                    status=response.status_code,
                    ms=round(1000 * (time.perf_counter() - start), 1),
                    user=_user_id(request),
                )
        return response


def _user_id(request: HttpRequest) -> int | None:
    """The id of who asked, where that was found out; never reads the database for it."""
    user = request.__dict__.get("user")
    if isinstance(user, SimpleLazyObject):  # what signing in and out have not replaced
        user = getattr(request, "_cached_user", None)
    return user.pk if user is not None else None


def _path(request: HttpRequest, status: int) -> str:
    """The path as far as it may be written; also where the request failed before it was looked up."""
    match = request.resolver_match or is_valid_path(request.path_info)
    if not match:
        return NO_SUCH_PAGE
    if status < 300 or not any(isinstance(value, str) for value in match.kwargs.values()):
        return request.path
    return "/" + match.route


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})
