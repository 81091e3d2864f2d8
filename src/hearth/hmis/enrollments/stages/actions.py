"""What is written after the start of a stay and before or after its end."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.enrollments.actions import EnrollmentRefused
from hearth.hmis.enrollments.checks import actions as checks
from hearth.hmis.enrollments.checks.found import Found
from hearth.hmis.enrollments.further import FurtherForm
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.enrollments.stages import points
from hearth.hmis.enrollments.stages.points import Point
from hearth.hmis.enrollments.stages.questions import POST_EXIT, exit_of, recorded_as, why_not
from hearth.hmis.enrollments.stages.recorded import version_of
from hearth.hmis.enrollments.writing import add_record, correct, fields_of, locked, one_at_a_time
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
) -> None:
    """Record what happened on a day of a stay. `values`: by columns of the point's file. Where the enrollment
    itself holds the answer, `version` is that of what was shown, and no `day` takes it back; else `key` is
    that of the form (`key_of_form`).

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
    record_access(
        by=by.pk, action=Access.STAGE_RECORDED, client=enrollment.client_id,
        subject=f"enrollment:{enrollment.pk}", project=enrollment.project_id, stage=point.slug,
    )  # fmt: skip
