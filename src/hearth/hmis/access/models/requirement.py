"""What a requirement asks, in versions, and the dated records of who has met it."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from hearth.hmis.access.requirements import REQUIREMENTS, Requirement
from hearth.hmis.access.row_policies import EVERYTHING, NOTHING, RestrictedModel, RowPolicy, Viewer


class OfRequirements(RowPolicy):
    """Read by whoever is signed in, published by whoever administers everybody."""

    reads = "(SELECT hearth_user_id()) IS NOT NULL"
    writes = "(SELECT hearth_everywhere('user_edit'))"
    removes = "false"
    owner_reads_all = True

    @staticmethod
    def visible(user: Viewer) -> Q:
        return EVERYTHING if user.is_active else NOTHING


class OfRequirementsMet(RowPolicy):
    """Read by whom it is about and by whoever may record such a one; signed by oneself where that is so,
    and otherwise recorded and withdrawn by others."""

    reads = (
        "user_id = (SELECT hearth_user_id()) OR (SELECT hearth_everywhere('access_log_view'))"
        " OR hearth_may_record(access_requirementmet)"
    )
    adds = "hearth_may_record(access_requirementmet)"
    writes = f"user_id IS DISTINCT FROM (SELECT hearth_user_id()) AND {adds}"
    removes = "false"
    owner_reads_all = True

    @staticmethod
    def visible(user: Viewer) -> Q:
        """What the policy lets through while `user` acts."""
        return EVERYTHING if user.is_active else NOTHING


class RequirementVersion(RestrictedModel):
    """What a requirement asks from some day on. The last version whose day has come holds; one without a day
    (`counts_from` empty) closes nothing. Records of versions before `accepts_from` do not count any more."""

    history_free: ClassVar[bool] = True  # added and never changed, so that the rows are the history
    row_policy = OfRequirements

    kind = models.TextField(help_text="Code of access/requirements.py")
    version = models.IntegerField()
    text = models.TextField(blank=True, default="")
    valid_days = models.IntegerField(null=True, blank=True)
    counts_from = models.DateField(null=True, blank=True)
    accepts_from = models.IntegerField(default=1)
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    made_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False, editable=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "version"], name="requirement_version_once"),
            models.CheckConstraint(
                condition=Q(version__gte=1, accepts_from__gte=1, accepts_from__lte=F("version")),
                name="requirement_accepts_versions",
            ),
            models.CheckConstraint(
                condition=Q(valid_days__isnull=True) | Q(valid_days__gte=1, valid_days__lte=36500),
                name="requirement_valid_days",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.named.name}, version {self.version}"

    @property
    def named(self) -> type[Requirement]:
        """Its class."""
        return REQUIREMENTS[self.kind]


class RequirementMet(RestrictedModel):
    """A user, or an organization, met a requirement on a day: signed a version, or was trained.

    It is never changed: it is withdrawn (`ended_*`) and stays as its own history. A trigger writes who
    recorded and who withdrew it, and dates what users sign themselves (migration 0010).
    """

    history_free: ClassVar[bool] = True  # never changed but to withdraw it, so that the rows are the history
    row_policy = OfRequirementsMet

    kind = models.TextField(help_text="Code of access/requirements.py")
    version = models.IntegerField()
    user = models.ForeignKey(
        "access.User", on_delete=models.CASCADE, null=True, blank=True, related_name="requirements_met"
    )
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    met_on = models.DateField()
    signed_name = models.TextField(blank=True, default="", db_default="")
    note = models.TextField(blank=True, default="", db_default="")
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    recorded_by = models.ForeignKey(
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
                condition=Q(user__isnull=False, organization__isnull=True)
                | Q(user__isnull=True, organization__isnull=False),
                name="requirement_met_by_one",
            ),
            models.CheckConstraint(condition=Q(met_on__gte=date(1990, 1, 1)), name="requirement_met_in_time"),
        ]

    def __str__(self) -> str:
        return f"Requirement met {self.pk}: {self.kind}"

    @property
    def named(self) -> type[Requirement]:
        """The class of what was met."""
        return REQUIREMENTS[self.kind]
