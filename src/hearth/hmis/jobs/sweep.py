"""Runs that nobody works on any more: taken up again, or ended in words.

A process that works on a run says every second that it lives. Where it has been silent for a minute it died,
or lost the database for so long that its job ended without an outcome. What such an attempt still writes is
refused by the number of the attempt, so that taking up again is safe even if it was only slow.
"""

from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob

from hearth.hmis.jobs import queue
from hearth.hmis.jobs.actions import give_to_worker
from hearth.hmis.jobs.kinds import Kind, kinds
from hearth.hmis.jobs.life import COMMAND_PATIENCE, begun_too_often, finish_without
from hearth.hmis.jobs.models import ATTEMPTS, ENDED, QUEUED, SILENT_SECONDS, Run
from hearth.hmis.jobs.outcome import CalledOff, Outcome

log = structlog.get_logger(__name__)


def sweep() -> int:
    """Take up again, or end, every silent run; how many there were. Safe from several processes at once."""
    done = 0
    since = timezone.now() - timedelta(seconds=SILENT_SECONDS)
    for kind in kinds():
        silent = Q(heartbeat_at__lt=since) | Q(heartbeat_at=None, created_at__lt=since)
        for pk in kind.model.objects.exclude(state__in=ENDED).filter(silent).values_list("pk", flat=True):
            done += _look_after(kind, pk, silent)
    return done


def _look_after(kind: Kind, pk: int, silent: Q) -> bool:
    with transaction.atomic():
        rows = kind.model.objects.select_for_update(skip_locked=True, of=("self",)).select_related(
            "created_by"
        )
        run = rows.exclude(state__in=ENDED).filter(silent, pk=pk).first()
        if run is None:  # somebody else looks after it
            return False
        job = ProcrastinateJob.objects.filter(pk=run.job).first() if run.job else None
        if job is not None and (job.status == "todo" or _began_just_now(job.pk)):
            return False
        if job is not None and job.status == "doing":
            queue.end(job.pk)
        end = _end_of(kind, run)
        if end is None:
            kind.model.objects.filter(pk=pk).update(state=QUEUED, progress={})
            give_to_worker(by=run.created_by, run=run)
            log.warning("run_taken_up_again", kind=kind.noun, run=pk, attempt=run.attempts + 1)
        else:
            finish_without(run, kind, end, COMMAND_PATIENCE)
    return True


def _began_just_now(job: int) -> bool:
    """Whether a worker has taken the job so lately that it may not have begun the run yet."""
    began = ProcrastinateEvent.objects.filter(job=job, type="started").aggregate(at=Max("at"))["at"]
    return began is not None and (timezone.now() - began).total_seconds() < SILENT_SECONDS


def _end_of(kind: Kind, run: Run) -> Outcome | None:
    """How a silent run ends; None where it is taken up again."""
    if run.cancel_requested:
        return CalledOff(f"The {kind.noun} was cancelled.", kind.nothing)
    if run.job is None and run.attempts:
        return Outcome("The command that did it was stopped from outside.", kind.nothing)
    if run.job is None:
        return Outcome("It was stopped from outside before it began.", f"{kind.nothing} Start it again.")
    return begun_too_often(kind) if run.attempts >= ATTEMPTS else None
