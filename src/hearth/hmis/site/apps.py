from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "hearth.hmis.site"
    label = "site"

    def ready(self) -> None:
        from hearth.hmis.jobs import beside, nightly
        from hearth.hmis.site import mailing

        beside.register("mail", mailing.send_due, seconds=5)
        nightly.register(nightly.Duty("old_mails", "Remove what is kept of old mails", mailing.remove_old))
