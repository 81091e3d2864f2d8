"""Reading and checking an export, on a thread of its own, so that rows are written meanwhile.

The engine reads one file after another into typed tables and then checks all of them. A file that is read
may be written while later ones are still being read: the engine works on one core while PostgreSQL writes
on the other. Nothing is committed before the checks are done, and what they find decides.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from hearth.hmis.exchange.importing import announced
from hearth.hmis.exchange.importing.heartbeat import ImportHeartbeat
from hearth.hmis.exchange.importing.priority import STEPS_OF_CHECKS, step_back
from hearth.reporting import engine
from hearth.reporting.engine import Connection
from hearth.reporting.sources import Source, Staged, Summary, stage
from hearth.reporting.sources.findings import find
from hearth.standards.load import MODEL_YEAR, load

#: The engine's buffers; the process needs about 300 MB more.
ENGINE_MEMORY = "700MB"


class ReadingThread:
    """Reads and checks `source` from now on; whoever waits for a part of it hears what went wrong.

    The engine belongs to this thread; others take a `cursor`. The list of findings goes to the file `target`.
    `beside_writing`: rows will be written while others are checked, so that checking takes what is left.
    Context manager: after it nothing runs any more.
    """

    def __init__(
        self, source: Source, target: Path, heartbeat: ImportHeartbeat, *, beside_writing: bool
    ) -> None:
        self._source, self._target, self._heartbeat = source, target, heartbeat
        self._beside_writing = beside_writing
        self._staged: Staged | None = None
        self._ready: set[str] = set()
        self._summary: list[Summary] | None = None
        self._failure: BaseException | None = None
        self._ending = threading.Event()
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="hearth-reading", daemon=True)

    def __enter__(self) -> "ReadingThread":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        while self._thread.is_alive():
            if self._staged is not None and not self.is_done:
                self._staged.connection.interrupt()
            self._thread.join(0.2)

    @property
    def is_done(self) -> bool:
        """Whether all is read and checked, or something went wrong."""
        return self._summary is not None or self._failure is not None

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
        with self._news:
            self._news.wait_for(lambda: self.is_done)
        if self._failure is not None:
            raise self._failure
        assert self._summary is not None
        return self._summary

    @contextmanager
    def cursor(self) -> Iterator[Connection]:
        """A connection of the engine that sees the tables, for another thread than this."""
        with self.staged.connection.cursor() as cursor:
            yield cursor

    # ------------------------------------------------------------------ the thread

    def _run(self) -> None:
        try:
            with engine.connected(memory_limit=ENGINE_MEMORY, temp_directory=self._source.work) as connection:
                self._heartbeat.on_cancel(connection.interrupt)
                try:
                    self._tell(summary=self._prepare(connection))
                except BaseException as error:
                    self._tell(failure=error)
                self._ending.wait()  # whoever has a cursor needs the connection until then
        except BaseException as error:
            self._tell(failure=error)

    def _tell(self, summary: list[Summary] | None = None, failure: BaseException | None = None) -> None:
        with self._news:
            self._summary, self._failure = summary, failure
            self._news.notify_all()

    def _prepare(self, connection: Connection) -> list[Summary]:
        staged = stage(
            self._source,
            connection,
            load(MODEL_YEAR),
            on_progress=self._read,
            check=False,
            on_ready=self._complete,
        )
        assert self._source.year is not None
        if self._beside_writing:
            # The longest file is still to be written and needs a core for itself; this has time.
            step_back(steps=STEPS_OF_CHECKS)
            engine.use_threads(connection, 1)
        return find(
            connection,
            staged.registry,
            staged.problems,
            self._target,
            exported_year=self._source.year,
            filled=staged.filled,
            partial=announced.read(connection).parents_elsewhere,
            absent=set(load(self._source.year).files) - set(self._source.files),
            on_progress=lambda file, share: self._check(file, share, staged.rows),
        )

    def _complete(self, staged: Staged, file: str) -> None:
        with self._news:
            self._staged = staged
            self._ready.add(file)
            self._news.notify_all()

    def _read(self, stage: str, file: str, rows: int, rows_total: int, size: int, size_total: int) -> None:
        self._raise_if_stopped()
        self._heartbeat(stage, file, rows, rows_total, size, size_total)

    def _check(self, file: str, share: float, rows: int) -> None:
        self._raise_if_stopped()
        self._heartbeat("check", file, round(share * rows), rows, 0, 0)

    def _raise_if_stopped(self) -> None:
        if self._ending.is_set():
            raise _Stopped


class _Stopped(Exception):
    """The import needs nothing more of this."""
