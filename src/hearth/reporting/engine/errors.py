"""What goes wrong in the engine, by name, so that nobody else need know whose exceptions they are."""

from __future__ import annotations

import errno

import duckdb

EngineError = duckdb.Error
InvalidInput = duckdb.InvalidInputException
OutOfMemory = duckdb.OutOfMemoryException
Interrupted = duckdb.InterruptException


class Cancelled(Exception):
    """The caller's `should_stop` said so; the statement was interrupted and had no effect."""


def is_disk_full(error: BaseException) -> bool:
    """Whether an engine or system error means that the disk has no space left."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return True
    if not isinstance(error, duckdb.Error):
        return False
    said = str(error).lower()
    return "no space left" in said or "disk quota" in said or "max_temp_directory_size" in said
