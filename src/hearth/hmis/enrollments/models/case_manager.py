"""Who works with a client during a stay, and when: HUD has no column for it, and no export has either."""

from django.apps import apps
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from hearth.hmis.access.permissions import Permission
from hearth.hmis.access.row_policies import EVERYTHING, NOTHING, RestrictedModel, RowPolicy, Viewer
from hearth.hmis.audit.history import keep_history

_WORKS_THERE = (
    "manager_id IN (SELECT hearth_case_workers(e.project_id) FROM enrollments_enrollment e"
    " WHERE e.id = enrollment_id)"
)


def _in_projects_of(permission: str) -> str:
    return (
        "EXISTS (SELECT FROM enrollments_enrollment e WHERE e.id = enrollment_id"
        f" AND ((SELECT hearth_everywhere('{permission}'))"
        f" OR e.project_id = ANY ((SELECT hearth_projects('{permission}'))::bigint[])))"
    )


class OfTheProjectsPeople(RowPolicy):
    """Who works with somebody is known where they work, and not to others with whom the stay is shared
    (docs/adr/0011-who-wrote.md). Whoever enters enrollments there says who it is: one of those who do so."""

    reads = _in_projects_of("enrollment_view")
    writes = _in_projects_of("enrollment_edit")
    adds = (
        f"added_by_id = (SELECT hearth_user_id()) AND {_in_projects_of('enrollment_edit')} AND {_WORKS_THERE}"
    )

    @staticmethod
    def visible(user: Viewer) -> Q:
        if user.sees_all:
            return EVERYTHING
        if not user.may(Permission.ENROLLMENT_VIEW):
            return NOTHING
        stays = apps.get_model("enrollments", "Enrollment").objects.restrict(user)
        return Q(enrollment__in=stays.filter(project__any_of=user.own_projects).values("pk"))


@keep_history
class CaseManager(RestrictedModel):
    """A user who works with a client during a stay, from `since` until before `until`; without it, until the
    stay ends. One at a time."""

    row_policy = OfTheProjectsPeople

    enrollment = models.ForeignKey(
        "enrollments.Enrollment", on_delete=models.CASCADE, related_name="case_managers"
    )
    manager = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True, blank=True, help_text="First day on which it does not hold")
    added_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, related_name="+", db_index=False, editable=False
    )
    added_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="casemanager_ends_after_since",
            ),
            models.UniqueConstraint(
                fields=["enrollment"], condition=Q(until__isnull=True), name="casemanager_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"Case manager {self.pk} of enrollment {self.enrollment_id}"
