"""How a run ends without a result, in words; and writing down the end of any run."""

import time
from typing import Any

import structlog
from django.db import Error, connection
from django.db.models.functions import Now

from hearth.hmis.access.context import acting
from hearth.hmis.jobs.kinds import Kind
from hearth.hmis.jobs.models import ENDED, Run

log = structlog.get_logger(__name__)


class Outcome(Exception):
    """The run ends here without a result; `state` says as what, `message` why and what to do."""

    state = "failed"

    def __init__(self, sentence: str, remedy: str = "") -> None:
        self.message = " ".join(part for part in (sentence, remedy) if part)
        super().__init__(self.message)


class Refused(Outcome):
    """The file, the records, or what was asked, must be put right first."""

    state = "refused"


class CalledOff(Outcome):
    """Somebody cancelled it."""

    state = "cancelled"


class TakenOver(Exception):
    """The run has ended, or another attempt at it has begun: this one writes nothing any more."""


def write(run: Run, kind: Kind, fields: dict[str, Any], patience: float) -> bool:
    """Write the end of a run, and wait up to `patience` seconds for a database that is away.

    False where it could not be written, or where this attempt was over already; `run` then has what the
    database says, as far as it answers.
    """
    deadline = time.monotonic() + patience
    while True:
        try:
            return _write(run, kind, fields)
        except Error:
            connection.close()
            if time.monotonic() > deadline:
                for name, value in fields.items():
                    setattr(run, name, value)
                log.warning("outcome_not_written", kind=kind.noun, run=run.pk)
                return False
            time.sleep(0.5)


def _write(run: Run, kind: Kind, fields: dict[str, Any]) -> bool:
    with acting(run.created_by):
        # A commit may have gone through although its answer was lost: then it ended.
        mine = kind.model.objects.filter(pk=run.pk, attempts=run.attempts).exclude(state__in=ENDED)
        written = bool(mine.update(finished_at=Now(), heartbeat_at=Now(), **fields))
        run.refresh_from_db()
        if written and run.state != "finished":
            kind.ended(run)
    return written
