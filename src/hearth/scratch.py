"""Scratch: what must not outlive the process that makes it, because client data may be in it.

    with scratch.folder("export") as work: …          # a private folder, gone at the end
    with scratch.beside(target) as part: …            # a hidden name beside `target`, to be renamed to it
    scratch.of_process("uploads")                      # a folder for as long as this process lives
    scratch.sweep()                                    # removes what processes that died left

Everything lies in `scratch/` of the data folder, an entry for each: a lock that the kernel lets go of when
its process ends, however it ends; the folder; and the names of half-written files elsewhere. An entry whose
lock nobody holds is removed with all it names: when a process first makes scratch, at every start of a server
or worker, and every night. Nothing of ours is imported here, so that every layer can use it.
"""

import atexit
import fcntl
import itertools
import json
import os
import secrets
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from hearth.data_folder import data_folder, make

_GATE, _LOCK, _WORK, _ELSEWHERE = ".gate", "lock", "work", "elsewhere"

_processes: dict[tuple[int, str], Path] = {}
_swept: set[int] = set()
_only = threading.Lock()
_numbers = itertools.count()


class ScratchError(OSError):
    """There can be no scratch; the text says why and what to do."""

    def __str__(self) -> str:
        return str(self.args[1])


def root() -> Path:
    """Where all scratch lies."""
    return data_folder() / "scratch"


@contextmanager
def folder(what: str) -> Iterator[Path]:
    """A private folder that is gone at the end of the block; `what` names it for whoever looks.

    Raises OSError, `ScratchError` where the data folder cannot be used."""
    entry, lock = _enter(what)
    try:
        yield entry / _WORK
    finally:
        _leave(entry, lock)


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """A new hidden name in the folder of `target`, where nothing is yet: for a file or folder that is renamed
    to `target` when it is complete. What is still there at the end of the block is removed, or by a sweep
    where the process dies. Raises OSError."""
    part = target.absolute().with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    entry, lock = _enter("beside")
    try:
        (entry / _ELSEWHERE).write_text(json.dumps([os.fsencode(part).hex()]), encoding="ascii")
        try:
            yield part
        finally:
            _remove(part)
    finally:
        _leave(entry, lock)


def of_process(what: str) -> Path:
    """A private folder for as long as this process lives, the same at every call. Raises OSError."""
    with _only:
        key = (os.getpid(), what)  # a forked process gets its own
        if key not in _processes:
            entry, _ = _enter(what)  # the lock stays open until the process ends
            _processes[key] = entry / _WORK
            atexit.register(_forget, os.getpid(), entry)
        return _processes[key]


def spill() -> Path:
    """A name of its own for what an engine's connection cannot hold in memory; the engine makes it."""
    return of_process("spill") / f"{next(_numbers)}"


def sweep() -> int:
    """Remove the scratch of processes that died, and what they left half-written elsewhere; how many entries
    there were. Never raises for what cannot be removed: the next sweep tries again."""
    _swept.add(os.getpid())
    if not root().is_dir():
        return 0
    with suppress(OSError):
        with _gate(fcntl.LOCK_EX):
            dead = [found for entry in sorted(root().iterdir()) if (found := _dead(entry)) is not None]
        for entry, lock in dead:
            _remove_elsewhere(entry)
            _leave(entry, lock)
        return len(dead)
    return 0


def _enter(what: str) -> tuple[Path, int]:
    if os.getpid() not in _swept:
        sweep()
    try:
        make(data_folder())
        root().mkdir(mode=0o700, exist_ok=True)
        with _gate(fcntl.LOCK_SH):  # no sweep may see an entry without its lock
            entry = Path(tempfile.mkdtemp(prefix=f"{what}-{os.getpid()}-", dir=root()))
            lock = os.open(entry / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(lock, fcntl.LOCK_EX)
        (entry / _WORK).mkdir(mode=0o700)
    except (PermissionError, NotADirectoryError, FileNotFoundError) as error:
        raise ScratchError(
            error.errno,
            f"The data folder {data_folder()} cannot be written ({error.strerror}): give this user rights to "
            "it, or set HEARTH_HOME to a folder of your own.",
        ) from error
    return entry, lock


def _leave(entry: Path, lock: int | None) -> None:
    """Remove an entry whose lock we hold, the lock last: what is left of it is swept."""
    shutil.rmtree(entry / _WORK, ignore_errors=True)
    shutil.rmtree(entry, ignore_errors=True)
    if lock is not None:
        os.close(lock)


def _forget(pid: int, entry: Path) -> None:
    if os.getpid() == pid:  # not in a process that was forked
        _leave(entry, None)


def _dead(entry: Path) -> tuple[Path, int | None] | None:
    """The entry with its lock, which is ours now, where the process that made it is gone."""
    if not entry.is_dir():
        return None
    try:
        lock = os.open(entry / _LOCK, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return entry, None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        return None
    return entry, lock


def _remove_elsewhere(entry: Path) -> None:
    try:
        named = json.loads((entry / _ELSEWHERE).read_text(encoding="ascii"))
        parts = [Path(os.fsdecode(bytes.fromhex(one))) for one in named]
    except (OSError, ValueError, TypeError):
        return
    for part in parts:
        if part.name.startswith(".") and part.name.endswith(".part"):
            _remove(part)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink(missing_ok=True)


@contextmanager
def _gate(how: int) -> Iterator[None]:
    handle = os.open(root() / _GATE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, how)
        yield
    finally:
        os.close(handle)
