"""Work that takes long, watched from outside: it tells how far it is and can be stopped.

supervised(work, watch=watch, interrupt=connection.interrupt)
"""

from __future__ import annotations

import threading
from collections.abc import Callable

_POLL_SECONDS = 0.2


def supervised(work: Callable[[], None], *, watch: Callable[[], None], interrupt: Callable[[], None]) -> None:
    """Run `work` in a thread of its own and call `watch` five times a second until it ends.

    When `watch` raises, `interrupt` is called until the work has ended, and then that exception is raised;
    otherwise what the work raised, if anything.
    """
    failure: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # handed to the calling thread below
            failure.append(error)

    worker = threading.Thread(target=run, name="hearth-engine", daemon=True)
    worker.start()
    interruption: BaseException | None = None
    while worker.is_alive():
        worker.join(_POLL_SECONDS)
        if not worker.is_alive():
            break
        if interruption is None:
            try:
                watch()
            except BaseException as error:
                interruption = error
        if interruption is not None:
            interrupt()  # again and again: what is not running at this moment is not interrupted
    if interruption is not None:
        raise interruption
    if failure:
        raise failure[0]
