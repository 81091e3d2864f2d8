"""The states of a snapshot on disk: a folder each, made aside, put in place by one rename, never changed.

Whoever reads a state holds a shared lock on its `state.json` (the kernel lets go of it when a process ends,
however it ends); an older state goes when nobody holds one.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from hearth import scratch

from .problems import SnapshotError

FORMAT = 3
_STATE = "state.json"
#: A state that has been replaced stays for so long, for whoever was told of it and has not opened it yet.
_GRACE_SECONDS = 3600


@dataclass(slots=True)
class Kept:
    """One file of a state. `base` and `changes` are names of Parquet files in the state's folder; rows of
    `changes` stand in place of those of `base` with the same `_id`, and where `_gone` in place of nothing.
    `rows` and `mark` (the sum of the rows' hashes) are of both together."""

    base: str
    rows: int
    mark: int
    base_rows: int
    changes: str | None = None
    changed_rows: int = 0
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class State:
    """What `state.json` says. `layout`: a mark of the columns that are stored; `origin`: which database;
    `year`: HUD's, of the files that it has; `first_source`: see `hud_keys`; `taken_at`: the database's time,
    ISO 8601, and `checked_at`: when every row was last looked at, and the `xmin` then; `marks`: see
    `changes`."""

    format: int
    layout: str
    origin: dict[str, Any]
    year: int
    first_source: int
    taken_at: str
    checked_at: str
    checked_xmin: int
    files: dict[str, Kept]
    marks: list[dict[str, Any]] = field(default_factory=list)
    sha256: str = ""


def is_state(folder: Path) -> bool:
    """Whether the folder is a state of a snapshot."""
    return (folder / _STATE).is_file()


def read(folder: Path) -> State:
    """What a state's folder says of itself. Raises `SnapshotError` for none, or one of another version."""
    try:
        said = json.loads((folder / _STATE).read_text(encoding="utf-8"))
        if said["format"] != FORMAT:
            raise SnapshotError(f"{folder} is of another version of Hearth: make the snapshot again.")
        return State(**{**said, "files": {file: Kept(**kept) for file, kept in said["files"].items()}})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SnapshotError(f"{folder} is not a snapshot: make it again.") from error


def newest(home: Path) -> Path | None:
    """The newest state of a snapshot folder; None where there is none yet."""
    states = _states(home)
    return states[-1] if states else None


@contextmanager
def building(home: Path) -> Iterator[Path]:
    """A folder to build the next state in; gone at the end unless it was `put_in_place`.

    One process at a time may be here, which the caller sees to.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    home.chmod(0o700)
    with scratch.beside(home / "new") as folder:
        folder.mkdir(mode=0o700)
        yield folder


def put_in_place(home: Path, folder: Path, state: State) -> Path:
    """Make the built folder the newest state, and remove old ones that nobody reads."""
    path = folder / _STATE
    path.write_text(json.dumps(asdict(state), indent=1, default=str) + "\n", encoding="utf-8")
    for file in folder.iterdir():
        file.chmod(0o600)
        with file.open("rb") as stream:
            os.fsync(stream.fileno())
    last = newest(home)
    target = home / f"{int(last.name) + 1 if last else 1:06}"
    folder.rename(target)
    _clear_away(home, target)
    return target


def take_over(file: str, source: Path, target: Path) -> None:
    """Give a file of one state to another, without copying where the disk can do that."""
    try:
        (target / file).hardlink_to(source / file)
    except OSError:
        shutil.copyfile(source / file, target / file)


@contextmanager
def held(folder: Path) -> Iterator[State]:
    """A state that stays for the length of the block. Raises `SnapshotError` where it has gone."""
    try:
        stream = (folder / _STATE).open("rb")
    except OSError:
        raise SnapshotError(f"{folder} is not a snapshot, or no longer there: ask for a new one.") from None
    with stream:
        fcntl.flock(stream, fcntl.LOCK_SH)
        if not os.fstat(stream.fileno()).st_nlink:
            raise SnapshotError(f"{folder} is no longer there: ask for a new one.")
        yield read(folder)


def _states(home: Path) -> list[Path]:
    if not home.is_dir():
        return []
    return sorted(path for path in home.iterdir() if path.name.isdigit() and is_state(path))


def _age(path: Path, new: Path) -> float:
    """Seconds between what was written and what was written just now, by the disk's own clock."""
    return new.stat().st_mtime - path.stat().st_mtime


def _clear_away(home: Path, current: Path) -> None:
    for older in _states(home):
        if older == current or _age(older, current) < _GRACE_SECONDS:
            continue
        try:
            with (older / _STATE).open("rb") as stream:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                (older / _STATE).unlink()
        except OSError:  # somebody reads it
            continue
        shutil.rmtree(older, ignore_errors=True)
