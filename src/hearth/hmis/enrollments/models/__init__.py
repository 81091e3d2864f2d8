from hearth.hmis.enrollments.models.case_manager import CaseManager
from hearth.hmis.enrollments.models.check_answer import CheckAnswer
from hearth.hmis.enrollments.models.draft import Draft, DraftAnswer
from hearth.hmis.enrollments.models.enrollment import Enrollment, Exit
from hearth.hmis.enrollments.models.events import CurrentLivingSituation, Services
from hearth.hmis.enrollments.models.former_client import FormerClient
from hearth.hmis.enrollments.models.stages import (
    Disabilities,
    EmploymentEducation,
    HealthAndDV,
    IncomeBenefits,
    YouthEducationStatus,
)

__all__ = [
    "CaseManager",
    "CheckAnswer",
    "CurrentLivingSituation",
    "Disabilities",
    "Draft",
    "DraftAnswer",
    "EmploymentEducation",
    "Enrollment",
    "Exit",
    "FormerClient",
    "HealthAndDV",
    "IncomeBenefits",
    "Services",
    "YouthEducationStatus",
]
