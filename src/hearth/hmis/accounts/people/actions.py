"""What is done to somebody's account from their page: with a mail to them, and written to the access log.

Grants are `access.actions`, doors of accounts `accounts.actions`; here stands what sends mail.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin

from allauth.account.adapter import get_adapter
from allauth.account.app_settings import PASSWORD_RESET_TOKEN_GENERATOR
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse

from hearth.hmis.access import actions
from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.accounts import actions as doors
from hearth.hmis.accounts import open_sessions
from hearth.hmis.accounts.people import queries
from hearth.hmis.accounts.people.invitation_link import INVITED_FOR, has_links_left, is_invited
from hearth.hmis.accounts.people.spreadsheet import Line
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.site.actions import send


@transaction.atomic
def set_first_password(*, by: User, user: User, password: str) -> None:
    """Give somebody a password, end their sessions, forget failed tries, and tell them by mail.

    Raises PermissionDenied where `by` does not administer the account, and ValueError with a sentence for a
    password that is too weak and for an account that is not active: a door that was closed is opened by
    `reactivate` alone.
    """
    _must_administer(by, user)
    if not user.is_active:
        raise ValueError(f"{user.email} is deactivated. Reactivate the account first.")
    doors.set_password(by=by, email=user.email, password=password)
    doors.unlock(by=by, email=user.email)
    open_sessions.end_all(user)
    send(
        by=by, user=user, kind="account_changed",
        subject=f"{settings.SITE_NAME}: your password was set by an administrator",
        body=render_to_string("people/mail/password_set.txt", {"site_name": settings.SITE_NAME, "by": by}),
    )  # fmt: skip


@transaction.atomic
def send_link(*, by: User, user: User, site: str) -> timedelta:
    """Mail somebody a link to set their password: an invitation where they never had one. `site`: the address
    of the first page, as they reach it. Returns how long it holds. Raises PermissionDenied like
    `set_first_password`, and ValueError where no mail can be sent or the account got its links of an hour."""
    _must_administer(by, user)
    if not user.is_active:
        raise ValueError(f"{user.email} is deactivated. Reactivate the account first.")
    if not mail_is_set():
        raise ValueError("This installation has no mail server. Set a first password instead.")
    if not has_links_left(user):
        raise ValueError(
            f"{user.email} got {settings.RESETS_PER_HOUR} links within the hour. Wait, or set a first"
            " password."
        )
    is_new = is_invited(user)
    lifetime = INVITED_FOR if is_new else timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    kind = "invitation" if is_new else "password_reset"
    key = PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    path = reverse("account_reset_password_from_key", args=[user_pk_to_url_str(user), key])
    context = {
        "site_name": settings.SITE_NAME, "by": by, "link": urljoin(site, path),
        "is_new": is_new, "days": INVITED_FOR.days,
    }  # fmt: skip
    said = "you are invited" if is_new else "set a new password"
    send(
        by=by, user=user, kind=kind, lifetime=lifetime,
        subject=get_adapter().format_email_subject(said),
        body=render_to_string("people/mail/link.txt", context),
    )  # fmt: skip
    done = "sent an invitation" if is_new else "sent a link to set a password"
    with acting(by):
        record_access(by=by.pk, action=Access.USER_CHANGED, subject=f"user:{user.pk}", done=done)
    return lifetime


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a person who was added. `is_new`: there was no account before; `is_invited`: a mail
    goes out."""

    user: User
    is_new: bool
    is_invited: bool


@transaction.atomic
def add(*, by: User, site: str, email: str, **grant: Any) -> Added:
    """Add a person with a grant, and invite them where mail is set; or give the grant to whoever has the
    address already. `site` as in `send_link`, `grant` as in `access.actions.add_user`.

    Raises PermissionDenied and ValueError like that, and ValueError for an account that is deactivated.
    """
    before = User.objects.filter(email__iexact=email).first()
    if before is not None and not before.is_active:
        raise ValueError(
            f"{email} is deactivated. Reactivate the account first, or ask a system administrator."
        )
    try:
        with transaction.atomic():
            user = actions.add_user(by=by, email=email, **grant)
    except IntegrityError as error:
        raise ValueError(f"Somebody else has just added {email}.") from error
    invites = before is None and mail_is_set()
    if invites:
        send_link(by=by, user=user, site=site)
    return Added(user, before is None, invites)


@transaction.atomic
def add_many(*, by: User, site: str, lines: Iterable[Line]) -> list[Added]:
    """Add all people of checked lines, or none. Raises ValueError with a sentence where one has an account
    meanwhile or a line has a mistake, and PermissionDenied like `add`."""
    added = []
    for line in lines:
        if line.mistakes:
            raise ValueError(f"Line {line.number} has mistakes. Nobody was added.")
        one = add(by=by, site=site, **line.chosen())
        if not one.is_new:
            raise ValueError(f"{line.email} has an account meanwhile. Nobody was added.")
        added.append(one)
    return added


def mail_is_set() -> bool:
    """Whether mails reach anybody: a server is named, or this is the demo, which prints them."""
    return bool(settings.MAIL_SERVER) or settings.IS_DEMO


def _must_administer(by: User, user: User) -> None:
    with acting(by):
        if not queries.may_administer(user):
            raise PermissionDenied
