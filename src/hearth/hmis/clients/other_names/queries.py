"""Reading other names, for whoever may see names."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils import timezone

from hearth.hmis.access import field_rights
from hearth.hmis.access.models import User
from hearth.hmis.clients.models import Client, NameKind, OtherName


def may_see(user: User) -> bool:
    """Whether the user sees names of clients."""
    return field_rights.may_see(user, "Client.LastName")


def of(user: User, client: Client) -> QuerySet[OtherName]:
    """All of them that are not taken back, those in use first."""
    rows = _rows(user).filter(client=client)
    return rows.order_by("until", "kind", "since", "pk")


def one(user: User, client: Client, pk: int) -> OtherName | None:
    """One of a client's; None where there is none that the user may see."""
    return _rows(user).filter(client=client, pk=pk).first()


def preferred(user: User, clients: Iterable[int]) -> dict[int, str]:
    """By client the name that they want to be called by today; the one that was entered last."""
    today = timezone.localdate()
    rows = _rows(user).filter(
        Q(since__isnull=True) | Q(since__lte=today),
        Q(until__isnull=True) | Q(until__gt=today),
        client__in=list(clients),
        kind=NameKind.PREFERRED,
    )
    return {row.client_id: row.name for row in rows.order_by("pk")}


def called(names: Iterable[OtherName]) -> str:
    """Of all names of one client the one that they want to be called by today; empty for none."""
    today = timezone.localdate()
    found = [
        name
        for name in names
        if name.kind == NameKind.PREFERRED
        and (name.since is None or name.since <= today)
        and (name.until is None or name.until > today)
    ]
    return max(found, key=lambda name: name.pk).name if found else ""


def _rows(user: User) -> QuerySet[OtherName]:
    rows = OtherName.objects.restrict(user).filter(removed_at=None)
    return rows if may_see(user) else rows.none()
