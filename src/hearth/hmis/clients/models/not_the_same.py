"""Two clients of whom somebody said, when one of them was added, that they are not the same person."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from hearth.hmis.access.permissions import Permission
from hearth.hmis.access.row_policies import EVERYTHING, RestrictedModel, RowPolicy, Viewer


class OwnAnswers(RowPolicy):
    """Whoever said it, about clients whom they may know, and administrators: who added somebody is not for
    everybody who sees them."""

    reads = "said_by_id = (SELECT hearth_user_id()) OR (SELECT hearth_everywhere('client_edit'))"
    adds = (
        "said_by_id = (SELECT hearth_user_id()) AND (SELECT hearth_somewhere('client_edit'))"
        " AND EXISTS (SELECT FROM clients_client c WHERE c.id = client_id)"
        " AND EXISTS (SELECT FROM clients_client c WHERE c.id = other_id)"
    )

    @staticmethod
    def visible(user: Viewer) -> Q:
        return EVERYTHING if user.everywhere(Permission.CLIENT_EDIT) else Q(said_by=user.pk)


class NotTheSame(RestrictedModel):
    """`client` was added or corrected although `other` is alike (`intake/alike.py`): they were compared."""

    history_free: ClassVar[bool] = True  # added and never changed
    row_policy = OwnAnswers

    client = models.ForeignKey("clients.Client", on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey("clients.Client", on_delete=models.CASCADE, related_name="+")
    said_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+", db_index=False)
    said_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "other"], name="not_the_same_once"),
            models.CheckConstraint(condition=~Q(client=models.F("other")), name="not_the_same_as_another"),
        ]

    def __str__(self) -> str:
        return f"Client {self.client_id} is not client {self.other_id}"
