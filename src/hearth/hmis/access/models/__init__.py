from hearth.hmis.access.models.membership import Membership
from hearth.hmis.access.models.use_count import UseCount
from hearth.hmis.access.models.user import User

__all__ = ["Membership", "UseCount", "User"]
