"""How organizations are called in the access log."""

from collections.abc import Iterable

from django.urls import reverse

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.subjects import Named
from hearth.hmis.organizations.models import Organization


def organizations(viewer: User, ids: Iterable[int]) -> dict[int, Named]:
    """Organizations by name."""
    may_open = viewer.may(Permission.PROJECT_VIEW)
    return {
        row.pk: Named(str(row), reverse("organizations:organization", args=[row.pk]) if may_open else "")
        for row in Organization.objects.restrict(viewer).filter(pk__in=list(ids))
    }
