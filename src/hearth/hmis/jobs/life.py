"""One attempt at a run: from its beginning to its outcome, the same for every kind."""

from collections.abc import Callable
from typing import Any, TypeVar

import structlog
from django.db import transaction
from django.db.models.functions import Now

from hearth.hmis.jobs import kinds, outcome
from hearth.hmis.jobs.failures import explained
from hearth.hmis.jobs.heartbeat import Heartbeat
from hearth.hmis.jobs.kinds import Kind
from hearth.hmis.jobs.models import ATTEMPTS, Run
from hearth.hmis.jobs.outcome import CalledOff, Outcome, TakenOver

log = structlog.get_logger(__name__)

#: For how many seconds a worker waits for a database that is away, to write down how a run ended. A person
#: at a terminal is not kept waiting as long.
WORKER_PATIENCE, COMMAND_PATIENCE = 120.0, 5.0

R = TypeVar("R", bound=Run)


def perform(
    run: R,
    heartbeat: Heartbeat,
    work: Callable[[], dict[str, Any] | None],
    *,
    patience: float = COMMAND_PATIENCE,
) -> R:
    """Make one attempt at `run` and return it as it ended.

    `work` returns what the finished run gets beside its state, or None where it wrote that itself, in its own
    transaction. Never raises for what a file, a disk or a database may do, nor for a fault in Hearth: the
    run's state and message say it. Ctrl-C in the main thread cancels.
    """
    kind = kinds.of(run)
    try:
        with explained(kind, run.pk):
            if not begin(run, kind, patience):
                return run
    except Outcome as error:
        finish_without(run, kind, error, patience)
        return run
    end: Outcome | None = None
    fields: dict[str, Any] | None = None
    try:
        with explained(kind, run.pk), heartbeat:
            try:
                fields = work()
            except Exception as error:
                heartbeat.explain(error)
                raise
    except TakenOver:
        log.warning("run_taken_over", kind=kind.noun, run=run.pk, attempt=run.attempts)
        run.refresh_from_db()
        return run
    except Outcome as error:
        end = error
    except KeyboardInterrupt:
        end = CalledOff(f"The {kind.noun} was cancelled.", kind.nothing)
    if end is not None:
        finish_without(run, kind, end, patience)
    elif fields is not None:
        outcome.write(run, kind, {"state": "finished", "message": "", **fields}, patience)
    else:
        run.refresh_from_db()
    return run


def begin(run: Run, kind: Kind, patience: float = COMMAND_PATIENCE) -> bool:
    """Count one more attempt. False where the run has ended already, or ends now because it was begun often
    enough or cancelled."""
    with transaction.atomic():
        stored = kind.model.objects.select_for_update().get(pk=run.pk)
        if not stored.has_ended and not stored.cancel_requested and stored.attempts < ATTEMPTS:
            kind.model.objects.filter(pk=run.pk).update(
                state=kind.first_state, attempts=stored.attempts + 1, started_at=Now(), heartbeat_at=Now(),
                message="", progress={},
            )  # fmt: skip
            stored = None
    run.refresh_from_db()
    if stored is None:
        return True
    if stored.cancel_requested and not stored.has_ended:
        finish_without(run, kind, CalledOff(f"The {kind.noun} was cancelled.", kind.nothing), patience)
    elif not stored.has_ended:
        finish_without(run, kind, begun_too_often(kind), patience)
    return False


def begun_too_often(kind: Kind) -> Outcome:
    """The end of a run whose worker died every time."""
    return Outcome(
        f"The {kind.noun} was begun {ATTEMPTS} times, and each time the worker was stopped.",
        f"{kind.nothing} Ask an administrator to look at the worker's memory and log.",
    )


def finish_without(run: Run, kind: Kind, end: Outcome, patience: float) -> None:
    """Write the end of a run that has no result, and remove the files that it must not leave."""
    if outcome.write(run, kind, {"state": end.state, "message": end.message, **_kept(run)}, patience):
        kind.tidy(run)
    log.info("run_ended", kind=kind.noun, run=run.pk, state=str(end.state))


def _kept(run: Run) -> dict[str, Any]:
    """What an attempt has found out of its file before it ended."""
    return {name: getattr(run, name) for name in run.found_on_the_way}
