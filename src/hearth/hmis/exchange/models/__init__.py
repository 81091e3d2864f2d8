from hearth.hmis.exchange.models.kept import KeptRecord
from hearth.hmis.exchange.models.runs import ExportRun, ImportRun, RunState
from hearth.hmis.jobs.models import ENDED, SILENT_SECONDS

__all__ = ["ENDED", "SILENT_SECONDS", "ExportRun", "ImportRun", "KeptRecord", "RunState"]
