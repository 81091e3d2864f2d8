"""The folder that a report leaves behind: whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hearth import scratch
from hearth.reporting.outputs.archive import OutputError, explained


def check_folder(target: Path) -> None:
    """Find out before a long work whether `folder_of_results` can write there later. Raises `OutputError`."""
    try:
        with _part_beside(target):
            pass
    except OSError as error:
        raise explained(error, target) from error


@contextmanager
def _part_beside(target: Path) -> Iterator[Path]:
    """An empty hidden folder beside `target`."""
    if target.exists() and not target.is_dir():
        raise OutputError(f"{target} is a file. Name a folder.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with scratch.beside(target) as part:
        part.mkdir(mode=0o700)
        yield part


@contextmanager
def folder_of_results(target: Path, *, owned: Sequence[str] = ()) -> Iterator[Path]:
    """A hidden folder beside `target` whose files appear there when the block ends without an exception.

    `target` is made when it is not there; files of other names in it stay, those of the same name are
    replaced at the end. What is named in `owned` is part of the result: left from an earlier one, it goes.
    The folder is closed to other users of the machine. Raises `OutputError` when it cannot be written.
    """
    try:
        with _part_beside(target) as part:
            yield part
            _put_in_place(part, target, owned)
    except OSError as error:
        raise explained(error, target) from error


def _put_in_place(part: Path, target: Path, owned: Sequence[str]) -> None:
    for file in part.rglob("*"):
        file.chmod(0o700 if file.is_dir() else 0o600)  # what is said about clients is for the owner alone
    if target.exists():
        target.chmod(0o700)
        for old in {*owned, *(file.name for file in part.iterdir() if file.is_dir())}:
            _remove(target / old)
        for file in part.iterdir():
            file.replace(target / file.name)
    else:
        part.rename(target)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
