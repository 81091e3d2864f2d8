"""Sign-ins, sign-outs, failures, lock-outs and changes of what one signs in with, in the access log.

A failure carries the account where one of that name exists, and the network address; never what was typed,
which may be a password. What failed on an account is told to its user at the next sign-in.
"""

from datetime import timedelta
from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
)
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_client_ip_address, get_client_username
from axes.signals import user_locked_out
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import connection
from django.db.models import F
from django.dispatch import receiver
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from hearth.hmis.access.context import acting, set_acting_user
from hearth.hmis.access.lock import forget_failures
from hearth.hmis.access.models import User
from hearth.hmis.access.models.user import ACCOUNT
from hearth.hmis.accounts import open_sessions, second_factor
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.site.actions import send
from hearth.hmis.site.models import Mail
from hearth.hmis.ui import formats

#: One's own slips of the password are no news; a wrong code means that somebody has the password.
PASSWORDS_TOLD_FROM = 3
_WRONG_CODE = "wrong code of the second step,wrong codes of the second step"


@receiver(user_logged_in, dispatch_uid="hearth_signed_in")
def signed_in(sender: Any, user: User, request: HttpRequest | None = None, **kwargs: Any) -> None:
    """Log it in the name of who signed in, whose rights hold for the rest of the request, and tell them what
    failed before."""
    if request is None or not request.META or not connection.in_atomic_block:
        return  # no request of a person: a test's force_login
    set_acting_user(user.pk)
    record_access(by=user.pk, action=Access.SIGNED_IN)
    failed = User.objects.get(pk=user.pk)
    if said := what_failed(failed):
        messages.warning(request, said)
    if failed.wrong_at is not None:
        User.objects.filter(pk=user.pk).update(wrong_passwords=0, wrong_codes=0, wrong_at=None)


def what_failed(user: User) -> str:
    """What was tried on the account since the last sign-in, in a sentence; empty for nothing to speak of."""
    tries = []
    if user.wrong_codes or user.wrong_passwords >= PASSWORDS_TOLD_FROM:
        tries += [_times(user.wrong_passwords, "wrong password")] if user.wrong_passwords else []
        tries += [_times(user.wrong_codes, _WRONG_CODE)] if user.wrong_codes else []
    if not tries or user.wrong_at is None:
        return ""
    last = formats.moment(user.wrong_at)
    return (
        f"Since you last signed in, somebody tried {' and '.join(tries)} on your account, the last on {last}."
        " If that was not you, change your password now and tell your administrator."
    )


def _times(count: int, what: str) -> str:
    return f"a {what.partition(',')[0]}" if count == 1 else formats.counted(count, what)


@receiver(user_logged_out, dispatch_uid="hearth_signed_out")
def signed_out(sender: Any, user: User | None, request: HttpRequest | None = None, **kwargs: Any) -> None:
    """Log a sign-out, one's own and one after idle time."""
    if user is not None and request is not None and request.META:
        with acting(user):
            record_access(by=user.pk, action=Access.SIGNED_OUT)


@receiver(user_login_failed, dispatch_uid="hearth_sign_in_failed")
def sign_in_failed(
    sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
) -> None:
    """Log that somebody failed: not the name that was tried, which may be a password."""
    particulars = _particulars(request, credentials)
    record_access(by=None, action=Access.SIGN_IN_FAILED, **particulars)
    if not _was_turned_away(request):
        _count(particulars.get("account"), "wrong_passwords")


def _was_turned_away(request: HttpRequest | None) -> bool:
    """Whether the account was locked before, so that the password was not looked at. The try that locks it is
    marked as locked out, too, and has been counted by django-axes."""
    is_locked = getattr(request, "axes_locked_out", False)
    return is_locked and getattr(request, "axes_failures_since_start", None) is None


