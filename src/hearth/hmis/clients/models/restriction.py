"""A client whom only those may know who have a stay in common: why, and from when until when."""

from datetime import date, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from hearth.hmis.access.permissions import Permission
from hearth.hmis.access.row_policies import EVERYTHING, NOTHING, RestrictedModel, RowPolicy, Viewer


class OfRestrictions(RowPolicy):
    """Read, set and ended by administrators of the organization that set it, where the client has a stay with
    them, and of the whole installation. Others with a stay see that the client is restricted, and no more:
    who set it says where the client is known."""

    reads = writes = "hearth_may_restrict(client_id, organization_id)"
    removes = "false"
    owner_reads_all = True

    @staticmethod
    def visible(user: Viewer) -> Q:
        """What the policy lets through while `user` acts."""
        return EVERYTHING if user.may(Permission.CLIENT_RESTRICT) else NOTHING


class Restriction(RestrictedModel):
    """From `begins_on` until before `ends_on` (empty: without end) a client is known only to those with a
    stay in common and to whoever sees clients everywhere.

    It is never changed: it ends, by its day or by somebody (`ended_*`), and stays as its own history.
    Triggers write who set and who ended it, and put the mark `is_restricted` at the client and all that hangs
    on them (migrations 0008 and enrollments 0007). `organization`: in whose name; none: the installation's.
    """

    history_free: ClassVar[bool] = True  # never changed but to end it, so that the rows are the history
    row_policy = OfRestrictions

    # A restriction is removed by nobody, and neither is its client.
    client = models.ForeignKey("clients.Client", on_delete=models.DO_NOTHING, related_name="restrictions")
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.TextField()
    begins_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="First day without it")
    given_at = models.DateTimeField(db_default=Now(), editable=False)
    given_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False, editable=False
    )
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False, editable=False
    )
    end_reason = models.TextField(blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("begins_on")),
                name="restriction_ends_after_beginning",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="restriction_has_reason"),
        ]

    def __str__(self) -> str:
        return f"Restriction {self.pk} of client {self.client_id}"

    @property
    def last_day(self) -> date | None:
        """The last day with it, where one is set."""
        return self.ends_on - timedelta(days=1) if self.ends_on else None

    @property
    def is_over(self) -> bool:
        """Whether it was ended, or its last day is past."""
        return self.ended_at is not None or bool(self.ends_on and self.ends_on <= timezone.localdate())
