"""Why a report was not made, as one sentence and one remedy. Nothing of it is left."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from django.db import DatabaseError

from hearth.hmis.reports.models import ReportState
from hearth.hmis.reports.request import RequestError
from hearth.reporting.outputs.archive import OutputError
from hearth.reporting.reports.lsa.wish import ReportRefused
from hearth.reporting.runtime.engine import Cancelled, EngineError, OutOfMemory, said_disk_full
from hearth.reporting.runtime.run import StepFailed
from hearth.reporting.sources import SourceFault
from hearth.reporting.sources.snapshot import SnapshotError

log = structlog.get_logger(__name__)


class Ended(Exception):
    """The run ends here without a result; `state` says as what."""

    state = ReportState.FAILED

    def __init__(self, sentence: str, remedy: str = "") -> None:
        self.message = " ".join(part for part in (sentence, remedy) if part)
        super().__init__(self.message)


class NotPossible(Ended):
    """What was asked, or the records, must be put right first."""

    state = ReportState.REFUSED


class CalledOff(Ended):
    """Somebody cancelled it."""

    state = ReportState.CANCELLED


@contextmanager
def explained() -> Iterator[None]:
    """Turn what may go wrong on the way into an `Ended` with a sentence for the person who waits."""
    try:
        yield
    except Cancelled as error:
        raise CalledOff("The report was cancelled.") from error
    except (RequestError, ReportRefused) as error:
        raise NotPossible(str(error)) from error
    except OutOfMemory as error:
        raise Ended(
            "The report needs more memory than it may use.",
            "Ask an administrator to raise HEARTH_REPORT_MEMORY, or choose a shorter time.",
        ) from error
    except (SourceFault, OutputError, SnapshotError) as error:
        raise Ended(str(error)) from error
    except (StepFailed, EngineError, OSError) as error:
        if said_disk_full(error) or (error.__cause__ is not None and said_disk_full(error.__cause__)):
            raise Ended(
                "The disk is full: there is no room left to work on the report.",
                "Make room and start it again.",
            ) from error
        log.exception("report_failed")
        said = str(error) if isinstance(error, StepFailed) else "The disk or the engine did not answer."
        raise Ended(said, "An administrator finds the cause in the log of the worker.") from error
    except DatabaseError as error:
        log.exception("report_failed")
        raise Ended(
            "The database went away while the report was made.", "See that it runs, and start it again."
        ) from error
