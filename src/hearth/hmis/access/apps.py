from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "hearth.hmis.access"
    label = "access"

    def ready(self) -> None:
        from hearth.hmis.access import named
        from hearth.hmis.audit import subjects

        subjects.hand_in("user", named.users)
