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

    The path is written only where it matched an address of ours, whose variable parts are ids and words of
    our own: what somebody types into the address bar may be a client's name.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        start = time.perf_counter()
        given = request.headers.get("X-Request-ID", "")
        trusted = settings.TRUSTED_PROXIES and _GIVEN_ID.fullmatch(given)
        request.hearth_id = given if trusted else uuid.uuid4().hex  # type: ignore[attr-defined]
        with structlog.contextvars.bound_contextvars(request_id=request.hearth_id):  # type: ignore[attr-defined]
            response = self.get_response(request)
            response["X-Request-ID"] = request.hearth_id  # type: ignore[attr-defined]
            if not request.path.startswith(settings.STATIC_URL):
                logger.info(
                    "request",
                    method=request.method if request.method in _METHODS else "OTHER",
                    path=request.path if _is_ours(request) else NO_SUCH_PAGE,
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


def _is_ours(request: HttpRequest) -> bool:
    """Whether the path matches an address, also where the request failed before that was looked up."""
    return request.resolver_match is not None or is_valid_path(request.path_info)


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})
