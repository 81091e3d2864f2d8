from django.apps import AppConfig


class ConsentConfig(AppConfig):
    name = "hearth.hmis.consent"
    label = "consent"

    def ready(self) -> None:
        from hearth.hmis.audit import subjects
        from hearth.hmis.consent import named

        subjects.hand_in("consentdocument", named.documents)
