"""Queuing and cancelling runs. Each action is one transaction; the work itself is `life`."""

from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from hearth.hmis.access.models import User
from hearth.hmis.jobs import kinds, queue
from hearth.hmis.jobs.kinds import Kind
from hearth.hmis.jobs.models import ENDED, QUEUED, Run


@transaction.atomic
def start_run(*, by: User, kind: Kind, **fields: Any) -> Any:
    """A run that this process is about to perform, or that is given to a worker next."""
    return kind.model.objects.create(created_by=by, heartbeat_at=Now(), **fields)


@transaction.atomic
def give_to_worker(*, by: User, run: Run, **fields: Any) -> None:
    """Queue the job of a run; it starts when this transaction is committed."""
    kind = kinds.of(run)
    run.job = queue.add(kind.task, run.pk)
    kind.model.objects.restrict(by).filter(pk=run.pk).update(job=run.job, heartbeat_at=Now(), **fields)


@transaction.atomic
def cancel_run(*, by: User, run: Run) -> None:
    """Ask a run to stop; one that has not begun ends at once. One that has ended stays as it is."""
    kind = kinds.of(run)
    runs = kind.model.objects.restrict(by).filter(pk=run.pk)
    if runs.filter(state=QUEUED).update(
        state="cancelled",
        message=f"The {kind.noun} was cancelled before it began. {kind.nothing}",
        finished_at=Now(),
    ):
        transaction.on_commit(lambda: kind.tidy(run))
    else:
        runs.exclude(state__in=ENDED).update(cancel_requested=True)
