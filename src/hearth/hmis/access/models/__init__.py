from hearth.hmis.access.models.membership import Membership
from hearth.hmis.access.models.user import User

__all__ = ["Membership", "User"]
