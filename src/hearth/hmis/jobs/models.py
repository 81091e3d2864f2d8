"""What an application keeps of a job: what was asked, how far it is, how it ended.

Imports, exports and reports are runs, each with a table of its own (`kinds`). Their life is written once:
`actions` queues and cancels, `life` makes one attempt, `heartbeat` says that it lives and how far it is,
`failures` puts into words what went wrong, `sweep` finds runs that nobody works on any more, and `rights`
says who may still open what a run made. A run holds counts, checks and
sentences, never client data, so that it has no row-level security; only whoever started it and system
administrators see it (`OwnRuns`). Its files lie in `Home.files`.
"""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from hearth.hmis.access.row_policies import EVERYTHING, NOTHING, RestrictedModel, RowPolicy, Viewer

#: The state of a run that nobody works on yet. States are stored and never change.
QUEUED = "queued"
#: States in which nobody works on a run any more, the same for every kind; one that is "asking" goes on when
#: its question is answered.
ENDED = frozenset({"finished", "refused", "failed", "cancelled", "asking"})
#: A process that works on a run says every second that it lives; after so long it is dead.
SILENT_SECONDS = 60
#: How often a run is begun: one that makes the worker die must not do so for ever.
ATTEMPTS = 3


class OwnRuns(RowPolicy):
    """A run is seen by whoever started it and by system administrators; workers, for whom nobody acts, bring
    all runs to their end. The database lets auditors read what a run was, for the access log."""

    writes = removes = (
        "(SELECT hearth_user_id()) IS NULL OR created_by_id = (SELECT hearth_user_id())"
        " OR (SELECT hearth_everywhere('enrollment_view'))"
    )
    reads = f"{writes} OR (SELECT hearth_everywhere('access_log_view'))"

    @staticmethod
    def visible(user: Viewer) -> Q:
        if not user.is_active:
            return NOTHING
        return EVERYTHING if user.sees_all else Q(created_by=user)


class OwnImports(OwnRuns):
    """What an import was called is told in the history of what it brought."""

    reads = f"{OwnRuns.reads} OR (SELECT hearth_somewhere('enrollment_view'))"


class Run(RestrictedModel):
    """Base of imports, exports and reports; each names the states it goes through.

    `progress`: how far it is, as the pages of that kind show it. `file`: where the uploaded or written
    file lies, relative to `Home.files`; blank where the file is not kept there. `message`: one or two
    sentences for the person who started it, without client data. `heartbeat_at`: when the process that
    works on it last said so; long ago means that it died. `attempts`: how often it was begun; whoever began
    an earlier attempt writes nothing any more. `job`: the worker's job, none where a command does the work.
    """

    row_policy = OwnRuns
    #: Fields that an attempt finds out before its end, kept also where it has no result.
    found_on_the_way: ClassVar[tuple[str, ...]] = ("parameters",)
    history_free: ClassVar[bool] = True  # a run is itself the record of what happened

    state = models.TextField(default=QUEUED, db_default=QUEUED)
    file_name = models.TextField(blank=True, help_text="As the person named it, without folders")
    file = models.TextField(blank=True, editable=False)
    file_bytes = models.BigIntegerField(null=True, editable=False)
    sha256 = models.TextField(blank=True, editable=False)
    year = models.IntegerField(null=True, help_text="HUD fiscal year of the format")
    parameters = models.JSONField(default=dict, editable=False)

    progress = models.JSONField(default=dict, editable=False)
    counts = models.JSONField(default=dict, editable=False)
    message = models.TextField(blank=True, editable=False)
    cancel_requested = models.BooleanField(default=False, db_default=False, editable=False)

    attempts = models.IntegerField(default=0, db_default=0, editable=False)
    job = models.BigIntegerField(null=True, editable=False)
    heartbeat_at = models.DateTimeField(null=True, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )

    class Meta:
        abstract = True
        ordering = ("-id",)

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in ENDED

    def is_open_to(self, user: Viewer) -> bool | None:
        """Whether it is open to whoever sees it, where a kind of run says so itself; else what it was made of
        decides (`rights`)."""
        return None

    @property
    def is_silent(self) -> bool:
        """Whether whoever works on it has not said for a while that they live."""
        last_sign = self.heartbeat_at or self.created_at
        return (timezone.now() - last_sign).total_seconds() > SILENT_SECONDS


class NightlyDuty(models.Model):
    """One duty of one night (`nightly`), and how it went."""

    history_free: ClassVar[bool] = True  # the row itself says how it went

    class State(models.TextChoices):
        """Values are stored and never change."""

        RUNNING = "running", "At work"
        FINISHED = "finished", "Done"
        FAILED = "failed", "Failed"

    night = models.DateField()
    name = models.TextField()
    state = models.TextField(choices=State.choices, default=State.RUNNING)
    attempts = models.IntegerField(default=0)
    message = models.TextField(blank=True)
    began_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-night", "id")
        constraints = [models.UniqueConstraint(fields=["night", "name"], name="nightly_duty_once")]

    def __str__(self) -> str:
        return f"{self.name}, night of {self.night}"

    @property
    def is_over(self) -> bool:
        """Whether nothing more is tried this night."""
        return self.state == self.State.FINISHED or (
            self.state == self.State.FAILED and self.attempts >= ATTEMPTS
        )


class OwnUse(RowPolicy):
    """What a run of one's own used; workers write it in the name of whoever asked."""

    reads = "user_id = (SELECT hearth_user_id()) OR (SELECT hearth_everywhere('enrollment_view'))"
    writes = removes = "user_id = (SELECT hearth_user_id())"

    @staticmethod
    def visible(user: Viewer) -> Q:
        return EVERYTHING if user.sees_all else Q(user_id=user.pk)


class SharedUse(RestrictedModel):
    """The enrollments of other projects in what a run made, which their clients shared with whoever asked.

    Where one of them is closed to that person meanwhile, what was made is closed to them, too (`rights`).
    """

    row_policy = OwnUse
    history_free: ClassVar[bool] = True  # what a run found, once

    kind = models.TextField(help_text="The run's table")
    run_id = models.BigIntegerField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    enrollments = ArrayField(models.BigIntegerField())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "run_id"], name="shared_use_once")]

    def __str__(self) -> str:
        return f"{len(self.enrollments)} shared enrollments in {self.kind} {self.run_id}"
