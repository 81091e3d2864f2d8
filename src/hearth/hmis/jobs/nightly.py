"""What is to be done once a night. Each application registers its duties here when it is loaded.

A night begins at `BEGINS` in the site's time zone and is called by the day that has then begun. Workers look
every minute whether a duty of this night is still to be done, so that a night in which nothing ran is made
up for when the next worker starts. One worker does them, one after the other, in the order of registration,
while it holds a lock that ends with its connection: one that is killed leaves the rest to another.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import psycopg
import structlog
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from hearth.hmis.jobs.models import ATTEMPTS, NightlyDuty
from hearth.server import database

log = structlog.get_logger(__name__)

BEGINS = time(3, 30)
KEPT = timedelta(days=90)
_LOCK = 4_817_260_330  # any number that nothing else locks


@dataclass(frozen=True, slots=True)
class Duty:
    """Something to do every night.

    `name` is stored; `words` say what it does, for the operator. `do()` is not in a transaction, acts for
    nobody, and is safe to begin again where it was left. What it returns, a sentence or None, is kept as its
    outcome, without client data.
    """

    name: str
    words: str
    do: Callable[[], str | None]


_DUTIES: dict[str, Duty] = {}


def register(duty: Duty) -> None:
    """Once for every duty, when its application is loaded."""
    _DUTIES[duty.name] = duty


def duties() -> tuple[Duty, ...]:
    """Every duty there is, in the order in which they are done."""
    return tuple(_DUTIES.values())


def night_of(moment: datetime) -> date:
    """The night that has begun last."""
    here = timezone.localtime(moment)
    return here.date() if here.time() >= BEGINS else here.date() - timedelta(days=1)


def run_due() -> int:
    """Do what is still to be done of this night; how many duties were begun. Safe from several processes."""
    night = night_of(timezone.now())
    if not _to_do(night):
        return 0
    with _alone() as is_mine:
        if not is_mine:
            return 0
        done = 0
        for duty in duties():
            if duty in _to_do(night):  # asked again: another worker may have been quicker
                _perform(night, duty)
                done += 1
        return done


def _to_do(night: date) -> list[Duty]:
    begun = {row.name: row for row in NightlyDuty.objects.filter(night=night)}
    return [duty for duty in duties() if (row := begun.get(duty.name)) is None or not row.is_over]


def _perform(night: date, duty: Duty) -> None:
    row, _ = NightlyDuty.objects.get_or_create(night=night, name=duty.name)
    mine = NightlyDuty.objects.filter(pk=row.pk)
    if row.attempts >= ATTEMPTS:
        mine.update(
            state=NightlyDuty.State.FAILED, ended_at=Now(),
            message=f"It was begun {ATTEMPTS} times, and each time the worker was stopped.",
        )  # fmt: skip
        return
    mine.update(
        state=NightlyDuty.State.RUNNING, attempts=F("attempts") + 1, began_at=Now(), ended_at=None, message=""
    )
    try:
        said = duty.do()
    except Exception:
        reference = secrets.token_hex(4)
        log.exception("nightly_duty_failed", duty=duty.name, reference=reference)
        mine.update(
            state=NightlyDuty.State.FAILED, ended_at=Now(),
            message=f"It stopped because of a fault; the log has it under {reference}.",
        )  # fmt: skip
    else:
        mine.update(state=NightlyDuty.State.FINISHED, ended_at=Now(), message=said or "")
        NightlyDuty.objects.filter(night__lt=night - KEPT).delete()


@contextmanager
def _alone() -> Iterator[bool]:
    """Hold the lock of the night over a connection of its own, within a transaction, as a pooler wants it;
    False where another process has it."""
    with psycopg.connect(database.url("web"), connect_timeout=5) as holder:
        cursor = holder.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        row = cursor.fetchone()
        yield bool(row and row[0])
