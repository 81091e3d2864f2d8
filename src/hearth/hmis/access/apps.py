from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "hearth.hmis.access"
    label = "access"

    def ready(self) -> None:
        from hearth.hmis.access import sign_in_log  # noqa: F401  (connects the signals)
