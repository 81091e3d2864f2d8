"""Asking again who it is before what reaches many people, or what people may do: `signed_in_recently`.

    @require(Permission.DATA_EXPORT)
    @signed_in_recently(methods=("POST",))
    def exports(request): ...

Whoever signed in, or was asked, within `HEARTH_ASK_AGAIN_MINUTES` goes on. Anybody else is asked for the
password, a code of the second step or a passkey. Where names leave (`second_step=True`) a password does not
count, and whoever has no second step is led to setting one up (`HEARTH_SECOND_STEP_FOR_NAMES`).

What was typed into a form is kept: the page that asks has it in hidden fields and sends it on with the
answer, so that nothing of it lies on the server meanwhile. Only files are not kept, because browsers do not
let a page hold them; the page says so.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account import app_settings as account_settings
from allauth.account.forms import ReauthenticateForm
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.base.forms import ReauthenticateForm as CodeForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import ReauthenticateWebAuthnForm
from allauth.mfa.webauthn.internal.auth import begin_authentication
from allauth.utils import get_form_class
from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

View = Callable[..., HttpResponse]
#: Before the names of the fields of the answer, so that a form may have a field "password" of its own.
PREFIX = "again"
_METHODS = ("GET", "HEAD", "POST")
NO_SECOND_STEP = (
    "What leaves with names needs a second step, so that a password alone never takes it along. Set one up,"
    " and then ask again."
)


def signed_in_recently(
    minutes: int | None = None, *, methods: tuple[str, ...] = _METHODS, second_step: bool = False
) -> Callable[[View], View]:
    """View decorator, below `require`: ask again where the last time is longer ago than so many minutes
    (`ASK_AGAIN_MINUTES` where none are named; nobody is asked where that setting is 0), for requests of these
    methods. `second_step`: names leave here, and a password alone will not do."""

    def decorate(view: View) -> View:
        @wraps(view)
        def asking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            page = _asked(request, minutes, second_step) if request.method in methods else None
            return page if page is not None else view(request, *args, **kwargs)

        asking.asks_again_for = (*methods, "second step") if second_step else methods
        return asking

    return decorate


def is_recent(request: HttpRequest, minutes: int | None = None, *, second_step: bool = False) -> bool:
    """Whether the user of this session proved who they are within so many minutes."""
    if not settings.ASK_AGAIN_MINUTES:
        return True
    within = 60 * (settings.ASK_AGAIN_MINUTES if minutes is None else minutes)
    records = get_authentication_records(request, request.user)
    if second_step and settings.SECOND_STEP_FOR_NAMES:
        records = [record for record in records if record.get("method") == "mfa"]
    return any(time.time() - record.get("at", 0) < within for record in records)


def asked_again(request: HttpRequest, *, second_step: bool = False) -> HttpResponse | None:
    """The answer with which somebody is asked again; None where they need not be, or have just said it. For
    views in which only a part of the requests is to be asked."""
    return _asked(request, None, second_step)


def _asked(request: HttpRequest, minutes: int | None, second_step: bool) -> HttpResponse | None:
    if is_recent(request, minutes, second_step=second_step):
        return None
    forms = _forms(request)
    if second_step and settings.SECOND_STEP_FOR_NAMES:
        forms.pop("password", None)
    else:
        second_step = False
    if request.method != "POST":
        return _sent_to_ask(request, forms, second_step)
    for name, form in forms.items():
        if form.is_bound and form.is_valid():
            if name == "password":
                reauthenticate_by_password(request)
            else:
                form.save()
            request.POST = _without_answer(request)
            return None
    context = _context(request, forms) | {"second_step": second_step, "said": NO_SECOND_STEP}
    return render(request, "account/ask_again.html", context)


def _sent_to_ask(request: HttpRequest, forms: dict[str, Form], second_step: bool) -> HttpResponse:
    """To the page that asks, from which one comes back here; to that of second steps where there is none."""
    if not second_step:
        where = "account_reauthenticate"
    elif not forms:
        messages.warning(request, NO_SECOND_STEP)
        where = "mfa_index"
    else:
        messages.info(
            request, "What leaves with names is confirmed with your second step, not your password."
        )
        where = "mfa_reauthenticate" if "code" in forms else "mfa_reauthenticate_webauthn"
    page = f"{reverse(where)}?{urlencode({'next': request.get_full_path()})}"
    return HttpResponseClientRedirect(page) if request.headers.get("HX-Request") else redirect(page)


def _forms(request: HttpRequest) -> dict[str, Form]:
    """The ways that this user has, the one that was used filled in."""
    user = request.user
    kinds = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    found: dict[str, Form] = {}

    def add(name: str, field: str, form_class: type[Form]) -> None:
        used = f"{PREFIX}-{field}" in request.POST
        found[name] = form_class(data=request.POST if used else None, user=user, prefix=PREFIX)

    if "webauthn" in kinds:
        named = get_form_class(mfa_settings.FORMS, "reauthenticate_webauthn", ReauthenticateWebAuthnForm)
        add("passkey", "credential", named)
    if user.has_usable_password():
        named = get_form_class(account_settings.FORMS, "reauthenticate", ReauthenticateForm)
        add("password", "password", named)
    if "totp" in kinds:
        add("code", "code", get_form_class(mfa_settings.FORMS, "reauthenticate", CodeForm))
    return found


def _context(request: HttpRequest, forms: dict[str, Form]) -> dict[str, Any]:
    typed = _without_answer(request)
    typed.pop("csrfmiddlewaretoken", None)
    return {
        "forms": forms,
        "typed": [(name, value) for name, values in typed.lists() for value in values],
        "had_files": bool(request.FILES),
        "js_data": {"request_options": begin_authentication(request.user)} if "passkey" in forms else None,
    }


def _without_answer(request: HttpRequest) -> Any:
    typed = request.POST.copy()
    for name in list(typed):
        if name.startswith(f"{PREFIX}-"):
            del typed[name]
    return typed
