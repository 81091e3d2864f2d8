"""How far a report is: which step is at work, of how many, from which section of the specification."""

import time
from typing import Any

from hearth.hmis.jobs.heartbeat import Heartbeat
from hearth.hmis.reports.models import ReportRun, ReportState
from hearth.reporting.runtime.plan import Step

#: When the parts of a report begin and end, as shares of the whole.
_SPANS = {
    ReportState.READING: (0.0, 0.35),
    ReportState.CALCULATING: (0.35, 0.95),
    ReportState.CHECKING: (0.95, 1.0),
}


class ReportHeartbeat(Heartbeat):
    """The heartbeat of a report; `step` is the engine's `on_step`."""

    run: ReportRun

    def __init__(self, run: ReportRun) -> None:
        super().__init__(run)
        self._state = ReportState.READING
        self._share = 0.0
        self._number = self._of = 0
        self._step = self._section = self._text = ""
        self._began = time.monotonic()

    @property
    def state(self) -> str:
        return str(self._state)

    def progress(self) -> dict[str, Any]:
        """What the page shows."""
        start, end = _SPANS[self._state]
        return {
            "stage": str(self._state),
            "number": self._number,
            "of": self._of,
            "step": self._step,
            "section": self._section,
            "text": self._text,
            "share": round(start + (end - start) * self._share, 3),
            "seconds": round(time.monotonic() - self._began),
        }

    def reading(self, share: float, text: str = "") -> None:
        """So much of the records was read, 0 to 1; `text` names the file."""
        self.check()
        self._share, self._text = min(1.0, max(0.0, share)), text

    def step(self, step: Step, number: int, of: int) -> None:
        """A step begins."""
        self.check()
        self._state, self._text = ReportState.CALCULATING, ""
        self._step, self._section, self._number, self._of = step.name, step.section, number, of
        self._share = (number - 1) / of

    def checking(self) -> None:
        """The tables are made; figures and flags follow."""
        self.check()
        self._state, self._share, self._step, self._section = ReportState.CHECKING, 0.0, "", ""

    def should_stop(self) -> bool:
        """Whether somebody asked to stop."""
        return self.cancelled
