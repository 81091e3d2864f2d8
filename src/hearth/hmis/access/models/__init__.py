from hearth.hmis.access.models.grant import Grant
from hearth.hmis.access.models.use_count import UseCount
from hearth.hmis.access.models.user import User

__all__ = ["Grant", "UseCount", "User"]
