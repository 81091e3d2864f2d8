"""How a client is called in the access log: by number, never by name."""

from collections.abc import Iterable

from django.urls import reverse

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.subjects import Named
from hearth.hmis.clients.models import Client


def clients(viewer: User, ids: Iterable[int]) -> dict[int, Named]:
    """Clients whose pages the viewer may open."""
    rows = Client.objects.restrict(viewer).filter(pk__in=list(ids))
    if not viewer.sees_all:
        rows = rows.filter(date_deleted__isnull=True)
    if not viewer.may(Permission.CLIENT_VIEW):
        return {}
    return {
        pk: Named(f"Client {pk}", reverse("clients:detail", args=[pk]))
        for pk in rows.values_list("pk", flat=True)
    }
