from django.apps import AppConfig


class ClientsConfig(AppConfig):
    name = "hearth.hmis.clients"
    label = "clients"

    def ready(self) -> None:
        from hearth.hmis.audit import subjects
        from hearth.hmis.clients import named

        subjects.hand_in("client", named.clients)
