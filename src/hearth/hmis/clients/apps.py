from django.apps import AppConfig


class ClientsConfig(AppConfig):
    name = "hearth.hmis.clients"
    label = "clients"

    def ready(self) -> None:
        from hearth.hmis.audit import subjects
        from hearth.hmis.clients import named, restrictions
        from hearth.hmis.jobs import nightly

        nightly.register(
            nightly.Duty(
                "restrictions_over",
                "Clear the marks of restrictions that are over",
                restrictions.clear_those_over,
            )
        )
        subjects.hand_in("client", named.clients)
