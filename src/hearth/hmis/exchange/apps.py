from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "hearth.hmis.exchange"
    label = "exchange"

    def ready(self) -> None:
        from hearth.hmis.audit import came_from, subjects
        from hearth.hmis.exchange import named
        from hearth.hmis.exchange.exporting import job as exporting
        from hearth.hmis.exchange.importing import job as importing
        from hearth.hmis.jobs import kinds

        kinds.register(importing.KIND)
        kinds.register(exporting.KIND)
        subjects.hand_in("importrun", named.imports)
        came_from.hand_in(named.imports_that_wrote)
        subjects.hand_in("exportrun", named.exports)
