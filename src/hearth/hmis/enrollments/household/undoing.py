"""The last action of a user in a household, as a plan that takes it back within a day.

What was written together is known by the number of its transaction, which PostgreSQL keeps with each row
(xmin): old versions that have it tell what the rows were before, and rows that have it still were changed by
nobody since.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.db.models.expressions import RawSQL
from django.utils import timezone

from hearth.hmis.access.models import User
from hearth.hmis.audit.history import history_model
from hearth.hmis.enrollments.household import corrections, moving
from hearth.hmis.enrollments.household.plan import NOW, Plan
from hearth.hmis.enrollments.models import Enrollment, Exit
from hearth.hmis.enrollments.models.base import EnrollmentRecord
from hearth.hmis.enrollments.models.former_client import UNDO_FOR
from hearth.hmis.enrollments.writing import STAMPS
from hearth.hmis.organizations.models import Project
from hearth.hmis.ui import formats

#: What a row repeats of another, or says of itself and not of anybody.
_OF_ITSELF = (*STAMPS, "row_hash", "organization", "is_shared", "shared_until", "is_restricted")


@dataclass(slots=True)
class _Action:
    """What one transaction of the user wrote: old versions of rows, and rows that it added."""

    at: datetime
    before: list[Any] = field(default_factory=list)
    added: list[Any] = field(default_factory=list)


def undo(user: User, enrollment: Enrollment) -> Plan:
    """What takes back the user's last action in the household of an enrollment. Impossible where there is
    none of the last day, or where somebody changed since what it wrote; who that was is said."""
    plan, rows = Plan(), {(type(one), one.pk): one for one in _rows(user, enrollment)}
    actions = _actions(user, rows)
    if not actions:
        plan.impossible = "You changed nothing of this household in the last 24 hours."
        return plan
    number, last = max(actions.items(), key=lambda one: one[1].at)
    plan.notes.append(f"Your last change of this household: {formats.moment(last.at)}.")
    for old in last.before:
        record = rows[old.pgh_tracked_model, old.pgh_obj_id]
        _may_be_taken_back(plan, record, number)
        for one in record._meta.local_concrete_fields:
            of_itself = one.primary_key or one.name in _OF_ITSELF or one.name in record.withheld
            if not of_itself and hasattr(old, one.attname):
                plan.change(record, one.attname, getattr(old, one.attname))
        if isinstance(record, Enrollment):
            _move_back(plan, user, record, old, number)
        elif not any(one.record is record for one in plan.changes):
            plan.touch(record)
    for record in last.added:
        plan.change(record, "date_deleted", NOW)
        if isinstance(record, Enrollment):
            for hanging in rows.values():
                if isinstance(hanging, EnrollmentRecord) and hanging.enrollment_id == record.pk:
                    _may_be_taken_back(plan, hanging, number)
    if not plan.impossible:
        plan.impossible = _why_not(user, plan)
    return plan


def _move_back(plan: Plan, user: User, record: Enrollment, old: Any, number: str) -> None:
    """To the project and the person that an enrollment was moved from: old versions carry those of today."""
    if old.pgh_moved_from is not None:
        before = Project.objects.restrict(user).filter(pk=old.pgh_moved_from).first()
        words = str(before) if before else "a project that you do not see"
        plan.change(record, "project_id", old.pgh_moved_from, said=(str(record.project), words))
    if old.pgh_other_client is not None:
        former = moving.former_client(user, record, number)
        if former is None:
            plan.impossible = (
                "You cannot see the person any more from whom it was moved. Ask an administrator to move it."
            )
            return
        plan.change(record, "client_id", former.pk, said=(moving.named(record.client), moving.named(former)))


def _may_be_taken_back(plan: Plan, record: Any, number: str) -> None:
    if record.written_in != number and record.date_deleted is None:
        who = record.updated_by or "somebody"
        plan.impossible = f"{who} changed it since. Correct by hand what is wrong."


def _why_not(user: User, plan: Plan) -> str:
    """What would be impossible afterwards."""
    for one in plan.changes:
        record = one.record
        if isinstance(record, Exit) and one.field == "date_deleted":
            stay = record.enrollment
            last = record.exit_date if one.after is None else None
            if sentence := corrections.overlap(user, stay, stay.entry_date, last):
                return sentence
        if isinstance(record, Enrollment) and one.field in ("client_id", "project_id"):
            end = corrections.exit_of(record)
            last = end.exit_date if end else None
            moved = {one.field.removesuffix("_id"): one.after}
            if sentence := corrections.overlap(user, record, record.entry_date, last, **moved):
                return sentence
        is_start = isinstance(record, Enrollment) and one.field == "entry_date"
        if is_start and (sentence := corrections.why_not_start(user, record, one.after)):
            return sentence
        if isinstance(record, Enrollment) and one.field == "date_deleted" and one.after is None:
            end = corrections.exit_of(record)
            last = end.exit_date if end else None
            if sentence := corrections.overlap(user, record, record.entry_date, last):
                return sentence
    return ""


def _actions(user: User, rows: dict[tuple[type[Model], int], Any]) -> dict[str, _Action]:
    """The actions of the last day by the number of their transaction."""
    since, found = timezone.now() - UNDO_FOR, {}
    changed: set[tuple[str, type[Model], int]] = set()
    for model in {kind for kind, _ in rows}:
        history = history_model(model)
        table = history._meta.db_table
        old_ones = history.objects.filter(
            pgh_obj_id__in=[pk for kind, pk in rows if kind is model], pgh_changed_by=user.pk,
            pgh_created_at__gte=since,
        )  # fmt: skip
        for old in old_ones.annotate(written_in=_transaction(table)).order_by("pgh_id"):
            action = found.setdefault(old.written_in, _Action(old.pgh_created_at))
            if (old.written_in, model, old.pgh_obj_id) not in changed:  # the first is how it was before
                changed.add((old.written_in, model, old.pgh_obj_id))
                action.before.append(old)
    for (model, pk), record in rows.items():
        mine = record.created_by_id == user.pk and record.created_at >= since
        if (
            mine
            and record.date_deleted is None
            and not any((number, model, pk) in changed for number in found)
        ):
            found.setdefault(record.written_in, _Action(record.created_at)).added.append(record)
    return found


def _rows(user: User, enrollment: Enrollment) -> Iterator[Any]:
    """The enrollments of the household and all that hangs on them, deleted ones too."""
    household = Enrollment.objects.restrict(user).filter(pk=enrollment.pk)
    if enrollment.household_id:  # else they are nobody's household but their own
        household = Enrollment.objects.restrict(user).filter(
            project=enrollment.project_id, household_id=enrollment.household_id
        )
    table = Enrollment._meta.db_table
    stays: Sequence[Enrollment] = list(
        household.select_related("client", "project", "updated_by")
        .prefetch_related("exit_set")
        .annotate(written_in=_transaction(table))
    )
    yield from stays
    for model in apps.get_models():
        if issubclass(model, EnrollmentRecord):
            hanging = model.objects.restrict(user).filter(enrollment__in=stays)
            yield from hanging.select_related(
                "enrollment__client", "enrollment__project", "updated_by"
            ).annotate(written_in=_transaction(model._meta.db_table))


def _transaction(table: str) -> RawSQL:
    return RawSQL(f'"{table}".xmin::text', [])  # noqa: S611  # names of ours
