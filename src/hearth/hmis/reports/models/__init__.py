from hearth.hmis.reports.models.run import ReportRun, ReportState

__all__ = ["ReportRun", "ReportState"]
