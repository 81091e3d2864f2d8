"""How a job tells the world that it lives: progress, heartbeat, and whether it was cancelled.

A thread writes the run's row once a second over a connection of its own, and reads there whether
somebody asked to cancel. Cancelling interrupts whatever statement runs, and the next `check` raises
`Cancelled`.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import structlog
from django.db import DatabaseError, connection
from django.db.models.functions import Now

from hearth.hmis.jobs.models import ENDED, Run
from hearth.reporting.runtime.engine import Cancelled

log = structlog.get_logger(__name__)

BEAT_SECONDS = 1.0


class Pulse:
    """Base: a context manager around the work on one run. A kind of run says its `state` and `progress`.

    `show` is called with the progress about every beat, in the beat's thread: the terminal's bar.
    """

    def __init__(self, run: Run, show: Callable[[dict[str, Any]], None] | None = None) -> None:
        self.run, self.show = run, show
        self.cancelled = False
        self._interrupts: list[Callable[[], None]] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="hearth-pulse", daemon=True)

    @property
    def state(self) -> str:
        """The state that the run's row gets."""
        raise NotImplementedError

    def progress(self) -> dict[str, Any]:
        """What the run's row and the terminal show."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """No beat after this: the row is the caller's alone."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def cancel(self) -> None:
        """Interrupt what runs, and refuse to go on."""
        self.cancelled = True
        for interrupt in list(self._interrupts):
            with suppress(Exception):  # what is over already cannot be interrupted, and need not be
                interrupt()

    def on_cancel(self, interrupt: Callable[[], None]) -> None:
        """Call this when the run is cancelled."""
        self._interrupts.append(interrupt)

    def check(self) -> None:
        """Raise `Cancelled` where somebody asked to stop."""
        if self.cancelled:
            raise Cancelled

    def _beat(self) -> None:
        try:
            while not self._stop.wait(BEAT_SECONDS):
                state, progress = self.state, self.progress()
                if self.show is not None:
                    self.show(progress)
                self._write(state, progress)
        finally:
            connection.close()

    def _write(self, state: str, progress: dict[str, Any]) -> None:
        try:
            rows = type(self.run).objects.filter(pk=self.run.pk)
            rows.exclude(state__in=ENDED).update(state=state, progress=progress, heartbeat_at=Now())
            if not self.cancelled and rows.filter(cancel_requested=True).exists():
                self.cancel()
        except DatabaseError:
            # The job itself will find out; a beat that was missed is no reason to stop.
            log.warning("beat_missed", run=str(self.run))
            connection.close()
