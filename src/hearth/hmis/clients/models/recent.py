"""The clients somebody opened last: a user's own list, seen by nobody else."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from hearth.hmis.access.row_policies import NOTHING, RestrictedModel, RowPolicy, Viewer


class OwnRows(RowPolicy):
    """Rows of the acting user, while they work with clients."""

    reads = "user_id = (SELECT hearth_user_id()) AND (SELECT hearth_sees_clients())"
    writes = removes = reads

    @staticmethod
    def visible(user: Viewer) -> Q:
        return Q(user_id=user.pk) if user.sees_clients else NOTHING


class RecentClient(RestrictedModel):
    """One client that one user opened, and when last."""

    row_policy = OwnRows

    user = models.ForeignKey("access.User", on_delete=models.CASCADE, related_name="+", db_index=False)
    client = models.ForeignKey("clients.Client", on_delete=models.CASCADE, related_name="+")
    opened_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "client"], name="recent_client_once")]
        indexes = [models.Index(fields=["user", "-opened_at"], name="recent_client_latest")]

    def __str__(self) -> str:
        return f"Client {self.client_id}, opened by user {self.user_id}"
