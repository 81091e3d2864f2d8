from django.apps import AppConfig


class MinnesotaConfig(AppConfig):
    name = "hearth.hmis.local.mn"
    label = "local_mn"
