from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "hearth.hmis.access"
    label = "access"

    def ready(self) -> None:
        from hearth.hmis.access import (
            named,
            sign_in_log,  # noqa: F401  (connects the signals)
        )
        from hearth.hmis.access.roles import ROLES
        from hearth.hmis.audit import subjects

        subjects.hand_in("user", named.users)
        subjects.role_names.update({code: role.name for code, role in ROLES.items()})
