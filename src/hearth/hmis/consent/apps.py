from django.apps import AppConfig


class ConsentConfig(AppConfig):
    name = "hearth.hmis.consent"
    label = "consent"

    def ready(self) -> None:
        from hearth.hmis.access.permissions import Permission
        from hearth.hmis.audit import subjects
        from hearth.hmis.clients import page
        from hearth.hmis.consent import named, sealed_files
        from hearth.hmis.jobs import nightly

        subjects.hand_in("consentdocument", named.documents)
        subjects.hand_in("sealedfile", named.files)
        page.add(
            page.Part(
                "papers", "consent/parts/of_client.html", Permission.CLIENT_VIEW, lambda user, client: {}
            )
        )
        nightly.register(
            nightly.Duty("sealed_files", "Remove sealed files that no record knows of", sealed_files.sweep)
        )
