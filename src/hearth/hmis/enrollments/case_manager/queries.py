"""Reading who works with clients."""

from collections.abc import Iterable

from hearth.hmis.access.models import User
from hearth.hmis.enrollments.models import CaseManager, Enrollment


def assignments(user: User, enrollment: Enrollment) -> list[CaseManager]:
    """All of an enrollment that the user may see, the one that holds first; none where who works there is
    confidential."""
    if enrollment.project.is_hidden:
        return []
    rows = CaseManager.objects.restrict(user).filter(enrollment=enrollment).select_related("manager")
    return sorted(rows, key=lambda one: (one.until is None, one.since, one.pk), reverse=True)


def current(user: User, enrollments: Iterable[int]) -> dict[int, CaseManager]:
    """By enrollment who is assigned, as far as the user may see it; one query however many."""
    rows = CaseManager.objects.restrict(user).filter(enrollment__in=list(enrollments), until=None)
    return {one.enrollment_id: one for one in rows.select_related("manager")}
