"""Whose an enrollment was before it was moved to the right person, for as long as that can be undone."""

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from hearth.hmis.access.row_policies import RestrictedModel, RowPolicy, Viewer
from hearth.hmis.clients.models import Client

#: So long an action can be taken back; the policy below says the same.
UNDO_FOR = timedelta(hours=24)


class OfMover(RowPolicy):
    """Whoever moved the enrollment, for a day, while they may know the person; nobody else learns whose it
    was. Written by whoever works in its project."""

    reads = (
        "moved_by_id = (SELECT hearth_user_id()) AND moved_at > now() - interval '24 hours'"
        " AND EXISTS (SELECT FROM clients_client c WHERE c.id = client_id)"
    )
    adds = (
        f"{reads} AND EXISTS (SELECT FROM enrollments_enrollment e WHERE e.id = enrollment_id"
        " AND ((SELECT hearth_everywhere('enrollment_edit'))"
        " OR e.project_id = ANY ((SELECT hearth_projects('enrollment_edit'))::bigint[])))"
    )
    removes = "false"
    owner_reads_all = True  # the night's clean-up acts for nobody

    @staticmethod
    def visible(user: Viewer) -> Q:
        known = Client.objects.restrict(user).values("pk")
        return Q(moved_by=user.pk, moved_at__gt=timezone.now() - UNDO_FOR, client__in=known)


class FormerClient(RestrictedModel):
    """`client`: whose the enrollment was until it was moved. Old versions of the enrollment do not say it
    (`OldEnrollment`), so that nothing ties two people who were mistaken for each other; undoing needs it."""

    history_free: ClassVar[bool] = True  # forgotten after a day, on purpose
    row_policy = OfMover

    enrollment = models.ForeignKey("enrollments.Enrollment", on_delete=models.CASCADE, related_name="+")
    client = models.ForeignKey("clients.Client", on_delete=models.CASCADE, related_name="+")
    moved_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+", db_index=False)
    moved_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"Former client of enrollment {self.enrollment_id}"
