"""One report as a job (see `jobs.models`)."""

from django.db import models
from django.db.models import Q

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.jobs.models import QUEUED, Run
from hearth.hmis.reports.scope import holds


class ReportState(models.TextChoices):
    """How far a report is. Values are stored and never change."""

    QUEUED = "queued", "Waiting"
    READING = "reading", "Reading the records"
    CALCULATING = "calculating", "Calculating"
    CHECKING = "checking", "Checking the result"
    FINISHED = "finished", "Finished"
    REFUSED = "refused", "Not possible"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


class ReportRun(Run):
    """One report that somebody asked for.

    `report`: its code in the catalog. `parameters`: {"coc", "start", "end", "projects": our ids,
    "made_with": rights it was made with; "of_grant": the grant in whose scope it is made of everything,
    where it is}. `progress`: {"stage", "number", "of", "step", "section",
    "share"}. `counts`: {file of the upload: rows}. `result`: figures, data quality, flags and seconds
    of each step, all counts; kept when the files are gone. `file`: the folder of the result,
    relative to `Home.files`; the tables of people in it are removed after REPORT_KEPT_DAYS.
    """

    report = models.TextField(help_text="Its code in the catalog")
    state = models.TextField(choices=ReportState.choices, default=QUEUED, db_default=QUEUED)
    result = models.JSONField(default=dict, editable=False)

    class Meta(Run.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ReportState.values), name="reportrun_state_known")
        ]

    def __str__(self) -> str:
        return f"Report {self.pk}"

    @property
    def of_grant(self) -> int | None:
        """The grant in whose scope it is made of everything, figures alone; None: of what its asker sees."""
        found: int | None = self.parameters.get("of_grant")
        return found

    def is_open_to(self, user: User) -> bool | None:
        """A run of everything in a scope: to its asker as long as they may have such runs there."""
        if self.of_grant is None:
            return None
        return user.sees_all or (
            self.created_by_id == user.pk and holds(user, self.of_grant, Permission.REPORT_OF_SCOPE)
        )
