from hearth.hmis.coordinated_entry.models.assessment import (
    Assessment,
    AssessmentQuestions,
    AssessmentResults,
    Event,
)

__all__ = ["Assessment", "AssessmentQuestions", "AssessmentResults", "Event"]
