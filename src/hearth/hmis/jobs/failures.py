"""What went wrong with a run, as one sentence and one remedy for the person who waits.

Whatever no one foresaw gets a reference, which the log has too; the log never has the text of an exception,
because that may quote a record.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import structlog
from django import db
from psycopg import errors

from hearth.hmis.jobs.kinds import Kind
from hearth.hmis.jobs.outcome import CalledOff, Outcome, Refused, TakenOver
from hearth.reporting.engine import Cancelled, OutOfMemory, is_disk_full
from hearth.reporting.outputs.archive import OutputError
from hearth.reporting.sources import SourceFault

log = structlog.get_logger(__name__)

_TOLD = (SourceFault, OutputError)
_AWAY = (psycopg.OperationalError, psycopg.InterfaceError, db.OperationalError, db.InterfaceError)


@contextmanager
def explained(kind: Kind, run: int) -> Iterator[None]:
    """Turn what may go wrong on the way into an `Outcome`. A failure is logged with its reference."""
    try:
        yield
    except (Outcome, TakenOver):
        raise
    except Exception as error:
        outcome = outcome_of(kind, error)
        if outcome.state == "failed":
            reference = secrets.token_hex(4)
            log.exception("run_failed", kind=kind.noun, run=run, reference=reference)
            outcome = Outcome(outcome.message, f"Reference for your administrator: {reference}.")
        raise outcome from error


def outcome_of(kind: Kind, error: Exception) -> Outcome:
    """The end that an exception means for a run of a kind."""
    causes = _causes(error)

    def is_any(*types: type[BaseException]) -> bool:
        return any(isinstance(cause, types) for cause in causes)

    if isinstance(error, kind.refusals):
        return Refused(str(error), _once(kind, str(error)))
    if is_any(Cancelled, errors.QueryCanceled):
        return CalledOff(f"The {kind.noun} was cancelled.", kind.nothing)
    if is_any(OutOfMemory):
        return Outcome(f"The {kind.noun} needs more memory than it may use.", f"{kind.memory} {kind.nothing}")
    if is_any(errors.DiskFull, errors.OutOfMemory):
        return Outcome(
            "The database has no room left on its disk.",
            f"Free some space and start again. {kind.nothing}",
        )
    if any(is_disk_full(cause) for cause in causes):
        return Outcome(
            f"The disk is full: there is no room left to work on the {kind.noun}.",
            f"Free some space and start again. {kind.nothing}",
        )
    if is_any(errors.DeadlockDetected, errors.LockNotAvailable, errors.SerializationFailure):
        return Outcome(
            "Somebody changed the same records at the same moment.",
            f"Start the {kind.noun} again. {kind.nothing}",
        )
    if isinstance(error, (*_TOLD, *kind.told)):
        return Outcome(str(error), _once(kind, str(error)))
    if is_any(*_AWAY):
        return Outcome(
            f"The database went away while the {kind.noun} was at work.",
            "It was stopped, or its disk is full. See that it runs (`hearth db status`) and has room, "
            f"and start again. {kind.nothing}",
        )
    return Outcome(f"The {kind.noun} stopped because of a fault in Hearth.", kind.nothing)


def _causes(error: BaseException) -> list[BaseException]:
    """The exception and what led to it, nearest first."""
    found: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in found:
        found.append(cause)
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return found


def _once(kind: Kind, said: str) -> str:
    return "" if kind.nothing in said else kind.nothing
