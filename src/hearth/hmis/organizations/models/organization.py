"""Organization.csv (2.01)."""

from django.db import models

from hearth.hmis.access.row_policies import RestrictedModel
from hearth.hmis.audit.history import keep_history
from hearth.hmis.hud.fields import hud_field
from hearth.hmis.hud.models import Record, UserStamped, unique_source_key
from hearth.hmis.organizations.confidential import confidential_field


@keep_history
class Organization(RestrictedModel, Record, UserStamped):
    """An agency: what users work for, and what owns projects and their enrollments."""

    counted = "id IN (SELECT p.organization_id FROM organizations_project p)"  # of those that it reads itself

    organization_name = confidential_field("Organization.OrganizationName")
    victim_service_provider = hud_field("Organization.VictimServiceProvider")
    organization_common_name = confidential_field("Organization.OrganizationCommonName")
    tribal_nation = models.ForeignKey(
        "organizations.TribalNation",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="organizations",
        help_text="The nation that runs it, which makes it part of that nation's collaborative",
    )
    is_hipaa_covered = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Under HIPAA: consent is never taken by word there",
    )

    class Meta:
        ordering = ("organization_name", "id")
        constraints = [unique_source_key("organization")]

    def __str__(self) -> str:
        return self.organization_name or f"Organization {self.hud_id}"
