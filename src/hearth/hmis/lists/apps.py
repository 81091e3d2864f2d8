from django.apps import AppConfig


class ListsConfig(AppConfig):
    name = "hearth.hmis.lists"
    label = "lists"
