"""The folder of sealed files: what lies there is sealed (`hearth.server.seals`), under random names.

`sealed/3f/3f0c…` of the data folder's `files`. A file is written whole or not at all, and never changed.

A backup of the database carries them behind its end, as a zip that stores them as they lie there: programs
for the database read it from its beginning, and zips are read from their end.
"""

import os
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from hearth import scratch

#: How every file in it is named: 32 hex digits.
NAME = re.compile(r"[0-9a-f]{32}")


def path_of(folder: Path, name: str) -> Path:
    """Where the file of that name lies. Raises ValueError for what is no such name."""
    if not NAME.fullmatch(name):
        raise ValueError("This is no name of a sealed file.")
    return folder / name[:2] / name


def write(folder: Path, name: str, sealed: bytes) -> None:
    """Write a sealed file whole, so that it is there after a loss of power. Raises OSError."""
    path = path_of(folder, name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with scratch.beside(path) as part:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    for changed in (path.parent, folder):
        handle = os.open(changed, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def names(folder: Path) -> Iterator[Path]:
    """Every sealed file that lies there."""
    if folder.is_dir():
        for path in folder.glob("[0-9a-f][0-9a-f]/*"):
            if NAME.fullmatch(path.name) and path.is_file() and not path.is_symlink():
                yield path


def append_to(backup: Path, folder: Path) -> int:
    """Put every sealed file behind what is in `backup`; how many there were. Raises OSError."""
    found = sorted(names(folder))
    if found:
        with zipfile.ZipFile(backup, "a", zipfile.ZIP_STORED) as archive:
            for path in found:
                archive.write(path, path.name)
    return len(found)


def take_from(backup: Path, folder: Path) -> int:
    """Put the sealed files of a backup where they were, beside those that are there; how many there are.

    None is written over: a name stands for one content for ever. Raises OSError, and zipfile.BadZipFile for a
    damaged one.
    """
    if not zipfile.is_zipfile(backup):
        return 0  # it had none
    with zipfile.ZipFile(backup) as archive:
        found = [name for name in archive.namelist() if NAME.fullmatch(name)]
        for name in found:
            if not path_of(folder, name).exists():
                write(folder, name, archive.read(name))
    return len(found)
