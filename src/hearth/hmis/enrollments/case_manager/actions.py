"""What is written about who works with clients."""

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.enrollments.actions import EnrollmentRefused
from hearth.hmis.enrollments.case_workers import people_of
from hearth.hmis.enrollments.models import CaseManager, Enrollment
from hearth.hmis.enrollments.stages.points import why_not
from hearth.hmis.enrollments.writing import one_at_a_time
from hearth.hmis.ui import formats

#: As the access log names it beside the stages of a stay.
STAGE = "case-manager"


@transaction.atomic
def assign(
    *, by: User, enrollments: Iterable[Enrollment], manager: User | None, since: date
) -> list[Enrollment]:
    """Say who works with clients from a day on, or that nobody does; returns those of whom that is new.
    Whoever did before ends on that day.

    Raises PermissionDenied, and EnrollmentRefused where the day or the manager is impossible.
    """
    listed = list(enrollments)
    one_at_a_time(*(one.client for one in listed))
    changed = []
    for one in listed:
        if not by.may(Permission.ENROLLMENT_EDIT, project=one.project_id):
            raise PermissionDenied
        if sentence := why_not(by, one, since):
            raise EnrollmentRefused(sentence)
        if _assign(by, one, manager, since):
            changed.append(one)
    return changed


def _assign(by: User, enrollment: Enrollment, manager: User | None, since: date) -> bool:
    rows = CaseManager.objects.restrict(by).filter(enrollment=enrollment)
    now = rows.filter(until=None).first()
    if (now.manager_id if now else None) == (manager.pk if manager else None):
        return False
    if manager is not None and not people_of(enrollment.project_id).filter(pk=manager.pk).exists():
        raise EnrollmentRefused("The case manager does not work in this project. Choose another.")
    last = now or rows.order_by("until").last()
    begun = None if last is None else (last.until or last.since)
    if begun is not None and since < begun:
        raise EnrollmentRefused(
            f"The last change of the case manager was on {formats.day(begun)}. Enter that day or a later one."
        )
    if now is not None:
        now.until = since
        now.save(update_fields=["until"])
    if manager is not None:
        CaseManager.objects.create(enrollment=enrollment, manager=manager, since=since, added_by=by)
    record_access(
        by=by.pk, action=Access.STAGE_RECORDED, client=enrollment.client_id,
        subject=f"enrollment:{enrollment.pk}", project=enrollment.project_id, stage=STAGE,
    )  # fmt: skip
    return True
