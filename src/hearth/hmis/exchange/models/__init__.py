from hearth.hmis.exchange.models.runs import ENDED, ExportRun, ImportRun, Run, RunState

__all__ = ["ENDED", "ExportRun", "ImportRun", "Run", "RunState"]
