"""What is put right in households: only what was looked at, and only where it is still so."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.clients.models import Client
from hearth.hmis.enrollments.actions import EnrollmentRefused
from hearth.hmis.enrollments.drafts import actions as drafts
from hearth.hmis.enrollments.household.plan import NOW, OWN_HOUSEHOLD, Plan
from hearth.hmis.enrollments.models import Enrollment, FormerClient
from hearth.hmis.enrollments.writing import STAMPS, one_at_a_time
from hearth.hmis.organizations.entered import Stamp, new_key


def _write(stamps: Stamp, record: Any, values: Mapping[str, Any], own_household: str) -> None:
    """Not by `save`: what of the record is not for its writer to see stays as it is."""
    stamps.put(record)
    made = {NOW: record.date_updated, OWN_HOUSEHOLD: own_household}
    for name, value in values.items():
        setattr(record, name, made.get(value, value) if isinstance(value, str) else value)
    kept = {name: getattr(record, name) for name in (*values, *STAMPS)}
    type(record).objects.filter(pk=record.pk).update(**kept)


def _take_along(by: User, stay: Enrollment, values: Mapping[str, Any], *, what: str, changes: int) -> None:
    """What is kept beside an enrollment that is moved: its drafts, and for a day whose it was."""
    client, project = values.get("client_id", stay.client_id), values.get("project_id", stay.project_id)
    drafts.move(by=by, stay=stay, client=client, project=project)
    if client != stay.client_id:
        FormerClient.objects.bulk_create([FormerClient(enrollment=stay, client=stay.client, moved_by=by)])
        record_access(
            by=by.pk, action=Access.RECORD_CORRECTED, client=stay.client_id, subject=f"enrollment:{stay.pk}",
            project=stay.project_id, what=what, changes=changes,
        )  # fmt: skip


@transaction.atomic
def carry_out(
    *,
    by: User,
    household: Sequence[Enrollment],
    joining: Sequence[Client] = (),
    planned: Callable[[], Plan],
    seen: str,
    what: str,
    **details: Any,
) -> Plan:
    """Make the changes of a plan that `by` looked at. `planned` makes the plan anew, once nobody else can
    change the stays of these people and of those who get one (`joining`); `seen` is the token of what was
    looked at. `what` and `details` stand in the access log: kinds, codes and days, no client data.

    Raises PermissionDenied, and EnrollmentRefused where it is impossible, or no longer what was looked at.
    """
    one_at_a_time(*(one.client for one in household), *joining)
    plan = planned()
    touched = {one.record.project_id for one in plan.changes}
    touched |= {one.after for one in plan.changes if one.field == "project_id"}
    if not all(by.may(Permission.ENROLLMENT_EDIT, project=project) for project in touched):
        raise PermissionDenied
    if plan.impossible:
        raise EnrollmentRefused(plan.impossible)
    if plan.token != seen:
        raise EnrollmentRefused(
            "These are not the changes that you looked at: something is different now. Look again."
        )
    stamps, own_household = Stamp(by), new_key()
    # Before, because afterwards `by` may have no business any more with whose it was.
    for record, values in plan.by_record():
        if isinstance(record, Enrollment) and values.keys() & {"client_id", "project_id"}:
            _take_along(by, record, values, what=what, changes=len(plan.changes))
    try:
        for record, values in plan.by_record():
            _write(stamps, record, values, own_household)
    except IntegrityError:
        raise EnrollmentRefused("That would break a rule of households, such as two heads at once.") from None
    stays = {one.pk: one for one in household} | {
        one.record.pk: one.record for one in plan.changes if isinstance(one.record, Enrollment)
    }
    for stay in stays.values():
        record_access(
            by=by.pk, action=Access.RECORD_CORRECTED, client=stay.client_id, subject=f"enrollment:{stay.pk}",
            project=stay.project_id, what=what, changes=len(plan.changes), **details,
        )  # fmt: skip
    return plan
