"""What is written about other names of clients."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.clients.models import Client, NameKind, OtherName
from hearth.hmis.clients.other_names import queries


@transaction.atomic
def add_name(*, by: User, client: Client, kind: NameKind, name: str, since: date | None = None) -> OtherName:
    """Record a name; a preferred one ends the one before it. The same name of the same kind that is in use is
    not added twice. Raises PermissionDenied."""
    _ask(by)
    today = timezone.localdate()
    in_use = queries.of(by, client).filter(kind=kind, until=None)
    if (there := in_use.filter(name=name).first()) is not None:
        return there
    if kind == NameKind.PREFERRED:
        for before in in_use:
            before.until = max(today, before.since or today)
            before.save(update_fields=["until"])
    made = OtherName.objects.create(client=client, kind=kind, name=name, since=since, added_by=by)
    _record(by, client)
    return made


@transaction.atomic
def end_name(*, by: User, name: OtherName) -> None:
    """It is used no more from today on; the search still finds the client by it. Raises PermissionDenied."""
    _ask(by)
    today = timezone.localdate()
    name.until = max(today, name.since or today)
    name.save(update_fields=["until"])
    _record(by, name.client)


@transaction.atomic
def remove_name(*, by: User, name: OtherName) -> None:
    """It was entered by mistake: shown and found no more. Raises PermissionDenied."""
    _ask(by)
    name.removed_at = timezone.now()
    name.save(update_fields=["removed_at"])
    _record(by, name.client)


def _ask(by: User) -> None:
    if not (by.may(Permission.CLIENT_EDIT) and queries.may_see(by)):
        raise PermissionDenied


def _record(by: User, client: Client) -> None:
    record_access(
        by=by.pk, action=Access.CLIENT_CHANGED, client=client.pk, subject="client", changed=["other names"]
    )
