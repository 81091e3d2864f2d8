from django.apps import AppConfig


class EnrollmentsConfig(AppConfig):
    name = "hearth.hmis.enrollments"
    label = "enrollments"

    def ready(self) -> None:
        from hearth.hmis.access.permissions import Permission
        from hearth.hmis.audit import subjects
        from hearth.hmis.clients import beside, page
        from hearth.hmis.enrollments import exiting, latest, named, timeline
        from hearth.hmis.enrollments.drafts import actions, kinds
        from hearth.hmis.enrollments.household import moving
        from hearth.hmis.enrollments.models import Draft
        from hearth.hmis.enrollments.stages import resumed
        from hearth.hmis.enrollments.start import choose
        from hearth.hmis.jobs import nightly

        kinds.register(kinds.Kind(Draft.Kind.START, choose.address, choose.is_open))
        kinds.register(kinds.Kind(Draft.Kind.EXIT, exiting.address, exiting.is_open))
        for stage in (Draft.Kind.UPDATE, Draft.Kind.ANNUAL, Draft.Kind.POST_EXIT):
            kinds.register(kinds.Kind(stage, resumed.address_of_stage, resumed.is_open))
        kinds.register(kinds.Kind(Draft.Kind.OCCURRENCE, resumed.address_of_point, resumed.is_open))
        nightly.register(
            nightly.Duty("drafts_old", "Remove drafts in which nobody has typed for long", actions.remove_old)
        )
        nightly.register(
            nightly.Duty("former_clients", "Forget from whom enrollments were moved", moving.forget)
        )
        page.add(
            page.Part(
                "enrollments",
                "enrollments/parts/of_client.html",
                Permission.ENROLLMENT_VIEW,
                timeline.of_client,
                side="enrollments/parts/together.html",
                top="enrollments/parts/now.html",
                beside_identity="enrollments/parts/service.html",
            )
        )
        beside.hand_in(latest.beside)
        subjects.hand_in("enrollment", named.enrollments)
