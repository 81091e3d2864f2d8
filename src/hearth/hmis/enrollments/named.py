"""How an enrollment is called in the access log: by number."""

from collections.abc import Iterable

from django.urls import reverse

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.subjects import Named
from hearth.hmis.enrollments.models import Enrollment


def enrollments(viewer: User, ids: Iterable[int]) -> dict[int, Named]:
    """Enrollments whose pages the viewer may open."""
    rows = Enrollment.objects.restrict(viewer).filter(pk__in=list(ids))
    if not viewer.sees_all:
        rows = rows.filter(date_deleted__isnull=True)
    if not viewer.may(Permission.ENROLLMENT_VIEW):
        return {}
    found = rows.values_list("pk", flat=True)
    return {pk: Named(f"enrollment {pk}", reverse("enrollments:detail", args=[pk])) for pk in found}
