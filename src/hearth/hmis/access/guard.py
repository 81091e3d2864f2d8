"""What a view asks of the person before it, and what is written down when it says no.

Views name what they need in one line above them, `@require(Permission.CLIENT_VIEW)`; tests/house reads
`required_permissions` from them.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access

View = Callable[..., HttpResponse]


def require(*permissions: str) -> Callable[[View], View]:
    """View decorator: all of `permissions` (of `access.permissions.Permission`) are needed, else 403.

    Class-based views: `@method_decorator(require(Permission.X), name="dispatch")`.
    """
    return _guard(permissions, all)


def require_one(*permissions: str) -> Callable[[View], View]:
    """View decorator: one of `permissions` is enough, else 403."""
    return _guard(permissions, any)


def refuse(request: HttpRequest, *, needed: str = "", **ids: int) -> NoReturn:
    """Write the refusal down and answer 403: what is asked for is known to exist, and not for this user."""
    _record(request, needed=needed, **ids)
    raise PermissionDenied


def refuse_as_missing(request: HttpRequest, **ids: int) -> NoReturn:
    """Write down that a record was asked for which is not there, or not for this user, and answer 404.

    Both look the same from outside: that a hidden record exists is not said.
    """
    _record(request, needed="", **ids)
    raise Http404


def _guard(permissions: tuple[str, ...], enough: Callable[[Any], bool]) -> Callable[[View], View]:
    if not permissions:
        raise ValueError("Name the permission that the view needs")

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            user = request.user
            if not (user.is_authenticated and enough(user.may(permission) for permission in permissions)):
                ids = {name: value for name, value in kwargs.items() if isinstance(value, int)}
                refuse(request, needed=",".join(permissions), **ids)
            return view(request, *args, **kwargs)

        guarded.required_permissions = permissions
        return guarded

    return decorate


def _record(request: HttpRequest, *, needed: str, **ids: int) -> None:
    match = request.resolver_match
    details: dict[str, Any] = {"method": request.method if request.method in _METHODS else "other", **ids}
    if needed:
        details["needed"] = needed
    record_access(
        by=request.user.pk if request.user.is_authenticated else None,
        action=Access.REFUSED,
        subject=match.view_name if match else "",
        **details,
    )


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
