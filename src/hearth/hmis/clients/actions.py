"""What is written about clients: adding them, and by looking at them."""

from collections.abc import Collection, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.clients.models import Client, NotTheSame
from hearth.hmis.clients.restrictions import is_reached_without_a_stay
from hearth.hmis.organizations.entered import stamp

#: A user's list is cut to this many.
RECENT_KEPT = 50

_OPENED = """
    INSERT INTO clients_recentclient (user_id, client_id) VALUES (%s, %s)
    ON CONFLICT (user_id, client_id) DO UPDATE SET opened_at = now()
"""
_FORGET = """
    DELETE FROM clients_recentclient WHERE user_id = %s AND opened_at < (
        SELECT opened_at FROM clients_recentclient WHERE user_id = %s ORDER BY opened_at DESC
        OFFSET %s LIMIT 1)
"""


@transaction.atomic
def add_client(
    *, by: User, values: Mapping[str, Any], not_the_same: Collection[int] = (), key: str = ""
) -> Client:
    """Add a person with these values of Client (model fields). `not_the_same`: clients who are alike and whom
    `by` told apart from them. `key`: that of the form (`key_of_form`), by which `queries.added_with` finds
    what it added.

    Raises PermissionDenied for who edits no clients, and IntegrityError where the key is there already.
    """
    if not by.may(Permission.CLIENT_EDIT):
        raise PermissionDenied
    client = Client(**values)
    stamp(client, by=by, key=key)
    client.save()
    NotTheSame.objects.bulk_create(
        NotTheSame(client=client, other_id=other, said_by=by) for other in not_the_same
    )
    record_access(
        by=by.pk,
        action=Access.CLIENT_ADDED,
        client=client.pk,
        subject="client",
        not_the_same=len(not_the_same),
    )
    return client


def open_client(*, by: User, client: Client, page: str = "client") -> None:
    """Write down that a user looked at a client: in the access log, and in the user's recent clients."""
    without = {"restricted_without_stay": True} if is_reached_without_a_stay(by, client) else {}
    record_access(by=by.pk, action=Access.CLIENT_VIEWED, client=client.pk, subject=page, **without)
    with connection.cursor() as cursor:
        cursor.execute(_OPENED, [by.pk, client.pk])
        cursor.execute(_FORGET, [by.pk, by.pk, RECENT_KEPT - 1])


def reveal_ssn(*, by: User, client: Client) -> str:
    """The SSN of a client in full, written down before it is given out; empty when there is none."""
    record_access(by=by.pk, action=Access.SSN_REVEALED, client=client.pk, subject="client")
    return client.ssn or ""


def record_search(
    *, by: User, kinds: list[str], found: list[int], total: int, page: int, again: bool
) -> None:
    """Write down a search: what kind of terms, how many were found, and who was shown. Never the terms.

    `again`: results that were shown before (Back, reload, another page of them), so that searches can be
    counted and every look at a list of people is in the log all the same.
    """
    repeated = {"again": True} if again else {}
    record_access(
        by=by.pk, action=Access.SEARCHED, kinds=kinds, total=total, page=page, shown=found, **repeated
    )
