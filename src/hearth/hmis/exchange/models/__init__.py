from hearth.hmis.exchange.models.runs import ENDED, SILENT_SECONDS, ExportRun, ImportRun, Run, RunState

__all__ = ["ENDED", "SILENT_SECONDS", "ExportRun", "ImportRun", "Run", "RunState"]
