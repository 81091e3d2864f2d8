"""How an import tells the world that it lives: progress, heartbeat, and whether it was cancelled.

The import counts into a `Pulse`; a thread of it writes the run's row once a second over a connection of
its own, and reads there whether somebody asked to cancel. Cancelling interrupts whatever statement runs,
and the next count raises `Cancelled`.
"""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any

import structlog
from django.db import DatabaseError, connection
from django.db.models.functions import Now

from hearth.hmis.exchange.models import ENDED, ImportRun, RunState
from hearth.reporting.runtime.engine import Cancelled

log = structlog.get_logger(__name__)

BEAT_SECONDS = 1.0
#: When the parts of an import begin, as shares of the whole time, measured on five million rows.
_SPANS = {
    "open": (0.00, 0.10),
    "read": (0.10, 0.32),
    "upgrade": (0.32, 0.36),
    "check": (0.36, 0.46),
    "match": (0.46, 0.48),
    "write": (0.48, 1.00),
}
_STATES = {
    "open": RunState.OPENING,
    "read": RunState.STAGING,
    "upgrade": RunState.STAGING,
    "check": RunState.STAGING,
    "match": RunState.MATCHING,
    "write": RunState.WRITING,
}


class Pulse:
    """Context manager around the work on one run; also a `Progress` of the report engine's sources.

    `show` is called with the progress about every beat, in the beat's thread: the terminal's bar.
    """

    def __init__(self, run: ImportRun, show: Callable[[dict[str, Any]], None] | None = None) -> None:
        self.run, self.show = run, show
        self.cancelled = False
        self._part, self._file = "open", ""
        self._done = self._total = 0
        self._share = 0.0
        self._began = self._part_began = time.monotonic()
        self._interrupts: list[Callable[[], None]] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="hearth-pulse", daemon=True)

    def __enter__(self) -> "Pulse":
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

    # ------------------------------------------------------------------ counting

    def begin(self, part: str, rows_total: int = 0) -> None:
        """A part of the work begins: open, read, upgrade, check, match or write."""
        self.check()
        self._part, self._file, self._done, self._total = part, "", 0, rows_total
        self._share, self._part_began = 0.0, time.monotonic()

    def file(self, name: str) -> None:
        """The file that is worked on now."""
        self._file = name

    def add(self, rows: int) -> None:
        """So many more rows are done."""
        self.check()
        self._done += rows
        if self._total:
            self._share = min(1.0, self._done / self._total)

    def __call__(
        self, stage: str, file: str, rows_done: int, rows_total: int, bytes_done: int, bytes_total: int
    ) -> None:
        if stage != self._part:
            self.begin(stage, rows_total)
        self.check()
        self._file, self._done, self._total = file, rows_done, rows_total
        if bytes_total or rows_total:
            self._share = min(1.0, bytes_done / bytes_total if bytes_total else rows_done / rows_total)

    @property
    def state(self) -> RunState:
        return _STATES[self._part]

    def progress(self) -> dict[str, Any]:
        """What the run's row and the terminal show."""
        now = time.monotonic()
        start, end = _SPANS[self._part]
        share = start + (end - start) * self._share
        in_part, in_all = now - self._part_began, now - self._began
        return {
            "stage": str(self.state),
            "file": self._file,
            "rows_done": self._done,
            "rows_total": self._total,
            "rows_per_second": round(self._done / in_part) if in_part > 0.5 else 0,
            "seconds_left": round(in_all * (1 - share) / share) if share > 0.02 and in_all > 2 else None,
            "share": round(share, 3),
        }

    # ------------------------------------------------------------------ the thread

    def _beat(self) -> None:
        try:
            while not self._stop.wait(BEAT_SECONDS):
                progress = self.progress()
                if self.show is not None:
                    self.show(progress)
                self._write(progress)
        finally:
            connection.close()

    def _write(self, progress: dict[str, Any]) -> None:
        try:
            rows = ImportRun.objects.filter(pk=self.run.pk)
            rows.exclude(state__in=ENDED).update(
                state=progress["stage"], progress=progress, heartbeat_at=Now()
            )
            if not self.cancelled and rows.filter(cancel_requested=True).exists():
                self.cancel()
        except DatabaseError:
            # The import itself will find out; a beat that was missed is no reason to stop.
            log.warning("import_beat_missed", run=self.run.pk)
            connection.close()
