"""What the workers of a run share because it is dear to make: a running site, a server.

The first to ask makes it, in its own process; the others wait for that and get what was told of it. Its maker
takes it down at its own end, as soon as no other worker uses it any more.
"""

import fcntl
import json
import os
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any


class Shared:
    """What one worker uses of it; `folder` is the same for all workers of a run, and of no other run."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._used: dict[str, int] = {}
        self._made: list[tuple[str, AbstractContextManager[Any]]] = []

    def get(self, name: str, make: Callable[[], AbstractContextManager[Any]]) -> Any:
        """What the context manager of `make` gave to the worker that was first, as JSON carries it."""
        told = self._folder / f"{name}.json"
        if name not in self._used:
            self._used[name] = _open(self._folder / f"{name}.users")
            fcntl.flock(self._used[name], fcntl.LOCK_SH)
        making = _open(self._folder / f"{name}.making")
        try:
            fcntl.flock(making, fcntl.LOCK_EX)
            if not told.exists():
                context = make()
                told.write_text(json.dumps(context.__enter__()), encoding="utf-8")
                self._made.append((name, context))
        finally:
            os.close(making)
        return json.loads(told.read_text(encoding="utf-8"))

    def leave(self) -> None:
        """Use nothing any more, and then take down what was made here.

        In this order: two workers that use what the other made would wait for each other for ever.
        """
        for users in self._used.values():
            fcntl.flock(users, fcntl.LOCK_UN)
        with ExitStack() as stack:
            for users in self._used.values():
                stack.callback(os.close, users)
            for name, context in self._made:
                stack.push(context)
                stack.callback(fcntl.flock, self._used[name], fcntl.LOCK_EX)


def _open(path: Path) -> int:
    """A file to lock; the kernel lets its locks go when their holder dies."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
