from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "hearth.hmis.organizations"
    label = "organizations"

    def ready(self) -> None:
        from hearth.hmis.audit import subjects
        from hearth.hmis.organizations import named

        subjects.hand_in("datasource", named.data_sources)
        subjects.hand_in("organization", named.organizations)
        subjects.hand_in("project", named.projects)
        subjects.hand_in("projectgroup", named.project_groups)
