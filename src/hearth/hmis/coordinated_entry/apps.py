from django.apps import AppConfig


class CoordinatedEntryConfig(AppConfig):
    name = "hearth.hmis.coordinated_entry"
    label = "coordinated_entry"
