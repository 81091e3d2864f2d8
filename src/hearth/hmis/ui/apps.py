from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "hearth.hmis.ui"
    label = "ui"
