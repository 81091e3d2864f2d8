"""What is due of who signed in, before anything else: a password that somebody else set, an agreement to
sign, training to take.

A password that an administrator set is changed first, whatever the page.

At sign-in whoever lacks something, or soon will, is led to the page that says so, once. Whoever has no rights
at all because something is missing is led there by every page.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.signals import user_logged_in
from django.db import connection
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from hearth.hmis.access import requirement_records as records
from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.accounts.second_factor import OPEN

CHANGE_IT = "Your password was set by an administrator. Choose your own, and then you can go on."
#: In the session: the page is to be shown once.
TO_SHOW = "hearth_requirements_to_show"


@receiver(user_logged_in, dispatch_uid="hearth_requirements_due")
def looked_at(sender: Any, user: User, request: HttpRequest | None = None, **kwargs: Any) -> None:
    """At sign-in: note whether there is something to say."""
    if request is None or not request.method or not connection.in_atomic_block:
        return  # no request of a person: a test's force_login
    with acting(user):
        grants = list(user.grants_now)
        if records.missing(grants) or any(one.is_due for one in records.of_user(user, grants)):
            request.session[TO_SHOW] = True


class DueMiddleware:
    """Leads such a user to the page of a new password, or of agreements and training."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(OPEN) or not request.user.is_authenticated:
            return self.get_response(request)
        if request.user.password_due:
            messages.warning(request, CHANGE_IT)
            page = reverse("account_change_password")
        elif _is_due(request):
            page = reverse("account_requirements")
        else:
            return self.get_response(request)
        return HttpResponseClientRedirect(page) if request.headers.get("HX-Request") else redirect(page)


def _is_due(request: HttpRequest) -> bool:
    if request.session.get(TO_SHOW):
        return True
    user = request.user
    return not user.permissions and bool(records.missing_for(user))
