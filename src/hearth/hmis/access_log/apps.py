from django.apps import AppConfig


class AccessLogConfig(AppConfig):
    name = "hearth.hmis.access_log"
    label = "access_log"
