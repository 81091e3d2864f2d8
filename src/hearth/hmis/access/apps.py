from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "hearth.hmis.access"
    label = "access"
