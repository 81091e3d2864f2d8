from hearth.hmis.audit.models.access_log import AccessLog

__all__ = ["AccessLog"]
