from hearth.hmis.clients.models.client import Client
from hearth.hmis.clients.models.recent import RecentClient
from hearth.hmis.clients.models.restriction import Restriction

__all__ = ["Client", "RecentClient", "Restriction"]
