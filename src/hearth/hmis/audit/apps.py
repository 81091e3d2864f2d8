from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "hearth.hmis.audit"
    label = "audit"
