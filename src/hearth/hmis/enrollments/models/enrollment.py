"""Enrollment.csv and Exit.csv: one person in one project stay."""

from functools import partial

from django.db import models
from django.db.models import Q

from hearth.hmis.access.row_policies import OfEnrollment, RestrictedModel
from hearth.hmis.audit.history import OldVersion, keep_history
from hearth.hmis.enrollments.models.base import EnrollmentRecord
from hearth.hmis.enrollments.models.repeated import OrganizationOfProject, RestrictionOfClient
from hearth.hmis.hud.fields import hud_field
from hearth.hmis.hud.models import Record, UserStamped, unique_source_key
from hearth.hmis.organizations.confidential import organization_beside


class OldEnrollment(OldVersion):
    """An old version of an enrollment. Its `project`, `client` and `is_shared` are those of today, which
    decide who may see it. What project and sharing were is kept beside them; whose it was is not, for an
    enrollment that was entered for the wrong person must not tie the two (ADR 41)."""

    pgh_moved_from = models.BigIntegerField(
        null=True, editable=False, help_text="The project that this version was in, where it was another"
    )
    pgh_was_shared = models.BooleanField(
        null=True, editable=False, help_text="Whether this version was shared, where that was otherwise"
    )
    pgh_other_client = models.SmallIntegerField(
        null=True, editable=False,
        help_text="Of how many people it was before this version's, where it was somebody else's: no key",
    )  # fmt: skip

    class Meta:
        abstract = True


@partial(keep_history, version=OldEnrollment)
class Enrollment(RestrictedModel, Record, UserStamped):
    """One person in one project stay; the people of one HouseholdID are served together.

    `organization` repeats the project's, `is_restricted` the client's; `is_shared` says that every HMIS user
    may see this enrollment and what hangs on it, not only the own organization, until the day before
    `shared_until` (null: for good).
    """

    row_policy = OfEnrollment

    client = models.ForeignKey("clients.Client", on_delete=models.PROTECT, related_name="enrollments")
    project = models.ForeignKey("organizations.Project", on_delete=models.PROTECT, related_name="enrollments")
    organization = OrganizationOfProject(editable=False, db_index=False)
    is_shared = models.BooleanField(default=False, db_default=False)
    shared_until = models.DateField(null=True, editable=False)
    is_restricted = RestrictionOfClient(default=False, db_default=False, editable=False)

    entry_date = hud_field("Enrollment.EntryDate")
    household_id = hud_field("Enrollment.HouseholdID")
    household_data_source = models.ForeignKey(
        "organizations.DataSource", on_delete=models.PROTECT, related_name="+", null=True, editable=False,
        db_index=False, help_text="Whose household HouseholdID names; null: the record's own data source's",
    )  # fmt: skip
    relationship_to_hoh = hud_field("Enrollment.RelationshipToHoH")
    enrollment_coc = hud_field("Enrollment.EnrollmentCoC")
    living_situation = hud_field("Enrollment.LivingSituation")
    rental_subsidy_type = hud_field("Enrollment.RentalSubsidyType")
    length_of_stay = hud_field("Enrollment.LengthOfStay")
    los_under_threshold = hud_field("Enrollment.LOSUnderThreshold")
    previous_street_essh = hud_field("Enrollment.PreviousStreetESSH")
    date_to_street_essh = hud_field("Enrollment.DateToStreetESSH")
    times_homeless_past_three_years = hud_field("Enrollment.TimesHomelessPastThreeYears")
    months_homeless_past_three_years = hud_field("Enrollment.MonthsHomelessPastThreeYears")
    disabling_condition = hud_field("Enrollment.DisablingCondition")
    date_of_engagement = hud_field("Enrollment.DateOfEngagement")
    move_in_date = hud_field("Enrollment.MoveInDate")
    date_of_path_status = hud_field("Enrollment.DateOfPATHStatus")
    client_enrolled_in_path = hud_field("Enrollment.ClientEnrolledInPATH")
    reason_not_enrolled = hud_field("Enrollment.ReasonNotEnrolled")
    percent_ami = hud_field("Enrollment.PercentAMI")
    referral_source = hud_field("Enrollment.ReferralSource")
    count_outreach_referral_approaches = hud_field("Enrollment.CountOutreachReferralApproaches")
    date_of_bcp_status = hud_field("Enrollment.DateOfBCPStatus")
    eligible_for_rhy = hud_field("Enrollment.EligibleForRHY")
    reason_no_services = hud_field("Enrollment.ReasonNoServices")
    runaway_youth = hud_field("Enrollment.RunawayYouth")
    former_ward_child_welfare = hud_field("Enrollment.FormerWardChildWelfare")
    child_welfare_years = hud_field("Enrollment.ChildWelfareYears")
    child_welfare_months = hud_field("Enrollment.ChildWelfareMonths")
    former_ward_juvenile_justice = hud_field("Enrollment.FormerWardJuvenileJustice")
    juvenile_justice_years = hud_field("Enrollment.JuvenileJusticeYears")
    juvenile_justice_months = hud_field("Enrollment.JuvenileJusticeMonths")
    unemployment_fam = hud_field("Enrollment.UnemploymentFam")
    mental_health_disorder_fam = hud_field("Enrollment.MentalHealthDisorderFam")
    physical_disability_fam = hud_field("Enrollment.PhysicalDisabilityFam")
    alcohol_drug_use_disorder_fam = hud_field("Enrollment.AlcoholDrugUseDisorderFam")
    insufficient_income = hud_field("Enrollment.InsufficientIncome")
    incarcerated_parent = hud_field("Enrollment.IncarceratedParent")
    vamc_station = hud_field("Enrollment.VAMCStation")
    target_screen_reqd = hud_field("Enrollment.TargetScreenReqd")
    time_to_housing_loss = hud_field("Enrollment.TimeToHousingLoss")
    annual_percent_ami = hud_field("Enrollment.AnnualPercentAMI")
    literal_homeless_history = hud_field("Enrollment.LiteralHomelessHistory")
    client_leaseholder = hud_field("Enrollment.ClientLeaseholder")
    hoh_leaseholder = hud_field("Enrollment.HOHLeaseholder")
    subsidy_at_risk = hud_field("Enrollment.SubsidyAtRisk")
    eviction_history = hud_field("Enrollment.EvictionHistory")
    criminal_record = hud_field("Enrollment.CriminalRecord")
    incarcerated_adult = hud_field("Enrollment.IncarceratedAdult")
    prison_discharge = hud_field("Enrollment.PrisonDischarge")
    sex_offender = hud_field("Enrollment.SexOffender")
    disabled_hoh = hud_field("Enrollment.DisabledHoH")
    current_pregnant = hud_field("Enrollment.CurrentPregnant")
    single_parent = hud_field("Enrollment.SingleParent")
    dependent_under6 = hud_field("Enrollment.DependentUnder6")
    hh5_plus = hud_field("Enrollment.HH5Plus")
    coc_prioritized = hud_field("Enrollment.CoCPrioritized")
    hp_screening_score = hud_field("Enrollment.HPScreeningScore")
    threshold_score = hud_field("Enrollment.ThresholdScore")
    mental_health_consultation = hud_field("Enrollment.MentalHealthConsultation")

    class Meta:
        constraints = [
            unique_source_key("enrollment"),
            models.UniqueConstraint(
                fields=["project", "household_id"],
                condition=Q(relationship_to_hoh=1, is_faulty=False, date_deleted__isnull=True),
                name="one_head_of_household",
            ),
        ]
        indexes = [
            models.Index(fields=["household_id"], name="enrollment_household"),
            models.Index(
                fields=["client", "project"], name="enrollment_restricted", condition=Q(is_restricted=True)
            ),
        ]

    def __str__(self) -> str:
        return f"Enrollment {self.pk}"

    @property
    def organization_beside(self) -> str:
        """What the organization is called beside the project."""
        return organization_beside(self.project, self.organization)


