"""What every worker does beside its jobs, again and again: each in a thread of its own, so that neither a
long job nor anything else here keeps it waiting.

What is registered must be safe from several workers at once, and from being killed at any moment.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass

import psycopg
import structlog
from django.db import Error, connection

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Chore:
    """`do()` every so many `seconds`, counted from its end."""

    name: str
    do: Callable[[], object]
    seconds: float


_CHORES: dict[str, Chore] = {}


def register(name: str, do: Callable[[], object], *, seconds: float) -> None:
    """Once for every chore, when its application is loaded."""
    _CHORES[name] = Chore(name, do, seconds)


class Beside:
    """Runs all chores until it is stopped. Its threads do not keep a process alive that ends."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._keep_doing, args=(chore,), name=f"hearth-{chore.name}", daemon=True)
            for chore in _CHORES.values()
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self, seconds: float) -> None:
        """No chore begins after this; wait for those at work up to so many seconds altogether."""
        self._stop.set()
        for thread in self._threads:
            thread.join(seconds / len(self._threads))

    def _keep_doing(self, chore: Chore) -> None:
        while not self._stop.is_set():
            once(chore)
            self._stop.wait(chore.seconds)


def once(chore: Chore) -> None:
    """Do it, whatever happens; a database that is away is waited for."""
    try:
        chore.do()
    except (Error, psycopg.Error):
        log.warning("chore_missed", chore=chore.name)
    except Exception:
        log.exception("chore_failed", chore=chore.name)
    finally:
        connection.close()
