"""A user's open sessions: since when, last used, on what device, from which address. And ending them.

The rows are django-allauth's (`allauth.usersessions`), one for each session; one is written at sign-in, and
its last use together with the session's own (`sessions.py`), so that no page costs a write of its own.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from hearth.hmis.access.models import User
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access

#: Name in a browser's own description → how people call it; the first that fits, as browsers name others.
_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "Chromebook"),
    ("Windows", "Windows"), ("Mac OS X", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One session as its user sees it."""

    pk: int
    device: str
    address: str
    began_at: datetime
    seen_at: datetime
    is_this_one: bool


def device_in_words(user_agent: str) -> str:
    """Browser and system, as far as the browser says: "Firefox on Windows"."""

    def first(names: tuple[tuple[str, str], ...]) -> str:
        return next((words for name, words in names if re.search(re.escape(name), user_agent)), "")

    browser, system = first(_BROWSERS), first(_SYSTEMS)
    if browser and system:
        return f"{browser} on {system}"
    return browser or system or "Unknown device"


def live(user: User) -> list[UserSession]:
    """The rows of a user whose sessions are still open; those of others are removed."""
    rows = UserSession.objects.filter(user=user)
    open_keys = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    rows.exclude(session_key__in=open_keys).delete()
    return list(rows)


def of(request: HttpRequest) -> list[OpenSession]:
    """The open sessions of who asks, this one first, then the last used first."""
    current = request.session.session_key
    if not UserSession.objects.filter(session_key=current).exists():
        saw(request)  # begun before sessions were listed
    rows = live(request.user)
    found = [
        OpenSession(
            row.pk,
            device_in_words(row.user_agent),
            str(row.ip),
            row.created_at,
            row.last_seen_at,
            row.session_key == current,
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (not one.is_this_one, -one.seen_at.timestamp()))


def saw(request: HttpRequest) -> None:
    """Write down that the session of a request is in use; the first time, also where from and on what."""
    key = request.session.session_key
    if not UserSession.objects.filter(session_key=key).update(last_seen_at=timezone.now()):
        UserSession.objects.create_from_request(request)


@transaction.atomic
def end(request: HttpRequest, pk: int) -> bool:
    """End one other session of who asks; False where there is none of that number. This one ends by
    signing out."""
    mine = UserSession.objects.filter(user_id=request.user.pk)
    row = mine.filter(pk=pk).exclude(session_key=request.session.session_key).first()
    if row is None:
        return False
    row.end()
    _record(request.user, 1)
    return True


@transaction.atomic
def end_others(request: HttpRequest) -> int:
    """End all sessions of who asks but this one; how many there were."""
    ended = end_all(request.user, but=request.session.session_key or "")
    _record(request.user, ended)
    return ended


def end_all(user: User, but: str = "") -> int:
    """End the sessions of a user but one of that key, without a word in the access log; how many ended."""
    rows = live(user)
    ended = [row for row in rows if row.session_key != but]
    for row in ended:
        row.end()
    return len(ended)


def _record(user: User, sessions: int) -> None:
    record_access(by=user.pk, action=Access.SESSION_ENDED, subject=f"user:{user.pk}", sessions=sessions)
