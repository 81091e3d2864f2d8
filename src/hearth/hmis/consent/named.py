"""How consent documents and sealed files are called in the access log."""

from collections.abc import Iterable

from django.urls import reverse

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.subjects import Named
from hearth.hmis.consent.models import ConsentDocument, SealedFile


def documents(viewer: User, ids: Iterable[int]) -> dict[int, Named]:
    """Documents by kind, language and version."""
    may_open = viewer.may(Permission.CONSENT_DOCUMENT_EDIT)
    return {
        row.pk: Named(str(row), reverse("consent:document", args=[row.pk]) if may_open else "")
        for row in ConsentDocument.objects.restrict(viewer).filter(pk__in=list(ids)).defer("text")
    }


def files(viewer: User, ids: Iterable[int]) -> dict[int, Named]:
    """Files by what they are."""
    rows = SealedFile.objects.restrict(viewer).filter(pk__in=list(ids)).defer("sealed_key")
    return {row.pk: Named(str(row)) for row in rows}
