"""What happened on one day of an enrollment."""

from hearth.hmis.audit.history import keep_history
from hearth.hmis.enrollments.models.base import EnrollmentRecord
from hearth.hmis.hud.fields import hud_field
from hearth.hmis.hud.models import unique_source_key


@keep_history
class Services(EnrollmentRecord):
    """A service, bed night, referral or payment (4.14, P1, P2, R14, V2, V3, V8, W1, W2, C2)."""

    date_provided = hud_field("Services.DateProvided")
    record_type = hud_field("Services.RecordType")
    type_provided = hud_field("Services.TypeProvided")
    other_type_provided = hud_field("Services.OtherTypeProvided")
    moving_on_other_type = hud_field("Services.MovingOnOtherType")
    sub_type_provided = hud_field("Services.SubTypeProvided")
    fa_amount = hud_field("Services.FAAmount")
    fa_start_date = hud_field("Services.FAStartDate")
    fa_end_date = hud_field("Services.FAEndDate")
    referral_outcome = hud_field("Services.ReferralOutcome")

    class Meta:
        constraints = [unique_source_key("services")]

    def __str__(self) -> str:
        return f"Services {self.pk}"


@keep_history
class CurrentLivingSituation(EnrollmentRecord):
    """A contact, and where the person lived then (4.12)."""

    information_date = hud_field("CurrentLivingSituation.InformationDate")
    current_living_situation = hud_field("CurrentLivingSituation.CurrentLivingSituation")
    cls_subsidy_type = hud_field("CurrentLivingSituation.CLSSubsidyType")
    verified_by = hud_field("CurrentLivingSituation.VerifiedBy")
    leave_situation14_days = hud_field("CurrentLivingSituation.LeaveSituation14Days")
    subsequent_residence = hud_field("CurrentLivingSituation.SubsequentResidence")
    resources_to_obtain = hud_field("CurrentLivingSituation.ResourcesToObtain")
    lease_own60_day = hud_field("CurrentLivingSituation.LeaseOwn60Day")
    moved_two_or_more = hud_field("CurrentLivingSituation.MovedTwoOrMore")
    location_details = hud_field("CurrentLivingSituation.LocationDetails")

    class Meta:
        constraints = [unique_source_key("currentlivingsituation")]

    def __str__(self) -> str:
        return f"CurrentLivingSituation {self.pk}"
