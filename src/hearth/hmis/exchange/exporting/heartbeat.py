"""How far an export is: its heartbeat (`jobs.heartbeat`) writes that to its run."""

import time
from collections.abc import Callable
from typing import Any

from hearth.hmis.exchange.models import ExportRun, RunState
from hearth.hmis.jobs.heartbeat import Heartbeat


class ExportHeartbeat(Heartbeat):
    """The heartbeat of an export; `on_progress` is what gathering and writing tell."""

    def __init__(self, run: ExportRun, show: Callable[[dict[str, Any]], None] | None = None) -> None:
        super().__init__(run, show)
        self._state, self._file, self._rows = RunState.STAGING, "", 0
        self._began = time.monotonic()

    @property
    def state(self) -> RunState:
        return self._state

    def progress(self) -> dict[str, Any]:
        """What the run's row and the terminal show."""
        elapsed = time.monotonic() - self._began
        return {
            "stage": str(self._state),
            "file": self._file,
            "rows_done": self._rows,
            "rows_per_second": round(self._rows / elapsed) if elapsed > 0.5 else 0,
        }

    def file(self, name: str) -> None:
        """The file that is worked on now."""
        self.check()
        self._file = name

    def writing(self) -> None:
        """All rows are here; the zip is written next."""
        self.check()
        self._state, self._rows, self._began = RunState.WRITING, 0, time.monotonic()

    def on_progress(self, file: str, rows: int) -> None:
        """So many more rows of a file are done."""
        self.check()
        self._file = file
        self._rows += rows
