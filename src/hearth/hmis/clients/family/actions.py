"""What is written about families."""

from collections.abc import Mapping
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.db.utils import ProgrammingError
from django.utils import timezone

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.clients.models import Client, FamilyTie
from hearth.hmis.clients.models.family import SEEN_FROM_OTHER, Kinship


@transaction.atomic
def add_family(
    *, by: User, client: Client, others: Mapping[int, Kinship], since: date | None = None
) -> list[FamilyTie]:
    """Record what others (by id) are to a client, from `since` on; what holds already is left. So a household
    becomes a family. Raises PermissionDenied, also where `by` sees no stay of one of them."""
    if not by.may(Permission.CLIENT_EDIT):
        raise PermissionDenied
    made = []
    for other, kinship in others.items():
        pair = Q(client=client, other=other) | Q(client=other, other=client)
        before = FamilyTie.objects.filter(pair, removed_at=None, until=None).first()
        if before is not None and _seen_from(before, client) == kinship:
            continue
        if before is not None:
            _end(before)
        try:
            tie = FamilyTie.objects.create(
                client=client, other_id=other, kinship=kinship, since=since, added_by=by
            )
        except ProgrammingError as refused:  # by row-level security
            raise PermissionDenied from refused
        made.append(tie)
        for one in (client.pk, other):
            record_access(
                by=by.pk, action=Access.CLIENT_CHANGED, client=one, subject="client", changed=["family"]
            )
    return made


@transaction.atomic
def end_tie(*, by: User, tie: FamilyTie) -> None:
    """They are no family from today on."""
    _end(tie)
    _record(by, tie)


@transaction.atomic
def remove_tie(*, by: User, tie: FamilyTie) -> None:
    """It was entered by mistake."""
    tie.removed_at = timezone.now()
    tie.save(update_fields=["removed_at"])
    _record(by, tie)


def _end(tie: FamilyTie) -> None:
    today = timezone.localdate()
    tie.until = max(today, tie.since or today)
    tie.save(update_fields=["until"])


def _seen_from(tie: FamilyTie, client: Client) -> Kinship:
    kinship = Kinship(tie.kinship)
    return kinship if tie.client_id == client.pk else SEEN_FROM_OTHER.get(kinship, kinship)


def _record(by: User, tie: FamilyTie) -> None:
    for one in (tie.client_id, tie.other_id):
        record_access(
            by=by.pk, action=Access.CLIENT_CHANGED, client=one, subject="client", changed=["family"]
        )
