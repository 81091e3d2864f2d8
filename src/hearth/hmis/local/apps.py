"""What a state or a community asks beside HUD's elements."""

from django.apps import AppConfig


class LocalConfig(AppConfig):
    name = "hearth.hmis.local"
    label = "local"

    def ready(self) -> None:
        from hearth.hmis.enrollments import further
        from hearth.hmis.local import beside

        further.register(beside.LocalFurther())
