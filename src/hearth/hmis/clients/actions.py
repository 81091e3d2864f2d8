"""What is written about clients: adding and correcting them, and by looking at them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.actions import record_access, record_each
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.clients.intake.correcting import is_child, stored_version
from hearth.hmis.clients.intake.identity import GROUPS
from hearth.hmis.clients.models import Client, NameKind, NotTheSame, OtherName
from hearth.hmis.clients.restrictions import is_reached_without_a_stay
from hearth.hmis.organizations.entered import STAMPED, stamp

_VETERAN = 1  # of list 1.8
#: A user's list is cut to this many.
RECENT_KEPT = 50

_OPENED = """
    INSERT INTO clients_recentclient (user_id, client_id) SELECT %s, unnest(%s::bigint[])
    ON CONFLICT (user_id, client_id) DO UPDATE SET opened_at = now()
"""
_FORGET = """
    DELETE FROM clients_recentclient WHERE user_id = %s AND opened_at < (
        SELECT opened_at FROM clients_recentclient WHERE user_id = %s ORDER BY opened_at DESC
        OFFSET %s LIMIT 1)
"""


@transaction.atomic
def add_client(
    *,
    by: User,
    values: Mapping[str, Any],
    not_the_same: Collection[int] = (),
    key: str = "",
    preferred_name: str = "",
    other_names: Sequence[str] = (),
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
    _tell_apart(client, not_the_same, by)
    names = [(NameKind.PREFERRED, preferred_name)] if preferred_name else []
    for kind, name in [*names, *((NameKind.ALIAS, one) for one in other_names)]:
        OtherName.objects.create(client=client, kind=kind, name=name, added_by=by)
    record_access(
        by=by.pk,
        action=Access.CLIENT_ADDED,
        client=client.pk,
        subject="client",
        not_the_same=len(not_the_same),
    )
    return client


class ChangedMeanwhile(Exception):
    """Somebody else changed what is changed here, and nobody said which of both holds. `stored`: the client
    as it is now; `groups`: of `intake.identity.GROUPS`."""

    def __init__(self, stored: Client, groups: list[str]) -> None:
        super().__init__("Somebody else changed the same meanwhile")
        self.stored, self.groups = stored, groups


class CorrectionRefused(ValueError):
    """What cannot be, with what somebody else wrote meanwhile. Its text says why and what to do."""


@transaction.atomic
def correct_client(
    *,
    by: User,
    client: Client,
    values: Mapping[str, Any],
    base: Mapping[str, str],
    not_the_same: Collection[int] = (),
    chosen: Mapping[str, str] | None = None,
) -> list[str]:
    """Store what is changed of who somebody is; returns the groups (`GROUPS`) that changed.

    `values`: fields of Client, of whole groups. `base`: by group the version (`stored_version`) that they
    were typed over. `chosen`: for a group that changed since, `mine.` or `theirs.` with the version that the
    answer was given for. `not_the_same`: clients who are alike and whom `by` told apart from them. A record
    of another data source keeps its key (`organizations.entered`).

    Raises PermissionDenied, ChangedMeanwhile, CorrectionRefused.
    """
    if not by.may(Permission.CLIENT_EDIT):
        raise PermissionDenied
    stored = Client.objects.select_for_update().filter(pk=client.pk, date_deleted=None).first()
    if stored is None:
        raise PermissionDenied
    changed: dict[str, dict[str, Any]] = {}
    undecided = []
    for name, group in GROUPS.items():
        said = {field: values[field] for field in group.stored if field in values}
        if all(getattr(stored, field) == value for field, value in said.items()):
            continue
        version = stored_version(stored, name)
        answer = (chosen or {}).get(name)
        if version == base.get(name) or answer == f"mine.{version}":
            changed[name] = said
        elif answer != f"theirs.{version}":
            undecided.append(name)
    if undecided:
        raise ChangedMeanwhile(stored, undecided)
    if changed:
        _write(stored, {field: value for said in changed.values() for field, value in said.items()}, by)
        _tell_apart(stored, not_the_same, by)
        apart = {"not_the_same": len(not_the_same)} if not_the_same else {}
        record_access(
            by=by.pk, action=Access.CLIENT_CHANGED, client=client.pk, subject="client",
            changed=list(changed), **apart,
        )  # fmt: skip
    return list(changed)


@transaction.atomic
def record_service(*, by: User, client: Client, values: Mapping[str, Any]) -> None:
    """Store what was said of a veteran's military service (V1): `values` by fields of Client.

    Raises PermissionDenied for who edits no clients.
    """
    if not by.may(Permission.CLIENT_EDIT):
        raise PermissionDenied
    stored = Client.objects.select_for_update().filter(pk=client.pk, date_deleted=None).first()
    if stored is None:
        raise PermissionDenied
    _write(stored, dict(values), by)
    record_access(
        by=by.pk, action=Access.CLIENT_CHANGED, client=client.pk, subject="client", changed=["service"]
    )


def _tell_apart(client: Client, others: Collection[int], by: User) -> None:
    """A colleague's answer, which `by` may not know of, stays as it is."""
    NotTheSame.objects.bulk_create(
        (NotTheSame(client=client, other_id=other, said_by=by) for other in others), ignore_conflicts=True
    )


def _write(stored: Client, values: dict[str, Any], by: User) -> None:
    for field, value in values.items():
        setattr(stored, field, value)
    decides = "dob" in values or "veteran_status" in values
    if decides and stored.veteran_status == _VETERAN and is_child(stored.dob, timezone.localdate()):
        raise CorrectionRefused("Somebody under 18 is no veteran. Check the birth date.")
    columns = {stored._meta.get_field(field).hud.partition(".")[2] for field in values}
    came = stored.as_it_came or {}
    stored.as_it_came = {column: text for column, text in came.items() if column not in columns} or None
    stamp(stored, by=by)
    keys = {"ssn_index", "ssn_last4_index"} if "ssn" in values else set()
    stored.save(update_fields={*values, *keys, "as_it_came", *STAMPED})


def open_client(*, by: User, client: Client, page: str = "client") -> None:
    """Write down that a user looked at a client: in the access log, and in the user's recent clients."""
    open_clients(by=by, clients=[client], page=page)


def open_clients(*, by: User, clients: Sequence[Client], page: str) -> None:
    """The same of clients who stand on one page."""
    if not clients:
        return
    seen = []
    for one in clients:
        without = {"restricted_without_stay": True} if is_reached_without_a_stay(by, one) else {}
        seen.append((one.pk, page, without))
    record_each(by=by.pk, action=Access.CLIENT_VIEWED, of=seen)
    with connection.cursor() as cursor:
        cursor.execute(_OPENED, [by.pk, list(dict.fromkeys(one.pk for one in clients))])
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
