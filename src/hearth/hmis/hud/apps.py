from django.apps import AppConfig


class HudConfig(AppConfig):
    name = "hearth.hmis.hud"
    label = "hud"
