"""How the work on a run says that it lives: heartbeat, progress, and whether it was cancelled.

A thread writes the run's row once a second over a connection of its own, and reads there whether
somebody asked to cancel, or another attempt has begun. Either interrupts whatever statement runs, and the
next `check` raises `Cancelled` or `TakenOver`.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import structlog
from django.db import Error, connection
from django.db.models.functions import Now

from hearth.hmis.jobs.models import ENDED, Run
from hearth.hmis.jobs.outcome import TakenOver
from hearth.reporting.engine import Cancelled

log = structlog.get_logger(__name__)

BEAT_SECONDS = 1.0


class Heartbeat:
    """Base: a context manager around the work on one run. A kind of run says its `state` and `progress`.

    `show` is called with the progress about every beat, in the beat's thread: the terminal's bar.
    """

    def __init__(self, run: Run, show: Callable[[dict[str, Any]], None] | None = None) -> None:
        self.run, self.show = run, show
        self.cancelled = self.taken_over = False
        self._interrupts: list[Callable[[], None]] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="hearth-heartbeat", daemon=True)

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
        """No heartbeat after this: the row is the caller's alone."""
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
        """Raise `Cancelled` where somebody asked to stop, `TakenOver` where this attempt is over."""
        if self.taken_over:
            raise TakenOver
        if self.cancelled:
            raise Cancelled

    def explain(self, error: Exception) -> None:
        """Raise `Cancelled` or `TakenOver` where that is behind an exception: what is interrupted fails in
        its own way."""
        try:
            self.check()
        except (Cancelled, TakenOver) as behind:
            raise behind from error

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
            mine = rows.filter(attempts=self.run.attempts).exclude(state__in=ENDED)
            if not mine.update(state=state, progress=progress, heartbeat_at=Now()) and rows.exists():
                self.taken_over = True
                self.cancel()
            elif not self.cancelled and rows.filter(cancel_requested=True).exists():
                self.cancel()
        except Error:
            # The work itself will find out; a beat that was missed is no reason to stop.
            log.warning("heartbeat_missed", run=str(self.run))
            connection.close()
