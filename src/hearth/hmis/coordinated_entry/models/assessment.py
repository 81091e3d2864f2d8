"""Coordinated entry assessments and events (4.19, 4.20)."""

from django.db import models

from hearth.hmis.audit.history import keep_history
from hearth.hmis.enrollments.models.base import EnrollmentRecord
from hearth.hmis.hud.fields import hud_field
from hearth.hmis.hud.models import unique_source_key


@keep_history
class Assessment(EnrollmentRecord):
    """One coordinated entry assessment (4.19)."""

    assessment_date = hud_field("Assessment.AssessmentDate")
    assessment_location = hud_field("Assessment.AssessmentLocation")
    assessment_type = hud_field("Assessment.AssessmentType")
    assessment_level = hud_field("Assessment.AssessmentLevel")
    prioritization_status = hud_field("Assessment.PrioritizationStatus")

    class Meta:
        constraints = [unique_source_key("assessment")]

    def __str__(self) -> str:
        return f"Assessment {self.pk}"


@keep_history
class AssessmentQuestions(EnrollmentRecord):
    """One question of an assessment and its answer; the content is local."""

    assessment = models.ForeignKey(
        "coordinated_entry.Assessment", on_delete=models.PROTECT, related_name="questions"
    )
    assessment_question_group = hud_field("AssessmentQuestions.AssessmentQuestionGroup")
    assessment_question_order = hud_field("AssessmentQuestions.AssessmentQuestionOrder")
    assessment_question = hud_field("AssessmentQuestions.AssessmentQuestion")
    assessment_answer = hud_field("AssessmentQuestions.AssessmentAnswer")

    class Meta:
        constraints = [unique_source_key("assessmentquestions")]

    def __str__(self) -> str:
        return f"AssessmentQuestions {self.pk}"


@keep_history
class AssessmentResults(EnrollmentRecord):
    """One result of an assessment; the content is local."""

    assessment = models.ForeignKey(
        "coordinated_entry.Assessment", on_delete=models.PROTECT, related_name="results"
    )
    assessment_result_type = hud_field("AssessmentResults.AssessmentResultType")
    assessment_result = hud_field("AssessmentResults.AssessmentResult")

    class Meta:
        constraints = [unique_source_key("assessmentresults")]

    def __str__(self) -> str:
        return f"AssessmentResults {self.pk}"


@keep_history
class Event(EnrollmentRecord):
    """A coordinated entry event: access to a service, or a referral (4.20)."""

    event_date = hud_field("Event.EventDate")
    event = hud_field("Event.Event")
    prob_sol_div_rr_result = hud_field("Event.ProbSolDivRRResult")
    referral_case_manage_after = hud_field("Event.ReferralCaseManageAfter")
    location_crisis_or_ph_housing = hud_field("Event.LocationCrisisOrPHHousing")
    referral_result = hud_field("Event.ReferralResult")
    result_date = hud_field("Event.ResultDate")

    class Meta:
        constraints = [unique_source_key("event")]

    def __str__(self) -> str:
        return f"Event {self.pk}"
