from hearth.hmis.clients.models.client import Client

__all__ = ["Client"]
