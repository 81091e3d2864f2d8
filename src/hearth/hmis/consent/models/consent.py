"""A client's answer to whether other organizations may see what happened to them, and how it was taken."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from hearth.hmis.access.row_policies import EVERYTHING, RestrictedModel, RowPolicy, Viewer
from hearth.hmis.audit.history import keep_history
from hearth.hmis.clients.models import Client
from hearth.hmis.consent.choices import Applies, Method
from hearth.hmis.organizations.models import Project
from hearth.hmis.ui import formats


class DateMultirangeField(models.Field):
    """Days, as PostgreSQL's datemultirange: psycopg's Multirange of half-open ranges."""

    def db_type(self, connection: Any) -> str:
        return "datemultirange"


class OfClient(RowPolicy):
    """Whoever sees the client, added by who works with clients. Old versions tell who wrote, and are for
    administrators alone."""

    reads = "EXISTS (SELECT FROM clients_client c WHERE c.id = client_id)"
    writes = f"(SELECT hearth_somewhere('client_edit')) AND {reads}"
    history_reads = "(SELECT hearth_everywhere('enrollment_view'))"

    @staticmethod
    def visible(user: Viewer) -> Q:
        return Q(client__in=Client.objects.restrict(user))


_BY_OWN = (
    "(SELECT hearth_everywhere('{0}')) OR organization_id IN (SELECT p.organization_id"
    " FROM organizations_project p WHERE p.id = ANY ((SELECT hearth_projects('{0}'))::bigint[]))"
)


class OfTakingOrganization(RowPolicy):
    """The organization that took an answer, and administrators."""

    reads = _BY_OWN.format("enrollment_view")
    writes = _BY_OWN.format("client_edit")

    @staticmethod
    def visible(user: Viewer) -> Q:
        if user.sees_all:
            return EVERYTHING
        own = Project.objects.filter(
            pk__any_of=user.own_projects
        )  # no join: several projects are still one row
        return Q(organization__in=own.values("organization"))


@keep_history
class Consent(RestrictedModel):
    """One answer of one client: what everybody who sees the client may know of it.

    Answers are added and never changed; which one is current follows from their days (migration 0004):
    the latest day, of one day the narrower. A client without any shares nothing that is entered from now on.
    Of the current one `ask_from` says from when on it is to be given anew: where it ends, and where somebody
    is of age for whom a guardian answered, or who shared nothing as a minor (migration 0006).
    """

    row_policy = OfClient

    client = models.ForeignKey("clients.Client", on_delete=models.PROTECT, related_name="consents")
    choice = models.TextField(help_text="A code of the scheme's answers, or as_imported")
    given_on = models.DateField()
    form_version = models.TextField(blank=True, help_text="What the form calls itself")
    document = models.ForeignKey(
        "consent.ConsentDocument", on_delete=models.PROTECT, null=True, related_name="+",
        help_text="The version that it was given on; none: a form that is not among the documents",
    )  # fmt: skip
    is_current = models.BooleanField(default=False, db_default=False, editable=False)
    ask_from = models.DateField(
        null=True, editable=False, help_text="Day from which the client is to be asked anew; worked out"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client"], condition=Q(is_current=True), name="consent_one_current"
            )
        ]
        indexes = [
            models.Index(
                fields=["ask_from"], name="consent_ask_from",
                condition=Q(is_current=True, ask_from__isnull=False),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{settings.CONSENT_SCHEME.words(self.choice)}, {formats.day(self.given_on)}"


@keep_history
class ConsentTaking(RestrictedModel):
    """How an answer was taken, by whom and where; without an organization where it came with an import.

    `open_days` are the days that the client's answers up to this one open, `keeps_marks` says that rows
    stored as shared stay so: the database works both out.
    """

    row_policy = OfTakingOrganization

    consent = models.OneToOneField("consent.Consent", on_delete=models.PROTECT, related_name="taking")
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, null=True, related_name="+"
    )
    opens = models.BooleanField(help_text="What the scheme said of this answer on its day")
    applies = models.TextField(choices=Applies.choices, default=Applies.ALL)
    method = models.TextField(choices=Method.choices, blank=True)
    language = models.TextField(blank=True)
    until = models.DateField(null=True, help_text="First day on which it does not hold any more")
    witness = models.TextField(blank=True)
    guardian = models.TextField(blank=True, help_text="Who answered for a minor, and as what")
    signature_due = models.BooleanField(default=False)
    taken_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    taken_at = models.DateTimeField(db_default=Now(), editable=False)
    open_days = DateMultirangeField(null=True, editable=False)
    keeps_marks = models.BooleanField(default=False, db_default=False, editable=False)

    class Meta:
        indexes = [
            models.Index(
                fields=["organization"], condition=Q(signature_due=True), name="consent_signature_due"
            )
        ]

    def __str__(self) -> str:
        return f"How consent {self.consent_id} was taken"
