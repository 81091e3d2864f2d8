"""A zip file written as a stream: whole or not at all, and the same bytes for the same content.

The archive is built in a hidden file beside its destination and renamed at the end, so that nobody ever
finds half an export under its final name. Times, owners and modes inside the archive are fixed. Memory
is bounded by the largest chunk handed in.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hearth import scratch
from hearth.reporting.engine import is_disk_full

# The earliest time that a zip can hold: the archive says nothing about when it was made.
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_MADE_ON_UNIX = 3
_PLAIN_FILE = 0o100644 << 16
_BEST_TRADE = 6  # deflate level; 9 costs three times the time for 2 % of the size
_WRITE_AT_ONCE = 1 << 20  # bytes


class OutputError(Exception):
    """An output could not be written. The message says what happened and what to do."""


class Archive:
    """An open zip to which files are added one after the other."""

    def __init__(self, zipped: zipfile.ZipFile) -> None:
        self._zipped = zipped

    def add(self, name: str, chunks: Iterable[bytes]) -> int:
        """Add one file made of chunks; returns its size in bytes before compression."""
        entry = zipfile.ZipInfo(name, date_time=_NO_TIME)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.create_system = _MADE_ON_UNIX
        entry.external_attr = _PLAIN_FILE
        size = 0
        # The size is not known beforehand; the 64-bit form is needed above 2 GB and harmless below.
        with self._zipped.open(entry, "w", force_zip64=True) as stream:
            for chunk in chunks:
                stream.write(chunk)
                size += len(chunk)
        return size


@contextmanager
def writing(target: Path) -> Iterator[Archive]:
    """Open a new archive that appears at `target` only when the block ends without an exception.

    An existing file at `target` is replaced at that moment and untouched before. The file is readable
    by its owner alone, because it holds client data.

    Raises `OutputError` when the folder is missing or not writable, and when the disk is full.
    """
    if target.exists() and not target.is_file():
        kind = "a folder" if target.is_dir() else "no ordinary file"
        raise OutputError(f"{target} is {kind}. Name the file to write.")
    try:
        with scratch.beside(target) as part:
            handle = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(handle, "w+b", buffering=_WRITE_AT_ONCE) as stream:
                with zipfile.ZipFile(stream, "w", compresslevel=_BEST_TRADE) as zipped:
                    yield Archive(zipped)
                stream.flush()
                os.fsync(stream.fileno())
            part.replace(target)
    except BaseException as error:
        if isinstance(error, OSError) or is_disk_full(error):
            raise explained(error, target) from error
        raise


def explained(error: BaseException, target: Path) -> OutputError:
    """The fault that kept `target` from being written, in a sentence."""
    if is_disk_full(error):
        return OutputError(
            f"The disk is full: {target.name} was not written and nothing was left behind. "
            f"Free some space in {target.parent}, or name another folder."
        )
    if isinstance(error, scratch.ScratchError):
        return OutputError(str(error))
    if isinstance(error, FileNotFoundError):
        return OutputError(f"There is no folder {target.parent}. Create it, or name another one.")
    if isinstance(error, PermissionError):
        return OutputError(f"The folder {target.parent} does not let you write. Name another one.")
    if isinstance(error, IsADirectoryError):
        return OutputError(f"{target} is a folder. Give the name of a file in it.")
    if isinstance(error, FileExistsError | NotADirectoryError):
        return OutputError(f"{target} cannot be made: a part of this path is a file. Name another folder.")
    assert isinstance(error, OSError)
    return OutputError(f"{target} could not be written: {error.strerror or type(error).__name__}.")
