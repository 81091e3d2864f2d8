"""Sign-ins, failed sign-ins and lock-outs in the access log, so that an auditor sees who was there."""

from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.db import connection
from django.dispatch import receiver
from django.http import HttpRequest

from hearth.hmis.access.context import set_acting_user
from hearth.hmis.access.models import User
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access


@receiver(user_logged_in, dispatch_uid="hearth_signed_in")
def signed_in(sender: Any, user: User, request: HttpRequest | None = None, **kwargs: Any) -> None:
    """Log it in the name of who signed in, whose rights hold for the rest of the request."""
    if request is None or not request.META or not connection.in_atomic_block:
        return  # no request of a person: a test's force_login
    set_acting_user(user.pk)
    record_access(by=user.pk, action=Access.SIGNED_IN)


@receiver(user_login_failed, dispatch_uid="hearth_sign_in_failed")
def sign_in_failed(sender: Any, **kwargs: Any) -> None:
    """Log that somebody failed: not the name that was tried, which may be a password."""
    record_access(by=None, action=Access.SIGN_IN_FAILED)


@receiver(user_locked_out, dispatch_uid="hearth_locked_out")
def locked_out(sender: Any, **kwargs: Any) -> None:
    """Log that an account was locked for a while."""
    record_access(by=None, action=Access.SIGN_IN_FAILED, locked=True)
