"""What somebody answered of a record that was corrected here: that it stays, whatever the file says of it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from hearth.hmis.access.row_policies import EVERYTHING, NOTHING, RestrictedModel, RowPolicy, Viewer


class OfImports(RowPolicy):
    """Written by imports, in their own transaction, and read by administrators of the installation."""

    reads = "(SELECT hearth_everywhere('enrollment_view'))"
    removes = "false"

    @staticmethod
    def visible(user: Viewer) -> Q:
        return EVERYTHING if user.sees_all else NOTHING


class KeptRecord(RestrictedModel):
    """The stored record stays against the row with this hash; none: against a full refresh that lacks it. A
    row that says anything else is asked about anew. One for each record: the latest answer."""

    history_free: ClassVar[bool] = True  # replaced by the next answer; each stands in the access log
    row_policy = OfImports

    file = models.TextField()
    record_id = models.BigIntegerField()
    row_hash = models.BigIntegerField(null=True)
    kept_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+", db_index=False)
    kept_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "record_id"], name="keptrecord_once")]

    def __str__(self) -> str:
        return f"{self.file} {self.record_id}, kept"
