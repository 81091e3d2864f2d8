"""What somebody said to a check that found an answer unlikely: it is right."""

from typing import ClassVar

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from hearth.hmis.access.row_policies import OfEnrollment, RestrictedModel, RowPolicy, Viewer


class OfItsEnrollment(RowPolicy):
    """Read by whoever reads the enrollment, added by whoever works in its project."""

    reads = "EXISTS (SELECT FROM enrollments_enrollment e WHERE e.id = enrollment_id)"
    adds = (
        "said_by_id = (SELECT hearth_user_id()) AND EXISTS (SELECT FROM enrollments_enrollment e"
        " WHERE e.id = enrollment_id AND ((SELECT hearth_everywhere('enrollment_edit'))"
        " OR e.project_id = ANY ((SELECT hearth_projects('enrollment_edit'))::bigint[])))"
    )

    @staticmethod
    def visible(user: Viewer) -> Q:
        enrollments = apps.get_model("enrollments", "Enrollment").objects
        return Q(enrollment__in=enrollments.filter(OfEnrollment.visible(user)).values("pk"))


class CheckAnswer(RestrictedModel):
    """`check_id`, of the registry, found answers of this enrollment unlikely, and they are right. It holds
    for the values it was given for (`values`, `checks/found.py`): where one of them changes, it ends."""

    history_free: ClassVar[bool] = True  # added and never changed
    row_policy = OfItsEnrollment

    enrollment = models.ForeignKey("enrollments.Enrollment", on_delete=models.CASCADE, related_name="+")
    check_id = models.CharField(max_length=64)
    values = models.CharField(max_length=32)
    said_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+", db_index=False)
    said_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrollment", "check_id", "values"], name="check_answered_once"),
        ]

    def __str__(self) -> str:
        return f"{self.check_id} of enrollment {self.enrollment_id} is right"
