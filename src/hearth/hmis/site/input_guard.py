"""Input that can only be an attack or an accident is answered with a clear page, never with a 500.

NUL bytes cannot be stored by PostgreSQL, and numbers above its bigint can be nobody's id.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError

from hearth.hmis.access.permissions import Permission
from hearth.hmis.site import error_pages
from hearth.hmis.site.uploads import MOST_SEALED_BODY, InMemoryOnlyUploadHandler

BIGINT_MAX = 2**63 - 1
NUL = "\x00"
# numeric out of range, character not in repertoire, untranslatable character
_INPUT_STATES = frozenset({"22003", "22021", "22P05"})


class InputGuardMiddleware:
    """400 for NUL bytes, 404 for impossible ids, 413 for bodies that are too large. Stands before CSRF,
    which reads the body."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _holds_nul([request.path_info, *_flat(request.GET), *request.COOKIES.values()]):
            return error_pages.page(request, 400)
        try:
            if _length(request) > settings.MAX_UPLOAD_BYTES:
                return error_pages.page(request, 413)
        except ValueError:
            return error_pages.page(request, 400)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """After sign-in was checked: the numbers in the address, and the fields of a form."""
        if any(isinstance(value, int) and value > BIGINT_MAX for value in kwargs.values()):
            raise Http404
        if _length(request) > _largest(request, view):
            return error_pages.page(request, 413)
        if getattr(view, "takes_sealed_files", False):
            request.upload_handlers = [InMemoryOnlyUploadHandler(request)]  # before anything reads the body
        if request.method == "POST":
            try:
                values = [*_flat(request.POST), *(file.name or "" for file in request.FILES.values())]
            except MultiPartParserError as error:
                raise BadRequest from error
            if _holds_nul(values):
                return error_pages.page(request, 400)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """What reached the database all the same, for instance inside JSON."""
        state = getattr(exception.__cause__, "sqlstate", None)
        if isinstance(exception, DataError) and state in _INPUT_STATES:
            return error_pages.page(request, 400)
        if isinstance(exception, (DataError, ValueError)) and "cannot contain NUL" in str(exception):
            return error_pages.page(request, 400)
        return None


def _length(request: HttpRequest) -> int:
    return int(request.META.get("CONTENT_LENGTH") or 0)


def _largest(request: HttpRequest, view: Callable[..., Any]) -> int:
    """Bytes of a body that this user may send to this view."""
    if not request.user.is_authenticated:
        return (
            settings.SMALL_BODY_BYTES
        )  # received before a thread is taken: strangers hold none (config/asgi.py)
    if _takes_files(request, view):
        return settings.MAX_UPLOAD_BYTES
    return MOST_SEALED_BODY if _takes_sealed_files(request, view) else settings.MAX_FORM_BYTES


def _takes_files(request: HttpRequest, view: Callable[..., Any]) -> bool:
    """Whether the view is for uploads and the user may use it: only then a large body is read at all."""
    needed = getattr(view, "required_permissions", ())
    return Permission.DATA_IMPORT in needed and all(request.user.may(name) for name in needed)


def _takes_sealed_files(request: HttpRequest, view: Callable[..., Any]) -> bool:
    """Whether the view is for files that are sealed, and the user may use it."""
    needed = getattr(view, "required_permissions", ())
    return getattr(view, "takes_sealed_files", False) and all(request.user.may(name) for name in needed)


def _flat(data: Any) -> Iterable[str]:
    for key, values in data.lists():
        yield key
        yield from values


def _holds_nul(values: Iterable[str]) -> bool:
    return any(NUL in value for value in values)
