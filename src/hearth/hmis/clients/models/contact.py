"""How a client is reached, and in which language: HUD has no columns for the first; no export has either."""

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now

from hearth.hmis.access.permissions import Permission
from hearth.hmis.access.row_policies import EVERYTHING, NOTHING, RestrictedModel, RowPolicy, Viewer
from hearth.hmis.audit.history import keep_history
from hearth.hmis.clients.models.client import Client
from hearth.hmis.clients.models.of_client import KNOWN, OfClient

_SEEN_THERE = (
    "((SELECT hearth_everywhere('client_view'))"
    f" OR ((SELECT hearth_somewhere('client_view')) AND {KNOWN}"
    " AND hearth_sees_stay_at(client_id, organization_id)))"
)
_WORKS_THERE = (
    "((SELECT hearth_everywhere('client_edit'))"
    f" OR ((SELECT hearth_somewhere('client_edit')) AND {KNOWN}"
    " AND hearth_edits_clients_at(organization_id)))"
)


class OfClientAtOrganization(RowPolicy):
    """A telephone number or an address says where somebody is. It is read where it was recorded, and by who
    sees a stay of the client there, because the client shares it; changed where it was recorded."""

    # The organization's own users read what they recorded before the client has a stay with them.
    reads = f"{_SEEN_THERE} OR {_WORKS_THERE}"
    writes = _WORKS_THERE
    adds = f"added_by_id = (SELECT hearth_user_id()) AND {_WORKS_THERE}"
    removes = "false"
    history_reads = "(SELECT hearth_everywhere('client_edit'))"

    @staticmethod
    def visible(user: Viewer) -> Q:
        """What the policy lets through while `user` acts."""
        if user.everywhere(Permission.CLIENT_VIEW):
            return EVERYTHING
        if not user.sees_clients:
            return NOTHING
        stays = apps.get_model("enrollments", "Enrollment").objects.restrict(user)
        there = stays.filter(
            client=OuterRef("client"), organization=OuterRef("organization"), date_deleted=None
        )
        projects = apps.get_model("organizations", "Project").objects.filter(
            pk__any_of=user.projects(Permission.CLIENT_EDIT)
        )
        known = Q(client__in=Client.objects.restrict(user).values("pk"))
        return known & (Q(Exists(there)) | Q(organization__in=projects.values("organization")))


class ContactKind(models.TextChoices):
    """By what somebody is reached. Values are stored and never change."""

    PHONE = "phone", "Phone"
    EMAIL = "email", "E-mail"
    ADDRESS = "address", "Address"
    PERSON = "person", "Somebody who reaches them"


@keep_history
class Contact(RestrictedModel):
    """One way to reach a client, from `since` until before `until`. `whose`: somebody else's phone, or empty
    for the client's own. What is not said to be safe is not. `removed_at`: entered by mistake."""

    row_policy = OfClientAtOrganization

    client = models.ForeignKey("clients.Client", on_delete=models.CASCADE, related_name="contacts")
    organization = models.ForeignKey("organizations.Organization", on_delete=models.PROTECT, related_name="+")
    kind = models.TextField(choices=ContactKind.choices)
    value = models.TextField()
    whose = models.TextField(blank=True, default="", db_default="")
    may_call = models.BooleanField(default=False, db_default=False)
    may_text = models.BooleanField(default=False, db_default=False)
    may_leave_word = models.BooleanField(default=False, db_default=False)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True, help_text="First day on which it does not hold")
    added_at = models.DateTimeField(db_default=Now(), editable=False)
    added_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, related_name="+", db_index=False, editable=False
    )
    removed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ContactKind.values), name="contact_kind_known"),
            models.CheckConstraint(condition=~Q(value=""), name="contact_has_value"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(since__isnull=True) | Q(until__gte=F("since")),
                name="contact_ends_after_beginning",
            ),
        ]

    def __str__(self) -> str:
        return f"Contact {self.pk} of client {self.client_id}"


@keep_history
class SpokenLanguage(RestrictedModel):
    """The language that a client speaks best, from the day on which it was asked; the latest row holds."""

    row_policy = OfClient

    client = models.ForeignKey("clients.Client", on_delete=models.CASCADE, related_name="languages")
    language = models.TextField()
    needs_interpreter = models.BooleanField()
    asked_on = models.DateField()
    added_at = models.DateTimeField(db_default=Now(), editable=False)
    added_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, related_name="+", db_index=False, editable=False
    )

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(language=""), name="spokenlanguage_is_said")]

    def __str__(self) -> str:
        return f"Language {self.pk} of client {self.client_id}"
