"""Devices on which somebody has signed in: a signed cookie that says for which accounts.

It lets nobody in. Failed tries on a known device are counted for that device alone, so that a stranger who
guesses at an account locks themselves out and not its user.
"""

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.core import signing
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

KEPT = timedelta(days=365)
#: One device remembers so many accounts, the latest first.
MOST_ACCOUNTS = 10
_SALT = "hearth known device"


def of_account(request: HttpRequest, account: int) -> str:
    """The id of the device that asks, where the account has signed in on it before; else empty."""
    device, accounts = _read(request)
    return device if account in accounts else ""


def _read(request: HttpRequest) -> tuple[str, list[int]]:
    cookie = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    try:
        device, accounts = signing.loads(cookie, salt=_SALT, max_age=KEPT)
        return str(device), [int(one) for one in accounts]
    except (signing.BadSignature, ValueError, TypeError):
        return "", []


@receiver(user_logged_in, dispatch_uid="hearth_remember_device")
def remember(sender: Any, user: Any, request: HttpRequest | None = None, **kwargs: Any) -> None:
    """Whoever has signed in, the second step too, knows this device from now on."""
    if request is None or not request.META:
        return
    device, accounts = _read(request)
    accounts = [user.pk, *(one for one in accounts if one != user.pk)][:MOST_ACCOUNTS]
    value = signing.dumps([device or secrets.token_urlsafe(12), accounts], salt=_SALT)
    request.hearth_device = value


class KnownDeviceMiddleware:
    """Gives the cookie to the browser that signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if value := getattr(request, "hearth_device", ""):
            response.set_cookie(
                settings.DEVICE_COOKIE_NAME,
                value,
                max_age=KEPT,
                secure=settings.TLS,
                httponly=True,
                samesite="Lax",
            )
        return response
