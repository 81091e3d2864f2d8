"""What hangs on an enrollment."""

from django.db import models

from hearth.hmis.access.row_policies import OfProject, RestrictedModel
from hearth.hmis.enrollments.models.repeated import (
    EndOfSharingOfEnrollment,
    OrganizationOfEnrollment,
    ProjectOfEnrollment,
    RestrictionOfEnrollment,
    SharingOfEnrollment,
)
from hearth.hmis.hud.models import Record, UserStamped


class EnrollmentRecord(RestrictedModel, Record, UserStamped):
    """Base of every record of an enrollment.

    `organization`, `project`, `is_shared`, `shared_until` and `is_restricted` repeat the enrollment's, so
    that a row's visibility is decided by the row alone, and old versions carry what their record carries
    now. The fields and triggers set them (migrations 0003 and 0007); nobody else does, except the bulk
    import, which writes what the triggers would.
    """

    row_policy = OfProject

    enrollment = models.ForeignKey("enrollments.Enrollment", on_delete=models.PROTECT)
    organization = OrganizationOfEnrollment(editable=False, db_index=False)
    project = ProjectOfEnrollment(editable=False, db_index=False)
    is_shared = SharingOfEnrollment(default=False, db_default=False, editable=False)
    shared_until = EndOfSharingOfEnrollment(null=True, editable=False)
    is_restricted = RestrictionOfEnrollment(default=False, db_default=False, editable=False)

    class Meta:
        abstract = True
