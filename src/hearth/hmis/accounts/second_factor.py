"""Whoever lost the second step with the installation's secret key sets it up before doing anything else."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.signals import authenticator_added
from django.contrib import messages
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

#: Below these addresses such a user may go: setting it up, and signing out.
OPEN = ("/account/", "/static/", "/health/")
SENTENCE = (
    "The secret key of this site was replaced, and your second step with it. Set it up again, and then you"
    " can go on."
)


class SecondFactorDueMiddleware:
    """Leads a user with `second_factor_due` to the page that turns the second step on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if (
            request.path.startswith(OPEN)
            or not request.user.is_authenticated
            or not request.user.second_factor_due
        ):
            return self.get_response(request)
        messages.warning(request, SENTENCE)
        page = reverse("mfa_activate_totp")
        return HttpResponseClientRedirect(page) if request.headers.get("HX-Request") else redirect(page)


@receiver(authenticator_added, dispatch_uid="hearth_second_factor_is_there")
def is_there_again(sender: Any, user: Any, **kwargs: Any) -> None:
    """The second step is set up: nothing is due any more."""
    if user.second_factor_due:
        user.second_factor_due = False
        user.save(update_fields=["second_factor_due"])
