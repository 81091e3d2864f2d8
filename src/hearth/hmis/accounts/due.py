"""What is due of who signed in, before anything else: an agreement to sign, training to take.

At sign-in whoever lacks something, or soon will, is led to the page that says so, once. Whoever has no rights
at all because something is missing is led there by every page.
"""

from collections.abc import Callable
from typing import Any

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

#: In the session: the page is to be shown once.
TO_SHOW = "hearth_requirements_to_show"


@receiver(user_logged_in, dispatch_uid="hearth_requirements_due")
def looked_at(sender: Any, user: User, request: HttpRequest | None = None, **kwargs: Any) -> None:
    """At sign-in: note whether there is something to say."""
    if request is None or not request.META or not connection.in_atomic_block:
        return  # no request of a person: a test's force_login
    with acting(user):
        grants = list(user.grants_now)
        if records.missing(grants) or any(one.is_due for one in records.of_user(user, grants)):
            request.session[TO_SHOW] = True


class RequirementsDueMiddleware:
    """Leads such a user to the page of agreements and training."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(OPEN) or not request.user.is_authenticated or not _is_due(request):
            return self.get_response(request)
        page = reverse("account_requirements")
        return HttpResponseClientRedirect(page) if request.headers.get("HX-Request") else redirect(page)


def _is_due(request: HttpRequest) -> bool:
    if request.session.get(TO_SHOW):
        return True
    user = request.user
    return not user.permissions and bool(records.missing_for(user))
