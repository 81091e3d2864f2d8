"""What is written of local answers and of a household's state and local funding."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.enrollments.writing import add_records
from hearth.hmis.local import queries
from hearth.hmis.local.element import CODE, DAY, MONEY, NUMBER
from hearth.hmis.local.mn.registry import registry
from hearth.hmis.local.models import HouseholdFunding, LocalAnswer
from hearth.hmis.local.questions import Key
from hearth.hmis.organizations.entered import Stamp

_COLUMNS = {CODE: "value_code", DAY: "value_date", MONEY: "value_number", NUMBER: "value_number"}
_VALUES = ("value_text", "value_number", "value_date", "value_code")


@transaction.atomic
def record_answers(
    *,
    by: User,
    enrollment: Enrollment,
    stage: str,
    day: date,
    values: Mapping[Key, Any],
    programs: frozenset[str] | None = None,
) -> None:
    """Put right the answers of a stage of a stay and of a day, and the household's money from that day on.

    What is blank takes the row of what was answered. Raises PermissionDenied.
    """
    rows = queries.answers_of(by, [enrollment.pk]).filter(stage=stage, information_date=day)
    there = {(one.element, one.field): one for one in rows}
    keep_answers(
        by=by,
        stamps=Stamp(by),
        enrollment=enrollment,
        stage=stage,
        day=day,
        values=values,
        programs=programs,
        there=there,
    )
    record_access(
        by=by.pk, action=Access.STAGE_RECORDED, client=enrollment.client_id,
        subject=f"enrollment:{enrollment.pk}", project=enrollment.project_id, stage=stage,
    )  # fmt: skip


def keep_answers(
    *,
    by: User,
    stamps: Stamp,
    enrollment: Enrollment,
    stage: str,
    day: date,
    values: Mapping[Key, Any],
    programs: frozenset[str] | None = None,
    there: Mapping[tuple[str, str], LocalAnswer] | None = None,
) -> None:
    """Store the answers of one person at one stage, and the programs whose money the household has from that
    day on (None: they were not asked), in the transaction of whoever writes the stay.

    `there`: by element and field what is put right; else all is new, beside earlier answers. A blank has no
    row. Raises PermissionDenied.
    """
    if not by.may(Permission.ENROLLMENT_EDIT, project=enrollment.project_id):
        raise PermissionDenied
    added: list[LocalAnswer] = []
    for key, value in values.items():
        row = (there or {}).get((key[0], key[2]))
        if value is None:
            if row is not None:
                _remove(stamps, row)
            continue
        if row is None:
            row = LocalAnswer(enrollment=enrollment, stage=stage, information_date=day)
        if not _put(row, key, value):
            continue
        if row.pk is None:
            added.append(row)
        else:
            stamps.put(row)
            row.save()
    add_records(stamps, added)
    if programs is not None:
        _fund(stamps, by, enrollment, day, programs)


def _put(row: LocalAnswer, key: Key, value: Any) -> bool:
    """Give a row an answer; whether that changes it."""
    number, version, name = key
    of_type = registry().field(number, name, version)
    column = _COLUMNS.get(of_type.type, "value_text") if of_type else "value_text"
    if column == "value_number":
        value = Decimal(value)
    if getattr(row, column) == value and row.element_version == version and row.element == number:
        return False
    row.element, row.element_version, row.field = number, version, name
    for each in _VALUES:
        setattr(row, each, value if each == column else None)
    return True


def _remove(stamps: Stamp, row: LocalAnswer | HouseholdFunding) -> None:
    row.date_deleted = timezone.localtime().replace(tzinfo=None, microsecond=0)
    stamps.put(row)
    row.save()


def _fund(stamps: Stamp, by: User, enrollment: Enrollment, day: date, programs: frozenset[str]) -> None:
    """What is new begins on the day; what is not chosen any more ended on the day before, or never was."""
    rows = queries.funding_of(by, enrollment)
    running = {one.program: one for one in rows if one.ends_on is None or one.ends_on >= day}
    new = sorted(programs - running.keys())
    add_records(
        stamps, [HouseholdFunding(enrollment=enrollment, program=code, begins_on=day) for code in new]
    )
    for code, one in running.items():
        if code in programs:
            continue
        if one.begins_on is None or one.begins_on >= day:
            _remove(stamps, one)
            continue
        one.ends_on = day - timedelta(days=1)
        stamps.put(one)
        one.save()
