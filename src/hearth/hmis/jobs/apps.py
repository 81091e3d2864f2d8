from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "hearth.hmis.jobs"
    label = "jobs"

    def ready(self) -> None:
        from hearth.hmis.jobs import beside, nightly
        from hearth.hmis.jobs.clearing import clear_away

        beside.register("nightly", nightly.run_due, seconds=60)
        nightly.register(
            nightly.Duty("files", "Remove files of runs that are kept no longer, and leftovers", clear_away)
        )
