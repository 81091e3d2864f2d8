from hearth.hmis.clients.models.client import Client
from hearth.hmis.clients.models.recent import RecentClient

__all__ = ["Client", "RecentClient"]
