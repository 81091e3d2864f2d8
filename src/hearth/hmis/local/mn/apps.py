"""Minnesota: what is different in one state, as data."""

from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class MinnesotaConfig(AppConfig):
    name = "hearth.hmis.local.mn"
    label = "local_mn"

    def ready(self) -> None:
        from hearth.hmis.local.mn import reading
        from hearth.hmis.organizations.map import geography

        geography.register(reading.geography)
        # Regions are facts, not entries: every migrated database has them, in the latest wording.
        post_migrate.connect(_after_migrate, sender=apps.get_app_config("organizations"))


def _after_migrate(*, using: str, plan: list[Any], **_: Any) -> None:
    from hearth.hmis.local.mn.actions import load_regions
    from hearth.hmis.organizations.models import Region

    # Migrating backwards takes the tables away.
    if not any(backwards for _, backwards in plan) and Region._meta.db_table in _tables(using):
        load_regions(by=None)


def _tables(using: str) -> list[str]:
    from django.db import connections

    return connections[using].introspection.table_names()
