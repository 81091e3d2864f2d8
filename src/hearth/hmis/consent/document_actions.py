"""Writing and publishing documents. Every change stands in the history and in the access log."""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.consent import documents
from hearth.hmis.consent.models import ConsentDocument
from hearth.hmis.consent.models.document import DocumentKind
from hearth.hmis.ui import formats


class Refused(ValueError):
    """What was asked for cannot be; the text says why and what to do."""


@transaction.atomic
def new_draft(*, by: User, kind: DocumentKind, language: str) -> ConsentDocument:
    """The draft of the next version, beginning with the words of the latest; the draft that is there already,
    where there is one. Raises PermissionDenied."""
    _check(by)
    latest = documents.versions(by, kind, language).first()
    if latest and latest.begins_on is None:
        return latest
    begun = {"title": latest.title, "text": latest.text, "is_example": latest.is_example} if latest else {}
    try:
        with transaction.atomic():
            draft = ConsentDocument.objects.create(
                kind=kind, language=language, version=latest.version + 1 if latest else 1,
                created_by=by, updated_by=by, **begun,
            )  # fmt: skip
    except IntegrityError:  # somebody else was first
        return documents.versions(by, kind, language)[0]
    _record(by, draft, done="begun")
    return draft


@transaction.atomic
def change_draft(
    *, by: User, document: ConsentDocument, title: str, text: str, seen: datetime, form_version: str = ""
) -> None:
    """Write a draft anew. `seen`: its `updated_at` when its page was made.

    Raises PermissionDenied, and Refused where it was published, or changed by somebody else meanwhile."""
    _check(by)
    kept = _locked(by, document)
    if kept.updated_at != seen:
        raise Refused(
            "Somebody else has changed this draft since you opened it. Copy your text, open the draft again"
            " and put it in."
        )
    kept.is_example = kept.is_example and (kept.title, kept.text) == (title, text)
    kept.title, kept.text, kept.form_version = title, text, form_version.strip()
    kept.updated_by, kept.updated_at = by, timezone.now()
    kept.save()
    _record(by, kept, done="changed")


@transaction.atomic
def discard_draft(*, by: User, document: ConsentDocument) -> None:
    """Remove a draft; the history keeps what it said. Raises PermissionDenied, and Refused where it was
    published."""
    _check(by)
    kept = _locked(by, document)
    _record(by, kept, done="discarded")
    kept.delete()


@transaction.atomic
def publish(*, by: User, document: ConsentDocument, begins_on: date, asks_again: bool) -> None:
    """Put a draft in force from a day on; the version before it ends the day before.

    Raises PermissionDenied, and Refused where it has no text, is published already, or the day has passed or
    lies before the version that it replaces."""
    _check(by)
    kept = _locked(by, document)
    if not kept.title.strip() or not kept.text.strip():
        raise Refused("This draft has no text yet: write it before you publish it.")
    published = (
        documents.versions(by, kept.kind, kept.language).filter(begins_on__isnull=False).select_for_update()
    )
    if any(one.form == kept.form for one in published):
        raise Refused(
            f"An earlier version calls itself {kept.form} already, so that answers could not be told apart."
            " Change what the draft calls itself."
        )
    earliest = max([timezone.localdate(), *(one.begins_on for one in published)])
    if begins_on < earliest:
        raise Refused(f"Choose {formats.day(earliest)} or a later day.")
    for one in published:
        if one.replaced_on is None:
            one.replaced_on = begins_on
            one.save(update_fields=["replaced_on"])
    kept.begins_on, kept.asks_again = begins_on, asks_again
    kept.published_by, kept.published_at = by, timezone.now()
    kept.updated_by, kept.updated_at = by, kept.published_at
    kept.save()
    _record(by, kept, done="published", asks_again=asks_again)


def _check(by: User) -> None:
    if not by.may(Permission.CONSENT_DOCUMENT_EDIT):
        raise PermissionDenied


def _locked(by: User, document: ConsentDocument) -> ConsentDocument:
    """The draft as it is now, kept from others until the transaction ends."""
    kept = ConsentDocument.objects.restrict(by).select_for_update().filter(pk=document.pk).first()
    if kept is None:
        raise Refused("Somebody else has discarded this draft.")
    if kept.begins_on is not None:
        raise Refused("This version is published and stays as it is. Begin a new draft.")
    return kept


def _record(by: User, document: ConsentDocument, **details: object) -> None:
    record_access(
        by=by.pk, action=Access.DOCUMENT_CHANGED, subject=f"consentdocument:{document.pk}", **details
    )
