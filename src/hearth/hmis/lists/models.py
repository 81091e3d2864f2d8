"""What a user keeps of the lists: which columns are shown, and views under a name."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from hearth.hmis.access.row_policies import RestrictedModel, RowPolicy, Viewer


class Own(RowPolicy):
    """Rows of the acting user."""

    reads = "user_id = (SELECT hearth_user_id())"
    writes = removes = reads

    @staticmethod
    def visible(user: Viewer) -> Q:
        return Q(user_id=user.pk)


class KeptView(RestrictedModel):
    """One view of one list, of one user. Without a name: the columns that the list is shown with.

    `list` is the list's own key, `asked` a query of codes and ids alone (filters, order, size, columns): no
    name of a client, and nothing that somebody searched for.
    """

    row_policy = Own
    history_free: ClassVar[bool] = True  # a habit of one user, and no record of anybody

    user = models.ForeignKey("access.User", on_delete=models.CASCADE, related_name="+", db_index=False)
    list = models.CharField(max_length=60)
    name = models.CharField(max_length=60, blank=True)
    asked = models.CharField(max_length=2000, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "list", "name"], name="kept_view_once")]

    def __str__(self) -> str:
        return self.name or f"Columns of {self.list}"
