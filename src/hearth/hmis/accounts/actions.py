"""The doors of accounts: passwords, second steps, sessions, and whether anybody gets in at all.

Who may open and close them is the database's to say (`hearth_may_administer`), of which these actions ask.
"""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from hearth.hmis.access.administered import administered, is_last_administrator
from hearth.hmis.access.context import acting
from hearth.hmis.access.lock import forget_failures
from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access


@transaction.atomic
def set_password(*, by: User, email: str, password: str) -> None:
    """Give somebody a new password. Raises ValueError with a sentence when there is nobody of that address
    or the password is too weak."""
    user = administered(by, email)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ValueError(" ".join(error.messages)) from error
    user.set_password(password)
    with acting(by):
        user.save(update_fields=["password"])
    _record(by, user, Access.PASSWORD_CHANGED)


@transaction.atomic
def deactivate(*, by: User, email: str) -> User:
    """Let somebody in no more, from the next request on. Raises ValueError for the last administrator."""
    user = administered(by, email)
    if is_last_administrator(user):
        raise ValueError(f"{user.email} is the only system administrator: make somebody else one first.")
    user.is_active = False
    with acting(by):
        user.save(update_fields=["is_active"])
    _end_sessions(user)
    _record(by, user, Access.USER_CHANGED, done="deactivated")
    return user


@transaction.atomic
def reactivate(*, by: User, email: str) -> User:
    """Let somebody in again who was deactivated, or locked because nobody signed in for long: that a system
    administrator lifts, others get a ValueError with a sentence. Time without a sign-in counts anew."""
    user = administered(by, email)
    if user.locked_unused_at is not None and not by.everywhere(Permission.USER_EDIT):
        raise ValueError(f"{user.email} is locked for want of sign-ins: ask a system administrator.")
    user.is_active, user.locked_unused_at, user.used_from = True, None, timezone.now()
    with acting(by):
        user.save(update_fields=["is_active", "locked_unused_at", "used_from"])
    _record(by, user, Access.USER_CHANGED, done="reactivated")
    return user


@transaction.atomic
def unlock(*, by: User, email: str) -> int:
    """Forget the failed tries on an account; returns how many there were."""
    user = administered(by, email)
    count = forget_failures(user)
    _record(by, user, Access.USER_CHANGED, done="unlocked")
    return count


@transaction.atomic
def end_sessions(*, by: User, email: str) -> int:
    """Sign somebody out everywhere; returns of how many sessions."""
    user = administered(by, email)
    ended = _end_sessions(user)
    _record(by, user, Access.USER_CHANGED, done="signed out everywhere", sessions=ended)
    return ended


@transaction.atomic
def reset_mfa(*, by: User, email: str) -> bool:
    """Take somebody's second step and recovery codes away; whether there were any."""
    user = administered(by, email)
    found, _ = Authenticator.objects.filter(user=user).delete()
    _record(by, user, Access.SECOND_STEP_CHANGED, done="removed")
    return bool(found)


def _end_sessions(user: User) -> int:
    mine = [
        session.pk
        for session in Session.objects.iterator()
        if session.get_decoded().get(SESSION_KEY) == str(user.pk)
    ]
    Session.objects.filter(pk__in=mine).delete()
    return len(mine)


def _record(by: User, user: User, action: Access, **details: Any) -> None:
    with acting(by):
        record_access(by=by.pk, action=action, subject=f"user:{user.pk}", **details)
