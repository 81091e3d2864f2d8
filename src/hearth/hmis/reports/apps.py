from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "hearth.hmis.reports"
    label = "reports"
