"""How far an import is: it counts, and its heartbeat (`jobs.heartbeat`) writes that to its run."""

import time
from collections.abc import Callable
from typing import Any

from hearth.hmis.exchange.models import ImportRun, RunState
from hearth.hmis.jobs.heartbeat import Heartbeat

#: Shares of the whole work, measured on five million rows. Files are written while others are still read.
_WORK = {"open": 0.05, "read": 0.25, "check": 0.20, "write": 0.50}
#: The parts in their order; of those that go on at once the last one is shown.
_STATES = {
    "open": RunState.OPENING,
    "read": RunState.STAGING,
    "upgrade": RunState.STAGING,
    "check": RunState.STAGING,
    "match": RunState.MATCHING,
    "write": RunState.WRITING,
}
_ORDER = {part: number for number, part in enumerate(_STATES)}


class ImportHeartbeat(Heartbeat):
    """The heartbeat of an import; also a `Progress` of the report engine's sources."""

    def __init__(self, run: ImportRun, show: Callable[[dict[str, Any]], None] | None = None) -> None:
        super().__init__(run, show)
        self._part, self._file = "open", ""
        self._done = self._total = 0
        self._shares = dict.fromkeys(_STATES, 0.0)
        self._began = self._part_began = time.monotonic()

    def begin(self, part: str, rows_total: int = 0) -> None:
        """A part of the work begins: open, read, upgrade, check, match or write."""
        self.check()
        self._part, self._file, self._done, self._total = part, "", 0, rows_total
        self._part_began = time.monotonic()

    def file(self, name: str) -> None:
        """The file that is worked on now."""
        self._file = name

    def add(self, rows: int) -> None:
        """So many more rows are done."""
        self.check()
        self._done += rows
        if self._total:
            self._shares[self._part] = min(1.0, self._done / self._total)

    def __call__(
        self, stage: str, file: str, rows_done: int, rows_total: int, bytes_done: int, bytes_total: int
    ) -> None:
        """What reading tells, perhaps on its own thread while other files are written already."""
        self.check()
        if bytes_total or rows_total:
            done = bytes_done / bytes_total if bytes_total else rows_done / rows_total
            self._shares[stage] = min(1.0, done)
        if _ORDER[stage] > _ORDER[self._part]:
            self.begin(stage, rows_total)
        if stage == self._part:
            self._file, self._done, self._total = file, rows_done, rows_total

    @property
    def state(self) -> RunState:
        return _STATES[self._part]

    def progress(self) -> dict[str, Any]:
        """What the run's row and the terminal show."""
        now = time.monotonic()
        share = sum(work * self._shares[part] for part, work in _WORK.items())
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
