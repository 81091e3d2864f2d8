"""Who belongs to a client's family, apart from the household of an enrollment (`enrollments`): who lives
elsewhere, who came before and who left."""

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now

from hearth.hmis.access.permissions import Permission
from hearth.hmis.access.row_policies import NOTHING, RestrictedModel, RowPolicy, Viewer
from hearth.hmis.audit.history import keep_history

_BOTH = "hearth_sees_open_stay_of(client_id) AND hearth_sees_open_stay_of(other_id)"


class OfBothClients(RowPolicy):
    """That two people belong together is seen by who sees a stay of each, and by nobody while one of them is
    restricted: it would lead from one to the other."""

    reads = f"(SELECT hearth_somewhere('client_view')) AND {_BOTH}"
    writes = f"(SELECT hearth_somewhere('client_edit')) AND {_BOTH}"
    adds = f"added_by_id = (SELECT hearth_user_id()) AND {writes}"
    removes = "false"
    history_reads = "(SELECT hearth_everywhere('client_edit'))"

    @staticmethod
    def visible(user: Viewer) -> Q:
        """What the policy lets through while `user` acts."""
        if not user.may(Permission.CLIENT_VIEW):
            return NOTHING
        stays = apps.get_model("enrollments", "Enrollment").objects.restrict(user)
        stays = stays.filter(is_restricted=False, date_deleted=None)
        return Q(Exists(stays.filter(client=OuterRef("client")))) & Q(
            Exists(stays.filter(client=OuterRef("other")))
        )


class Kinship(models.TextChoices):
    """What `other` is to `client`. Values are stored and never change."""

    PARTNER = "partner", "Spouse or partner"
    PARENT = "parent", "Parent or guardian"
    CHILD = "child", "Child"
    SIBLING = "sibling", "Brother or sister"
    GRANDPARENT = "grandparent", "Grandparent"
    GRANDCHILD = "grandchild", "Grandchild"
    RELATIVE = "relative", "Other relative"
    OTHER = "other", "Not a relative"


#: The same, seen from the other person.
SEEN_FROM_OTHER = {
    Kinship.PARENT: Kinship.CHILD, Kinship.CHILD: Kinship.PARENT,
    Kinship.GRANDPARENT: Kinship.GRANDCHILD, Kinship.GRANDCHILD: Kinship.GRANDPARENT,
}  # fmt: skip


@keep_history
class FamilyTie(RestrictedModel):
    """`other` is `kinship` to `client`, from `since` until before `until` as far as these days are known. One
    row for a pair at a time. `removed_at`: entered by mistake."""

    row_policy = OfBothClients

    client = models.ForeignKey("clients.Client", on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey("clients.Client", on_delete=models.CASCADE, related_name="+")
    kinship = models.TextField(choices=Kinship.choices)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True, help_text="First day on which they are no family")
    added_at = models.DateTimeField(db_default=Now(), editable=False)
    added_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, related_name="+", db_index=False, editable=False
    )
    removed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kinship__in=Kinship.values), name="familytie_kinship_known"),
            models.CheckConstraint(condition=~Q(client=F("other")), name="familytie_of_two"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(since__isnull=True) | Q(until__gte=F("since")),
                name="familytie_ends_after_beginning",
            ),
        ]

    def __str__(self) -> str:
        return f"Family tie {self.pk} of clients {self.client_id} and {self.other_id}"
