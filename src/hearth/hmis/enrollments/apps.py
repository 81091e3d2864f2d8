from django.apps import AppConfig


class EnrollmentsConfig(AppConfig):
    name = "hearth.hmis.enrollments"
    label = "enrollments"

    def ready(self) -> None:
        from hearth.hmis.access.permissions import Permission
        from hearth.hmis.audit import subjects
        from hearth.hmis.clients import beside, page
        from hearth.hmis.enrollments import latest, named, timeline

        page.add(
            page.Part(
                "enrollments",
                "enrollments/parts/of_client.html",
                Permission.ENROLLMENT_VIEW,
                timeline.of_client,
                side="enrollments/parts/together.html",
            )
        )
        beside.hand_in(latest.beside)
        subjects.hand_in("enrollment", named.enrollments)
