from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "hearth.hmis.accounts"
    label = "accounts"

    def ready(self) -> None:
        # They connect the signals of sign-in.
        from hearth.hmis.accounts import due, known_device, second_factor, sign_in_log  # noqa: F401  # they listen
        from hearth.hmis.accounts.people.unused import lock_unused
        from hearth.hmis.accounts.sessions import remove_ended
        from hearth.hmis.jobs import nightly

        nightly.register(nightly.Duty("ended_sessions", "Remove sessions that have ended", remove_ended))
        nightly.register(
            nightly.Duty(
                "unused_accounts", "Lock accounts that nobody signs in with, and warn before", lock_unused
            )
        )
