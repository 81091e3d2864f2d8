"""Accounts that nobody signs in with: warned of by mail, then locked (setting INACTIVE_DAYS).

Days count from the last sign-in, or from when the account was made or reactivated. The system administrator
who was there last is never locked: somebody has to be able to open the others.
"""

from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from hearth.hmis.access.administered import system_administrators
from hearth.hmis.access.models import User
from hearth.hmis.accounts import open_sessions
from hearth.hmis.accounts.people.invitation_link import is_invited
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.site.actions import send
from hearth.hmis.site.models import Mail
from hearth.hmis.ui import formats

#: Warnings so many days before.
WARNED_BEFORE = (30, 15, 5)
#: Six months without a sign-in: training is due again.
TRAINED_AGAIN_AFTER = 183


def last_used(user: User) -> date:
    """The day of the last sign-in, or from which days count."""
    moments = [user.used_from, *([user.last_login] if user.last_login else [])]
    return timezone.localdate(max(moments))


def days_unused(user: User) -> int:
    """Days without a sign-in until today."""
    return (timezone.localdate() - last_used(user)).days


def locks_on(user: User) -> date | None:
    """The day on which the account is locked without a sign-in; None where that is switched off."""
    return last_used(user) + timedelta(days=settings.INACTIVE_DAYS) if settings.INACTIVE_DAYS else None


def lock_unused() -> str | None:
    """Every night: lock what was not used for so long, and warn whose account will be."""
    if not settings.INACTIVE_DAYS:
        return None
    unused = list(User.objects.filter(is_active=True).order_by("pk"))
    kept = _kept_administrator()
    due = [one for one in unused if days_unused(one) >= settings.INACTIVE_DAYS and one.pk != kept]
    locked = sum(_lock(one) for one in due)
    warned = sum(_warn(one) for one in unused if one not in due and one.pk != kept)
    if not (locked or warned):
        return None
    return f"{formats.counted(locked, 'account')} locked, {formats.counted(warned, 'user')} warned."


def _kept_administrator() -> int | None:
    """Of the system administrators, the one who was there last."""
    administrators = sorted(
        system_administrators(), key=lambda one: (one.last_login or one.used_from, one.pk)
    )
    return administrators[-1].pk if administrators else None


@transaction.atomic
def _lock(user: User) -> bool:
    """Lock it, unless somebody has signed in or changed it meanwhile."""
    untouched = User.objects.filter(
        pk=user.pk, is_active=True, last_login=user.last_login, used_from=user.used_from
    )
    if not untouched.update(is_active=False, locked_unused_at=timezone.now()):
        return False
    open_sessions.end_all(user)
    record_access(
        by=None, action=Access.USER_CHANGED, subject=f"user:{user.pk}", done="locked for want of sign-ins",
        days=days_unused(user),
    )  # fmt: skip
    return True


def _warn(user: User) -> bool:
    """Once for each of the days before, the last that is reached; invitations are no accounts in use yet."""
    day = locks_on(user)
    if day is None or is_invited(user):
        return False
    left = (day - timezone.localdate()).days
    reached = [before for before in WARNED_BEFORE if left <= before < settings.INACTIVE_DAYS]
    if not reached:
        return False
    since = timezone.localdate() - timedelta(days=min(reached) - left)
    if Mail.objects.filter(user=user, kind="unused_account", created_at__date__gte=since).exists():
        return False
    words = {
        "site_name": settings.SITE_NAME, "day": formats.day(day),
        "days": formats.counted(days_unused(user), "day"),
    }  # fmt: skip
    send(
        by=None, user=user, kind="unused_account", lifetime=timedelta(days=max(left, 1)),
        subject=f"{settings.SITE_NAME}: your account will be locked",
        body=render_to_string("people/mail/unused.txt", words),
    )  # fmt: skip
    return True
