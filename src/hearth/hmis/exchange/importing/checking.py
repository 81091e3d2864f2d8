"""The checks of an import, on a thread of their own, so that rows are written meanwhile.

The engine checks on one core while PostgreSQL writes on the other. Nothing is committed before the checks
are done, and what they find decides.
"""

import threading
from pathlib import Path

from hearth.hmis.exchange.importing.priority import step_back
from hearth.hmis.exchange.importing.pulse import Pulse
from hearth.reporting.sources import Source, Staged, Summary
from hearth.reporting.sources.findings import find
from hearth.standards import load


class Checking:
    """Checks the staged tables from now on; `finish` gives the summary, or raises what went wrong."""

    def __init__(self, source: Source, staged: Staged, target: Path, pulse: Pulse) -> None:
        assert source.year is not None
        self._staged, self._target, self._pulse = staged, target, pulse
        self._year = source.year
        self._absent = set(load(source.year).files) - set(source.files)
        self._summary: list[Summary] = []
        self._failure: BaseException | None = None
        self._connection = staged.connection.cursor()
        pulse.on_cancel(self._connection.interrupt)
        self._thread = threading.Thread(target=self._run, name="hearth-checking", daemon=True)
        self._thread.start()

    def finish(self) -> list[Summary]:
        """Wait for the summary of findings; their list is in the target file."""
        self._thread.join()
        if self._failure is not None:
            raise self._failure
        return self._summary

    def stop(self) -> None:
        """Nothing runs after this, whatever the outcome."""
        while self._thread.is_alive():
            self._connection.interrupt()
            self._thread.join(0.2)
        self._connection.close()

    def _run(self) -> None:
        try:
            step_back()
            self._summary = find(
                self._connection,
                self._staged.registry,
                self._staged.problems,
                self._target,
                exported_year=self._year,
                absent=self._absent,
                progress=lambda file, share: self._pulse.check(),
            )
        except BaseException as error:
            self._failure = error
