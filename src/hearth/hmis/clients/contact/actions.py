"""What is written about how clients are reached."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.clients.contact import queries
from hearth.hmis.clients.models import Client, Contact, SpokenLanguage
from hearth.hmis.organizations.models import Organization


@transaction.atomic
def add_contact(
    *, by: User, client: Client, organization: Organization, values: Mapping[str, Any]
) -> Contact:
    """Record one way to reach a client, in the name of an organization of `by`. `values`: fields of Contact.
    One that says the same is not added twice. Raises PermissionDenied."""
    if not by.may(Permission.CLIENT_EDIT) or organization not in queries.organizations_of(by):
        raise PermissionDenied
    same = Contact.objects.filter(client=client, organization=organization, removed_at=None, **values)
    if (there := same.first()) is not None:
        return there
    made = Contact.objects.create(client=client, organization=organization, added_by=by, **values)
    _record(by, client, "contact")
    return made


@transaction.atomic
def end_contact(*, by: User, contact: Contact) -> None:
    """It does not hold any more from today on."""
    today = timezone.localdate()
    contact.until = max(today, contact.since or today)
    contact.save(update_fields=["until"])
    _record(by, contact.client, "contact")


@transaction.atomic
def remove_contact(*, by: User, contact: Contact) -> None:
    """It was entered by mistake."""
    contact.removed_at = timezone.now()
    contact.save(update_fields=["removed_at"])
    _record(by, contact.client, "contact")


@transaction.atomic
def say_language(*, by: User, client: Client, language: str, needs_interpreter: bool) -> None:
    """What the client answered today; nothing is written where that is known. Raises PermissionDenied."""
    if not by.may(Permission.CLIENT_EDIT):
        raise PermissionDenied
    known = queries.language(by, client)
    if known and (known.language, known.needs_interpreter) == (language, needs_interpreter):
        return
    SpokenLanguage.objects.create(
        client=client,
        language=language,
        needs_interpreter=needs_interpreter,
        asked_on=timezone.localdate(),
        added_by=by,
    )
    _record(by, client, "language")


def _record(by: User, client: Client, what: str) -> None:
    record_access(by=by.pk, action=Access.CLIENT_CHANGED, client=client.pk, subject="client", changed=[what])
