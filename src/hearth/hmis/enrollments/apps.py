from django.apps import AppConfig


class EnrollmentsConfig(AppConfig):
    name = "hearth.hmis.enrollments"
    label = "enrollments"
