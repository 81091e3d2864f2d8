"""How reading tells its caller where it is, so that rows per second and time left can be shown."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called several times a second. May raise to cancel; the exception comes out of the reader.

    `stage` is 'open', 'read', 'upgrade' or 'check'; `file` HUD's file name or ''. Rows and bytes are
    counted over the whole export; a total of 0 means that it is not known yet.
    """

    def __call__(
        self, stage: str, file: str, rows_done: int, rows_total: int, bytes_done: int, bytes_total: int
    ) -> None: ...


def silent(stage: str, file: str, rows_done: int, rows_total: int, bytes_done: int, bytes_total: int) -> None:
    """Tell nobody."""