@keep_history
class Exit(EnrollmentRecord):
    """The end of one enrollment (3.11, 3.12), never before its start (a trigger of migration 0002)."""

    exit_date = hud_field("Exit.ExitDate")
    destination = hud_field("Exit.Destination")
    destination_subsidy_type = hud_field("Exit.DestinationSubsidyType")
    other_destination = hud_field("Exit.OtherDestination")
    housing_assessment = hud_field("Exit.HousingAssessment")
    subsidy_information = hud_field("Exit.SubsidyInformation")
    project_completion_status = hud_field("Exit.ProjectCompletionStatus")
    early_exit_reason = hud_field("Exit.EarlyExitReason")
    exchange_for_sex = hud_field("Exit.ExchangeForSex")
    exchange_for_sex_past_three_months = hud_field("Exit.ExchangeForSexPastThreeMonths")
    count_of_exchange_for_sex = hud_field("Exit.CountOfExchangeForSex")
    asked_or_forced_to_exchange_for_sex = hud_field("Exit.AskedOrForcedToExchangeForSex")
    asked_or_forced_to_exchange_for_sex_past_three_months = hud_field(
        "Exit.AskedOrForcedToExchangeForSexPastThreeMonths"
    )
    workplace_violence_threats = hud_field("Exit.WorkplaceViolenceThreats")
    workplace_promise_difference = hud_field("Exit.WorkplacePromiseDifference")
    coerced_to_continue_work = hud_field("Exit.CoercedToContinueWork")
    labor_exploit_past_three_months = hud_field("Exit.LaborExploitPastThreeMonths")
    counseling_received = hud_field("Exit.CounselingReceived")
    individual_counseling = hud_field("Exit.IndividualCounseling")
    family_counseling = hud_field("Exit.FamilyCounseling")
    group_counseling = hud_field("Exit.GroupCounseling")
    session_count_at_exit = hud_field("Exit.SessionCountAtExit")
    post_exit_counseling_plan = hud_field("Exit.PostExitCounselingPlan")
    sessions_in_plan = hud_field("Exit.SessionsInPlan")
    destination_safe_client = hud_field("Exit.DestinationSafeClient")
    destination_safe_worker = hud_field("Exit.DestinationSafeWorker")
    pos_adult_connections = hud_field("Exit.PosAdultConnections")
    pos_peer_connections = hud_field("Exit.PosPeerConnections")
    pos_community_connections = hud_field("Exit.PosCommunityConnections")
    aftercare_date = hud_field("Exit.AftercareDate")
    aftercare_provided = hud_field("Exit.AftercareProvided")
    email_social_media = hud_field("Exit.EmailSocialMedia")
    telephone = hud_field("Exit.Telephone")
    in_person_individual = hud_field("Exit.InPersonIndividual")
    in_person_group = hud_field("Exit.InPersonGroup")
    cm_exit_reason = hud_field("Exit.CMExitReason")

    class Meta:
        constraints = [
            unique_source_key("exit"),
            models.UniqueConstraint(
                fields=["enrollment"],
                condition=Q(is_faulty=False, date_deleted__isnull=True),
                name="one_exit_of_an_enrollment",
            ),
        ]

    def __str__(self) -> str:
        return f"Exit {self.pk}"
