from typing import Any

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "hearth.hmis.reports"
    label = "reports"

    def ready(self) -> None:
        from django.apps import apps
        from django.db.models.signals import post_migrate

        from hearth.hmis.audit import subjects
        from hearth.hmis.jobs import kinds
        from hearth.hmis.reports import named
        from hearth.hmis.reports.job import KIND

        kinds.register(KIND)
        subjects.hand_in("reportrun", named.reports)
        subjects.number_names.update(figure=named.figure, flag=named.flag)
        # Sent once for every application with models, after the migrations of all.
        post_migrate.connect(_grant, sender=apps.get_app_config("access"))


def _grant(using: str, **signal: Any) -> None:
    from hearth.hmis.reports.rights import grant_reading

    grant_reading(using)
