"""How far an export is: written to its run about once a second, over a connection of its own.

The export itself reads in one long transaction, whose changes nobody else sees until its end.
"""

import json
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

import psycopg

from hearth.hmis.exchange.models import ExportRun, RunState
from hearth.reporting.runtime.engine import Cancelled
from hearth.server import database

_SECONDS = 1.0


class Progress:
    """Context manager around one export. Raises `Cancelled` where somebody asked to stop."""

    def __init__(self, run: ExportRun, show: Callable[[dict[str, Any]], None] | None = None) -> None:
        self.run, self.show = run, show
        self.state, self._file, self._rows = RunState.STAGING, "", 0
        self._began = self._told = time.monotonic()
        self._connection: psycopg.Connection | None = None

    def __enter__(self) -> "Progress":
        self._connection = psycopg.connect(database.url("web"), autocommit=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is not None:
            self._connection.close()

    def file(self, name: str) -> None:
        """The file that is worked on now."""
        self._file = name
        self._tell()

    def writing(self) -> None:
        """All rows are here; the zip is written next."""
        self.state, self._rows, self._began = RunState.WRITING, 0, time.monotonic()
        self._tell()

    def heard(self, file: str, rows: int) -> None:
        """So many more rows of a file are done."""
        self._file = file
        self._rows += rows
        if time.monotonic() - self._told >= _SECONDS:
            self._tell()

    def _tell(self) -> None:
        self._told = time.monotonic()
        elapsed = self._told - self._began
        told = {
            "stage": str(self.state),
            "file": self._file,
            "rows_done": self._rows,
            "rows_per_second": round(self._rows / elapsed) if elapsed > 0.5 else 0,
        }
        if self.show is not None:
            self.show(told)
        if self._connection is None:
            return
        row = self._connection.execute(
            "UPDATE exchange_exportrun SET state = %s, progress = %s, heartbeat_at = now()"
            " WHERE id = %s RETURNING cancel_requested",
            [str(self.state), json.dumps(told), self.run.pk],
        ).fetchone()
        if row is not None and row[0]:
            raise Cancelled
