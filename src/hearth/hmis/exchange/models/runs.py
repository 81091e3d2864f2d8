"""One import or export as a job (see `jobs.models`)."""

from django.db import models
from django.db.models import Q

from hearth.hmis.jobs.models import OwnImports, Run


class RunState(models.TextChoices):
    """How far a run is. Values are stored and never change."""

    QUEUED = "queued", "Waiting"
    OPENING = "opening", "Opening the file"
    CHECKING = "checking", "Checking the structure"
    STAGING = "staging", "Reading and checking values"
    MATCHING = "matching", "Comparing with what is there"
    WRITING = "writing", "Writing"
    FINISHED = "finished", "Finished"
    ASKING = "asking", "Waiting for your answer"
    REFUSED = "refused", "Refused"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


def _state() -> models.TextField:
    return models.TextField(choices=RunState.choices, default=RunState.QUEUED, db_default=RunState.QUEUED)


class ImportRun(Run):
    """One import of an HMIS CSV export.

    `counts`: {file: {"added", "changed", "unchanged", "deleted"}}; deleted counts rows that now carry
    DateDeleted and did not before. `findings_summary`: [{"check", "severity", "file", "column",
    "sentence", "remedy", "count"}]. `findings_file`: the full list as Parquet, relative to `Home.files`.
    `parameters`: {"source": name or "", "is_shared": bool, "folder": name or ""}; `asks`: somebody can be
    asked; `missing`, `newer`, `answered`, `question`, `left`: see `importing.settling`. `progress`: {"stage",
    "file", "rows_done", "rows_total", "rows_per_second", "seconds_left"}.
    """

    row_policy = OwnImports

    found_on_the_way = ("parameters", "findings_summary", "findings_file", "sha256", "year", "file_bytes")
    state = _state()
    data_source = models.ForeignKey(
        "organizations.DataSource", on_delete=models.PROTECT, null=True, related_name="imports"
    )
    findings_summary = models.JSONField(default=list, editable=False)
    findings_file = models.TextField(blank=True, editable=False)

    class Meta(Run.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(state__in=RunState.values), name="importrun_state_known")
        ]

    def __str__(self) -> str:
        return f"Import {self.pk}"


class ExportRun(Run):
    """One export of HMIS CSV. `counts`: {file: rows}. `file`: the zip that was written for a page."""

    state = _state()

    class Meta(Run.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(state__in=RunState.values), name="exportrun_state_known")
        ]

    def __str__(self) -> str:
        return f"Export {self.pk}"
