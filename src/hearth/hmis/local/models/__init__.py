from hearth.hmis.local.models.answer import LocalAnswer
from hearth.hmis.local.models.funding import HouseholdFunding

__all__ = ["HouseholdFunding", "LocalAnswer"]
