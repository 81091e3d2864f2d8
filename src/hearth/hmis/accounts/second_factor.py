"""Who must have a second step before doing anything else: whoever lost it with the installation's secret key,
and whoever holds a role for which this installation asks it (`HEARTH_SECOND_STEP_FOR`; administrators where
nothing is said)."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ImproperlyConfigured
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from hearth.hmis.access.models import User
from hearth.hmis.access.roles import ROLES

#: Below these addresses such a user may go: setting it up, changing the password, and signing out.
OPEN = ("/account/", "/static/", "/health/", "/help/")
LOST = (
    "The secret key of this site was replaced, and your second step with it. Set it up again, and then you"
    " can go on."
)
NEEDED = "Your role needs a second step at sign-in. Set one up, and then you can go on."
#: What counts as one; recovery codes stand in for these.
KINDS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def roles_that_need_it() -> frozenset[str]:
    """Codes of roles. Raises ImproperlyConfigured for one that does not exist."""
    text = settings.SECOND_STEP_FOR
    if text is None:
        return frozenset(code for code in ROLES if code.endswith("administrator"))
    named = frozenset(part.strip() for part in text.split(",") if part.strip())
    if unknown := named - set(ROLES):
        raise ImproperlyConfigured(
            f"HEARTH_SECOND_STEP_FOR names {', '.join(sorted(unknown))}, which is no role:"
            f" use {', '.join(ROLES)}, or leave it empty for none."
        )
    return named


def is_needed_by(user: User) -> bool:
    """Whether a role of this user asks for one."""
    needing = roles_that_need_it()
    return bool(needing) and not user.roles.isdisjoint(needing)


def has_one(user: User) -> bool:
    """Whether this user signs in with one."""
    return Authenticator.objects.filter(user=user, type__in=KINDS).exists()


def why_due(user: User) -> str:
    """Why this user must set one up before anything else, in a sentence; empty where that is not so."""
    if user.second_factor_due:
        return LOST
    return NEEDED if is_needed_by(user) and not has_one(user) else ""


class SecondFactorDueMiddleware:
    """Leads such a user to the page of second steps."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        roles_that_need_it()  # a setting that cannot be is said when the server starts

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(OPEN) or not request.user.is_authenticated:
            return self.get_response(request)
        said = why_due(request.user)
        if not said:
            return self.get_response(request)
        messages.warning(request, said)
        page = reverse("mfa_index")
        return HttpResponseClientRedirect(page) if request.headers.get("HX-Request") else redirect(page)


@receiver(authenticator_added, dispatch_uid="hearth_second_factor_is_there")
def is_there_again(sender: Any, user: Any, **kwargs: Any) -> None:
    """The second step is set up: nothing is due any more."""
    if user.second_factor_due:
        user.second_factor_due = False
        user.save(update_fields=["second_factor_due"])
