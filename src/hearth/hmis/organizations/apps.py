from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "hearth.hmis.organizations"
    label = "organizations"
