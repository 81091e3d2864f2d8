"""Reading the access log, for auditors and administrators."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.utils import timezone

from hearth.hmis.audit.models import AccessLog
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.audit.words import in_words

#: The permission that the log is read with (access.permissions, which stands above this application).
PERMISSION = "access_log_view"


@dataclass(frozen=True, slots=True)
class Entry:
    """One access with the name and e-mail address of who it was; empty for nobody. `account`: the e-mail
    address of the account that a failed sign-in was tried on, where there is one."""

    log: AccessLog
    user: str
    email: str
    account: str = ""

    @property
    def what(self) -> str:
        said = in_words(self.log)
        return "; ".join(part for part in (self.account and f"on the account {self.account}", said) if part)


def entries(user: Any, **filters: Any) -> QuerySet[AccessLog]:
    """Entries that fit, the latest first. Filters as in `LogFilter`; blank ones do not count."""
    if not user.may(PERMISSION):
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


def stopped(user: Any) -> QuerySet[AccessLog]:
    """Whenever somebody was stopped for looking up too much (`access/limits.py`), the latest first."""
    return entries(user, action=Access.LIMITED)


def with_users(rows: Iterable[AccessLog]) -> list[Entry]:
    """Entries with the names of their users; one query for all."""
    rows = list(rows)
    about = {row.pk: (row.details or {}).get("account") for row in rows}
    ids = {pk for pk in (*about.values(), *(row.user_id for row in rows)) if pk is not None}
    known = get_user_model().objects.in_bulk(ids)
    found = []
    for row in rows:
        user = known.get(row.user_id)
        name = str(user) if user else ("" if row.user_id is None else f"user {row.user_id}")
        account = known.get(about[row.pk])
        found.append(Entry(row, name, user.email if user else "", account.email if account else ""))
    return found


def _users(text: str) -> QuerySet[Any]:
    text = text.replace("\x00", "")
    found = get_user_model().objects.filter(Q(email__icontains=text) | Q(display_name__icontains=text))
    return found.values("pk")


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