@receiver(user_locked_out, dispatch_uid="hearth_locked_out")
def locked_out(sender: Any, request: HttpRequest | None = None, **kwargs: Any) -> None:
    """Log that an account was locked for a while, and tell its user by mail, once an hour."""
    credentials = getattr(request, "axes_credentials", None)
    particulars = _particulars(request, credentials)
    record_access(by=None, action=Access.SIGN_IN_FAILED, locked=True, **particulars)
    user = User.objects.filter(pk=particulars.get("account"), is_active=True).first()
    if (
        user is None
        or Mail.objects.filter(
            user=user, kind="account_locked", created_at__gt=timezone.now() - timedelta(hours=1)
        ).exists()
    ):
        return
    words = {
        "site_name": settings.SITE_NAME, "minutes": settings.LOCK_MINUTES,
        "address": particulars.get("address", ""), "at": formats.moment(timezone.now()),
    }  # fmt: skip
    send(
        by=None, user=user, kind="account_locked",
        subject=f"{settings.SITE_NAME}: too many failed tries on your account",
        body=render_to_string("people/mail/locked.txt", words),
    )  # fmt: skip


@receiver(authentication_failed, dispatch_uid="hearth_second_step_failed")
def second_step_failed(sender: Any, user: User, request: HttpRequest, **kwargs: Any) -> None:
    """Log a wrong code, of an app or a recovery code, and count it like a wrong password."""
    credentials = {"email": user.email}
    record_access(by=None, action=Access.SECOND_STEP_FAILED, **_particulars(request, credentials))
    _count(user.pk, "wrong_codes")
    AxesProxyHandler.user_login_failed(sender, credentials, request)


@receiver(password_reset, dispatch_uid="hearth_password_reset")
def own_password_reset(sender: Any, user: User, **kwargs: Any) -> None:
    """Log that somebody set a new password with a link from a mail. All sessions end.

    The failed tries that lock the account are forgotten where the password is all it takes, because whoever
    reads its mail may set one; that is written down, and told at the next sign-in. Where there is a second
    step they count on: a link gives nobody new tries at its codes."""
    with acting(user):
        record_access(by=user.pk, action=Access.PASSWORD_CHANGED, subject=f"user:{user.pk}", way="mail")
        if user.password_due:
            User.objects.filter(pk=user.pk).update(password_due=False)
    open_sessions.end_all(user)
    if second_factor.has_one(user):
        return
    if tries := forget_failures(user):
        with acting(user):
            record_access(
                by=user.pk, action=Access.USER_CHANGED, subject=f"user:{user.pk}",
                done="unlocked with a link from a mail", tries=tries,
            )  # fmt: skip


@receiver([password_changed, password_set], dispatch_uid="hearth_password_changed")
def own_password_changed(sender: Any, user: User, **kwargs: Any) -> None:
    """Log that somebody changed the own password."""
    with acting(user):
        record_access(by=user.pk, action=Access.PASSWORD_CHANGED, subject=f"user:{user.pk}")


@receiver(authenticator_added, dispatch_uid="hearth_second_step_added")
def second_step_added(sender: Any, user: User, authenticator: Any, **kwargs: Any) -> None:
    _second_step(user, authenticator, "added")


@receiver(authenticator_removed, dispatch_uid="hearth_second_step_removed")
def second_step_removed(sender: Any, user: User, authenticator: Any, **kwargs: Any) -> None:
    _second_step(user, authenticator, "removed")


@receiver(authenticator_reset, dispatch_uid="hearth_second_step_reset")
def second_step_reset(sender: Any, user: User, authenticator: Any, **kwargs: Any) -> None:
    _second_step(user, authenticator, "made anew")


def _second_step(user: User, authenticator: Any, what: str) -> None:
    with acting(user):
        record_access(
            by=user.pk, action=Access.SECOND_STEP_CHANGED, subject=f"user:{user.pk}",
            kind=str(authenticator.type), done=what,
        )  # fmt: skip


def _particulars(request: HttpRequest | None, credentials: dict[str, Any] | None) -> dict[str, Any]:
    """The account that was meant, where there is one, and the network address."""
    if request is None:
        return {}
    found: dict[str, Any] = {"address": get_client_ip_address(request) or ""}
    key = get_client_username(request, credentials)
    if key and key.startswith(ACCOUNT):
        found["account"] = int(key.split()[1])
    return found


def _count(account: int | None, field: str) -> None:
    if account is not None:
        User.objects.filter(pk=account).update(**{field: F(field) + 1, "wrong_at": timezone.now()})
