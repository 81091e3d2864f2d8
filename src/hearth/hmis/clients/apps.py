from django.apps import AppConfig


class ClientsConfig(AppConfig):
    name = "hearth.hmis.clients"
    label = "clients"
