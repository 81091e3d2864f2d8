from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "hearth.hmis.jobs"
    label = "jobs"
