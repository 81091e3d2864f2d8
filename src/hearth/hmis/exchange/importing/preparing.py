"""Reading and checking an export, on a thread of its own, so that rows are written meanwhile.

The engine reads one file after another into typed tables and then checks all of them. A file that is read
may be written while later ones are still being read: the engine works on one core while PostgreSQL writes
on the other. Nothing is committed before the checks are done, and what they find decides.
"""

import threading
from pathlib import Path

from hearth.hmis.exchange.importing.priority import step_back
from hearth.hmis.exchange.importing.pulse import Pulse
from hearth.reporting.runtime.engine import Connection
from hearth.reporting.sources import Source, Staged, Summary, stage
from hearth.reporting.sources.findings import find
from hearth.standards import load


class Preparing:
    """Reads and checks `source` from now on; whoever waits for a part of it hears what went wrong.

    The tables are on `connection`, which is this thread's; others use a cursor of it. The list of findings
    goes to the file `target`.
    """

    def __init__(self, source: Source, connection: Connection, target: Path, pulse: Pulse) -> None:
        self._source, self._connection, self._target, self._pulse = source, connection, target, pulse
        self._staged: Staged | None = None
        self._ready: set[str] = set()
        self._summary: list[Summary] | None = None
        self._failure: BaseException | None = None
        self._stopped = False
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="hearth-preparing", daemon=True)
        self._thread.start()

    @property
    def staged(self) -> Staged:
        """What is read so far."""
        assert self._staged is not None
        return self._staged

    def file(self, file: str) -> Staged:
        """Wait until the table of one file is complete."""
        with self._news:
            self._news.wait_for(lambda: file in self._ready or self._failure is not None)
            if self._failure is not None:
                raise self._failure
            return self.staged

    def finish(self) -> list[Summary]:
        """Wait for the summary of findings; their list is in the target file."""
        self._thread.join()
        if self._failure is not None:
            raise self._failure
        assert self._summary is not None
        return self._summary

    def stop(self) -> None:
        """Nothing runs after this, whatever the outcome."""
        self._stopped = True
        while self._thread.is_alive():
            self._connection.interrupt()
            self._thread.join(0.2)

    # ------------------------------------------------------------------ the thread

    def _run(self) -> None:
        try:
            step_back()
            staged = stage(
                self._source, self._connection, progress=self._read, check=False, ready=self._complete
            )
            assert self._source.year is not None
            self._summary = find(
                self._connection,
                staged.registry,
                staged.problems,
                self._target,
                exported_year=self._source.year,
                absent=set(load(self._source.year).files) - set(self._source.files),
                progress=lambda file, share: self._check(file, share, staged.rows),
            )
        except BaseException as error:
            with self._news:
                self._failure = error
                self._news.notify_all()

    def _complete(self, staged: Staged, file: str) -> None:
        with self._news:
            self._staged = staged
            self._ready.add(file)
            self._news.notify_all()

    def _read(self, stage: str, file: str, rows: int, rows_total: int, size: int, size_total: int) -> None:
        self._heed_stop()
        self._pulse(stage, file, rows, rows_total, size, size_total)

    def _check(self, file: str, share: float, rows: int) -> None:
        self._heed_stop()
        self._pulse("check", file, round(share * rows), rows, 0, 0)

    def _heed_stop(self) -> None:
        if self._stopped:
            raise _Stopped


class _Stopped(Exception):
    """The import needs nothing more of this."""
