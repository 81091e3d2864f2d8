from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "hearth.hmis.organizations"
    label = "organizations"

    def ready(self) -> None:
        from hearth.hmis.audit import subjects
        from hearth.hmis.organizations import named

        subjects.hand_in("organization", named.organizations)
