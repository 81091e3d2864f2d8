"""Names by which a client is known beside that of 3.01. HUD has no column for them; no export has them."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from hearth.hmis.access.row_policies import RestrictedModel
from hearth.hmis.audit.history import keep_history
from hearth.hmis.clients.models.of_client import OfClientSearched


class NameKind(models.TextChoices):
    """What a name is to the client. Values are stored and never change."""

    PREFERRED = "preferred", "Preferred name"
    ALIAS = "alias", "Also known as"
    FORMER = "former", "Former name"


@keep_history
class OtherName(RestrictedModel):
    """A preferred, other or former name, from `since` until before `until` as far as these days are known.

    The search finds the client by it, whenever it was used (migration 0015). `removed_at`: entered by
    mistake; it is found and shown no more, and stays for the history.
    """

    row_policy = OfClientSearched
    #: What pages and lists do not show to who may not see names; asked by `other_names.queries`.
    is_name: ClassVar[bool] = True

    client = models.ForeignKey("clients.Client", on_delete=models.CASCADE, related_name="other_names")
    kind = models.TextField(choices=NameKind.choices)
    name = models.TextField()
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True, help_text="First day on which it is not used")
    added_at = models.DateTimeField(db_default=Now(), editable=False)
    added_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, related_name="+", db_index=False, editable=False
    )
    removed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=NameKind.values), name="othername_kind_known"),
            models.CheckConstraint(condition=~Q(name=""), name="othername_has_name"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(since__isnull=True) | Q(until__gte=F("since")),
                name="othername_ends_after_beginning",
            ),
        ]

    def __str__(self) -> str:
        return f"Other name {self.pk} of client {self.client_id}"
