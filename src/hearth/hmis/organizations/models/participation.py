"""Affiliation.csv, HMISParticipation.csv and CEParticipation.csv (2.02.C, 2.08, 2.09)."""

from django.db import models

from hearth.hmis.access.row_policies import RestrictedModel
from hearth.hmis.audit.history import keep_history
from hearth.hmis.hud.fields import hud_field
from hearth.hmis.hud.models import Record, UserStamped, unique_source_key


@keep_history
class Affiliation(RestrictedModel, Record, UserStamped):
    """A services-only project that serves the people of a residential project."""

    project = models.ForeignKey(
        "organizations.Project", on_delete=models.PROTECT, related_name="affiliations"
    )
    # Empty where an export names a project that it lacks; the key it named is in `as_it_came`.
    res_project = models.ForeignKey(
        "organizations.Project", on_delete=models.PROTECT, null=True, blank=True, related_name="served_by"
    )

    class Meta:
        constraints = [unique_source_key("affiliation")]

    def __str__(self) -> str:
        return f"Affiliation {self.hud_id}"


@keep_history
class HMISParticipation(RestrictedModel, Record, UserStamped):
    """Whether a project takes part in HMIS, over a time."""

    project = models.ForeignKey(
        "organizations.Project", on_delete=models.PROTECT, related_name="hmis_participation"
    )
    hmis_participation_type = hud_field("HMISParticipation.HMISParticipationType")
    hmis_participation_status_start_date = hud_field("HMISParticipation.HMISParticipationStatusStartDate")
    hmis_participation_status_end_date = hud_field("HMISParticipation.HMISParticipationStatusEndDate")

    class Meta:
        constraints = [unique_source_key("hmisparticipation")]

    def __str__(self) -> str:
        return f"HMISParticipation {self.hud_id}"


@keep_history
class CEParticipation(RestrictedModel, Record, UserStamped):
    """What a project does for coordinated entry, over a time."""

    project = models.ForeignKey(
        "organizations.Project", on_delete=models.PROTECT, related_name="ce_participation"
    )
    access_point = hud_field("CEParticipation.AccessPoint")
    prevention_assessment = hud_field("CEParticipation.PreventionAssessment")
    crisis_assessment = hud_field("CEParticipation.CrisisAssessment")
    housing_assessment = hud_field("CEParticipation.HousingAssessment")
    direct_services = hud_field("CEParticipation.DirectServices")
    receives_referrals = hud_field("CEParticipation.ReceivesReferrals")
    ce_participation_status_start_date = hud_field("CEParticipation.CEParticipationStatusStartDate")
    ce_participation_status_end_date = hud_field("CEParticipation.CEParticipationStatusEndDate")

    class Meta:
        constraints = [unique_source_key("ceparticipation")]

    def __str__(self) -> str:
        return f"CEParticipation {self.hud_id}"
