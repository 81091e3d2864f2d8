from hearth.hmis.access.models.grant import Grant
from hearth.hmis.access.models.requirement import RequirementMet, RequirementVersion
from hearth.hmis.access.models.use_count import UseCount
from hearth.hmis.access.models.user import User

__all__ = ["Grant", "RequirementMet", "RequirementVersion", "UseCount", "User"]
