"""Why an import did not happen, as one sentence and one remedy. Nothing was written."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors

from hearth.hmis.exchange.models import RunState
from hearth.reporting.runtime.engine import Cancelled, EngineError, OutOfMemory, said_disk_full
from hearth.reporting.sources import SourceFault

NOTHING_WRITTEN = "Nothing was imported."


class Ended(Exception):
    """The run ends here without having written anything; `state` says as what."""

    state = RunState.FAILED

    def __init__(self, sentence: str, remedy: str = "") -> None:
        self.message = " ".join(part for part in (sentence, remedy) if part)
        super().__init__(self.message)


class Refused(Ended):
    """The file, or what was asked, must be put right first."""

    state = RunState.REFUSED


class CalledOff(Ended):
    """Somebody cancelled it."""

    state = RunState.CANCELLED


def refusal(stopping: list[tuple[str, str]]) -> Refused:
    """From (sentence, remedy) of everything that stops an import: the first, and how many more."""
    sentence, remedy = stopping[0]
    others = len(stopping) - 1
    if others:
        more = "One more fault stops it" if others == 1 else f"{others} more faults stop it"
        remedy = f"{remedy} {more} too: see the list of findings."
    return Refused(sentence, f"{remedy} {NOTHING_WRITTEN}")


@contextmanager
def explained() -> Iterator[None]:
    """Turn what may go wrong on the way into an `Ended` with a sentence for the person who waits."""
    try:
        yield
    except Ended:
        raise
    except SourceFault as fault:
        raise Ended(str(fault), _once(str(fault))) from fault
    except Cancelled as error:
        raise CalledOff("The import was cancelled.", NOTHING_WRITTEN) from error
    except OutOfMemory as error:
        raise Ended(
            "The import needs more memory than it may use.",
            f"Close other programs, or import a shorter period. {NOTHING_WRITTEN}",
        ) from error
    except (EngineError, OSError) as error:
        if not said_disk_full(error):
            raise
        raise Ended(
            "The disk is full: there is no room left to work on the export.",
            f"Free some space and start again. {NOTHING_WRITTEN}",
        ) from error
    except errors.QueryCanceled as error:
        raise CalledOff("The import was cancelled.", NOTHING_WRITTEN) from error
    except (errors.DiskFull, errors.OutOfMemory) as error:
        raise Ended(
            "The database has no room left on its disk.",
            f"Free some space and start again. {NOTHING_WRITTEN}",
        ) from error
    except (errors.DeadlockDetected, errors.LockNotAvailable) as error:
        raise Ended(
            "Somebody changed the same records at the same moment.",
            f"Start the import again. {NOTHING_WRITTEN}",
        ) from error
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        raise Ended(
            "The database went away while the import was at work.",
            "It was stopped, or its disk is full. See that it runs (`hearth db status`) and has room, "
            f"and start again. {NOTHING_WRITTEN}",
        ) from error


def _once(said: str) -> str:
    return "" if NOTHING_WRITTEN in said else NOTHING_WRITTEN
