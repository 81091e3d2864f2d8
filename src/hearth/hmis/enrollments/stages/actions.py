"""What is written after the start of a stay and before or after its end."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.clients import actions as client_actions
from hearth.hmis.clients.models import Client
from hearth.hmis.enrollments import queries
from hearth.hmis.enrollments.actions import EnrollmentRefused
from hearth.hmis.enrollments.checks import actions as checks
from hearth.hmis.enrollments.checks.found import Found
from hearth.hmis.enrollments.disabling_now import disabling_now, disabling_without
from hearth.hmis.enrollments.further import FurtherForm
from hearth.hmis.enrollments.models import Disabilities, Enrollment
from hearth.hmis.enrollments.stages import points, service
from hearth.hmis.enrollments.stages.correcting import REMOVABLE, stored_of
from hearth.hmis.enrollments.stages.points import Point
from hearth.hmis.enrollments.stages.questions import POST_EXIT, exit_of, recorded_as, why_not
from hearth.hmis.enrollments.stages.recorded import version_of
from hearth.hmis.enrollments.writing import add_record, correct, fields_of, locked, one_at_a_time
from hearth.hmis.hud.names import python_name
from hearth.hmis.organizations.entered import Stamp


class ChangedMeanwhile(EnrollmentRefused):
    """Somebody else wrote since the form was shown; nothing was written."""


@transaction.atomic
def record_stage(
    *,
    by: User,
    enrollment: Enrollment,
    stage: str,
    day: date,
    records: Mapping[str, Mapping[str, Any]],
    disabling: int | None = None,
    unchanged: Sequence[str] = (),
    is_unusual: bool = False,
    right: Sequence[Found] = (),
    further: FurtherForm | None = None,
) -> None:
    """Record what was answered at an update, an annual assessment or after the exit, of a day.

    `records`: by file the values of its columns. `disabling`: what the disabling condition of the enrollment
    becomes by them. `unchanged`: numbers of elements that were looked at and answered as before;
    `is_unusual`: a warning about the day was answered with yes. Both stand in the access log.
    `right`: what checks found unlikely and is right (`checks.form`). `further`: what was asked beside HUD's
    questions.

    Raises PermissionDenied, and EnrollmentRefused where the day is impossible.
    """
    if not by.may(Permission.ENROLLMENT_EDIT, project=enrollment.project_id):
        raise PermissionDenied
    one_at_a_time(enrollment.client)
    if sentence := why_not(by, enrollment, stage, day):
        raise EnrollmentRefused(sentence)
    if stage == POST_EXIT:
        end = exit_of(by, enrollment)
        if end is None:  # why_not says so first
            raise EnrollmentRefused("No exit is recorded.")
        correct(end, by, fields_of(records.get("Exit", {})) | {"aftercare_date": day})
    else:
        code = recorded_as(stage)
        if code is None:  # an edit of the stages' data
            raise ValueError(f"Records of the stage {stage} carry no code.")
        for name, values in records.items():
            add_record(by, enrollment, name, values, day, code)
        if disabling is not None:
            correct(enrollment, by, {"disabling_condition": disabling})
    checks.keep(by=by, enrollment=enrollment, right=right)
    if further is not None:
        further.keep(by=by, stamps=Stamp(by), enrollment=enrollment, day=day)
    record_access(
        by=by.pk, action=Access.STAGE_RECORDED, client=enrollment.client_id,
        subject=f"enrollment:{enrollment.pk}", project=enrollment.project_id, stage=stage,
        unchanged=list(unchanged), is_unusual=is_unusual,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answers:
    """What one of a household answered at an update or annual assessment; as `record_stage` takes it."""

    enrollment: Enrollment
    records: Mapping[str, Mapping[str, Any]]
    disabling: int | None = None
    unchanged: Sequence[str] = ()
    right: Sequence[Found] = ()
    further: FurtherForm | None = None


@transaction.atomic
def record_household(
    *, by: User, stage: str, day: date, answers: Sequence[Answers], is_unusual: bool = False
) -> None:
    """`record_stage` of several of a household on one day: all or nobody."""
    one_at_a_time(*(one.enrollment.client for one in answers))
    for one in answers:
        record_stage(
            by=by, enrollment=one.enrollment, stage=stage, day=day, records=one.records,
            disabling=one.disabling, unchanged=one.unchanged, is_unusual=is_unusual, right=one.right,
            further=one.further,
        )  # fmt: skip


@transaction.atomic
def record_point(
    *,
    by: User,
    enrollment: Enrollment,
    point: Point,
    day: date | None,
    values: Mapping[str, Any],
    version: str = "",
    key: str = "",
    right: Sequence[Found] = (),
) -> None:
    """Record what happened on a day of a stay. `values`: by columns of the point's file. Where the enrollment
    itself holds the answer, `version` is that of what was shown, and no `day` takes it back; else `key` is
    that of the form (`key_of_form`). `right` as of `record_stage`.

    Raises PermissionDenied, EnrollmentRefused where the day is impossible, ChangedMeanwhile where somebody
    else wrote since, and IntegrityError where the key is there already.
    """
    if not by.may(Permission.ENROLLMENT_EDIT, project=enrollment.project_id):
        raise PermissionDenied
    one_at_a_time(enrollment.client)
    if day is not None and (sentence := points.why_not(by, enrollment, day)):
        raise EnrollmentRefused(sentence)
    if point.is_record:
        if day is None:
            raise EnrollmentRefused("Enter the day.")
        add_record(by, enrollment, point.file, values, day, None, key)
    else:
        now = locked(by, Enrollment, enrollment.pk)
        if version_of({"Enrollment": now}) != version:
            raise ChangedMeanwhile
        correct(now, by, fields_of(values))
    checks.keep(by=by, enrollment=enrollment, right=right)
    record_access(
        by=by.pk, action=Access.STAGE_RECORDED, client=enrollment.client_id,
        subject=f"enrollment:{enrollment.pk}", project=enrollment.project_id, stage=point.slug,
    )  # fmt: skip


@transaction.atomic
def record_service(
    *,
    by: User,
    enrollment: Enrollment,
    values: Mapping[str, Any],
    version: str,
    right: Sequence[Found] = (),
) -> bool:
    """Record or correct a veteran's military service, asked in a stay. `values`: by names of fields of the
    client, what changes; `version` that of what was shown; `right` as of `record_stage`. Whether anything
    changed.

    Raises PermissionDenied, and ChangedMeanwhile where the client's record is not that of `version`.
    """
    if not service.may_record(by, enrollment):
        raise PermissionDenied
    one_at_a_time(enrollment.client)
    if version_of({"Client": locked(by, Client, enrollment.client_id)}) != version:
        raise ChangedMeanwhile
    if values:
        client_actions.record_service(by=by, client=enrollment.client, values=values)
    checks.keep(by=by, enrollment=enrollment, right=right)
    return bool(values)


@transaction.atomic
def correct_record(
    *,
    by: User,
    enrollment: Enrollment,
    point: Point,
    pk: int,
    values: Mapping[str, Any],
    version: str,
    right: Sequence[Found] = (),
) -> bool:
    """Correct one contact, assessment or event. `values`: by names of fields, what changes; `version` that of
    what was shown; `right` as of `record_stage`. Whether anything changed.

    Raises PermissionDenied, EnrollmentRefused where the day is impossible, and ChangedMeanwhile where the
    record is not that of `version`.
    """
    record = _locked_record(by, enrollment, point, pk, version)
    day = values.get(python_name(point.day.partition(".")[2]))
    if day is not None and (sentence := points.why_not(by, enrollment, day)):
        raise EnrollmentRefused(sentence)
    checks.keep(by=by, enrollment=enrollment, right=right)
    if values:
        correct(record, by, values)
        record_access(
            by=by.pk, action=Access.RECORD_CORRECTED, client=enrollment.client_id,
            subject=f"enrollment:{enrollment.pk}", project=enrollment.project_id, stage=point.slug,
            records=[point.file],
        )  # fmt: skip
    return bool(values)


@transaction.atomic
def remove_record(*, by: User, enrollment: Enrollment, point: Point, pk: int, version: str) -> None:
    """Mark one contact, assessment or event as deleted, with what hangs on it; nothing is erased.

    Raises PermissionDenied, and ChangedMeanwhile where the record is not that of `version`.
    """
    record = _locked_record(by, enrollment, point, pk, version)
    removed = [record, *points.hanging_on(by, point, record)]
    _remove(by, removed)
    record_access(
        by=by.pk, action=Access.RECORD_REMOVED, client=enrollment.client_id,
        subject=f"enrollment:{enrollment.pk}", project=enrollment.project_id, stage=point.slug,
        records=sorted({type(one).__name__ for one in removed}),
    )  # fmt: skip


def _locked_record(by: User, enrollment: Enrollment, point: Point, pk: int, version: str) -> Any:
    if not point.is_record or not by.may(Permission.ENROLLMENT_EDIT, project=enrollment.project_id):
        raise PermissionDenied
    one_at_a_time(enrollment.client)
    record = points.record_of(by, enrollment, point, pk)
    if record is None or version_of({point.file: record}) != version:
        raise ChangedMeanwhile
    return record


def _remove(by: User, records: Iterable[Any]) -> None:
    now = timezone.localtime().replace(tzinfo=None, microsecond=0)
    for one in records:
        correct(one, by, {"date_deleted": now})


@transaction.atomic
def correct_stage(
    *,
    by: User,
    enrollment: Enrollment,
    stage: str,
    day: date,
    changes: Mapping[str, Mapping[str, Any]],
    records: Mapping[str, Mapping[str, Any]],
    kinds: Sequence[str],
    version: str,
    right: Sequence[Found] = (),
) -> bool:
    """Correct the recorded answers of a stage. `changes`: by record the new values of fields; where the stage
    has no such record yet it is made of `records`, which hold all that was answered, by columns. `kinds`: the
    kinds of disability that are asked, from which the disabling condition follows. `right` as of
    `record_stage`. Whether anything changed.

    Raises PermissionDenied, and ChangedMeanwhile where the records are not those of `version`.
    """
    if not by.may(Permission.ENROLLMENT_EDIT, project=enrollment.project_id):
        raise PermissionDenied
    one_at_a_time(enrollment.client)
    stored = stored_of(by, enrollment, stage, day)
    if version_of(stored) != version:
        raise ChangedMeanwhile
    code = recorded_as(stage)
    for name, values in changes.items():
        if name in stored:
            correct(stored[name], by, values)
        else:
            add_record(by, enrollment, name, records[name], day, code)
    if any(name.startswith("Disabilities[") for name in changes):
        now = queries.visible(Enrollment, by).get(pk=enrollment.pk)
        condition = disabling_now(by, now, kinds, timezone.localdate())
        if condition is not None:
            correct(now, by, {"disabling_condition": condition})
    checks.keep(by=by, enrollment=enrollment, right=right)
    if changes:
        record_access(
            by=by.pk, action=Access.RECORD_CORRECTED, client=enrollment.client_id,
            subject=f"enrollment:{enrollment.pk}", project=enrollment.project_id, stage=stage,
            records=_files(changes),
        )  # fmt: skip
    return bool(changes)


@transaction.atomic
def remove_stage(*, by: User, enrollment: Enrollment, stage: str, day: date, version: str) -> None:
    """Mark the records of an update or annual assessment of a day as deleted; nothing is erased. A disabling
    condition (3.08) that was Yes by them alone goes back to what is left.

    Raises PermissionDenied, and ChangedMeanwhile where the records are not those of `version`.
    """
    if stage not in REMOVABLE or not by.may(Permission.ENROLLMENT_EDIT, project=enrollment.project_id):
        raise PermissionDenied
    one_at_a_time(enrollment.client)
    stored = stored_of(by, enrollment, stage, day)
    if version_of(stored) != version:
        raise ChangedMeanwhile
    gone = {row.pk for row in stored.values() if isinstance(row, Disabilities)}
    condition = disabling_without(by, enrollment, gone)
    _remove(by, stored.values())
    if condition is not None:
        now = queries.visible(Enrollment, by).get(pk=enrollment.pk)
        correct(now, by, {"disabling_condition": condition})
    record_access(
        by=by.pk, action=Access.RECORD_REMOVED, client=enrollment.client_id,
        subject=f"enrollment:{enrollment.pk}", project=enrollment.project_id, stage=stage,
        records=_files(stored),
    )  # fmt: skip


def _files(records: Iterable[str]) -> list[str]:
    """The files of records, one for each. Not of which kind of disability: one of them is HIV."""
    return sorted(name.partition("[")[0] for name in records)
