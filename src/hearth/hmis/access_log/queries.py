"""Reading the access log, for auditors and administrators."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.access.roles import ROLES
from hearth.hmis.access_log.sentences import sentence
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.audit.subjects import KINDS, Named, Ref, named


@dataclass(frozen=True, slots=True)
class Entry:
    """One access with the name and e-mail address of who it was; empty for nobody. `parts`: of its sentence,
    some of which have an address."""

    log: AccessLog
    user: str
    email: str
    parts: list[Named]

    @property
    def what(self) -> str:
        """The sentence."""
        return "".join(part.words for part in self.parts)


def entries(user: User, **filters: Any) -> QuerySet[AccessLog]:
    """Entries that fit, the latest first. Filters as in `LogFilter`; blank ones do not count."""
    if not user.may(Permission.ACCESS_LOG_VIEW):
        return AccessLog.objects.none()
    rows = AccessLog.objects.order_by("-id")
    if filters.get("who"):
        named = list(_users(filters["who"]).values_list("pk", flat=True))
        rows = rows.filter(Q(user_id__in=named) | Q(details__account__in=named))
    if filters.get("client"):
        rows = rows.filter(client_id=filters["client"])
    if filters.get("action"):
        rows = rows.filter(action=filters["action"])
    if first := filters.get("first"):
        rows = rows.filter(at__gte=_midnight(first))
    if (last := filters.get("last")) and last < date.max:
        rows = rows.filter(at__lt=_midnight(last + timedelta(days=1)))
    return rows


def stopped(user: User) -> QuerySet[AccessLog]:
    """Whenever somebody was stopped for looking up too much (`access/limits.py`), the latest first."""
    return entries(user, action=Access.LIMITED)


def in_words(viewer: User, rows: Iterable[AccessLog], *, with_links: bool = True) -> list[Entry]:
    """Entries with the names of their users and their sentences; each kind of thing is read once for all.

    Without links clients and enrollments are their numbers alone, and need not be looked up."""
    rows = list(rows)
    roles = {code: role.name for code, role in ROLES.items()}
    said = {row.pk: sentence(row, roles) for row in rows}
    refs = {part for parts in said.values() for part in parts if isinstance(part, Ref)}
    asked = [ref for ref in refs if with_links or ref.kind not in ("client", "enrollment")]
    known = named(viewer, asked)
    users = User.objects.in_bulk({row.user_id for row in rows if row.user_id is not None})
    found = []
    for row in rows:
        user = users.get(row.user_id)
        name = str(user) if user else ("" if row.user_id is None else f"user {row.user_id}")
        parts = [_named(part, known) for part in said[row.pk]]
        found.append(Entry(row, name, user.email if user else "", parts))
    return found


def _named(part: str | Ref, known: Mapping[Ref, Named]) -> Named:
    if isinstance(part, str):
        return Named(part)
    return known.get(part) or Named(f"{KINDS[part.kind]} {part.id}")


def _users(text: str) -> QuerySet[Any]:
    text = text.replace("\x00", "")
    found = User.objects.filter(Q(email__icontains=text) | Q(display_name__icontains=text))
    return found.values("pk")


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
