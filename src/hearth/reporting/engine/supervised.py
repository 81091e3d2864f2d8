"""Work in threads: watched from outside, so that it tells how far it is and can be stopped; and beside other
work.

    supervised(work, watch=watch, interrupt=connection.interrupt)
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed, wait
from contextlib import contextmanager
from typing import TypeVar

from .connections import Connection

_POLL_SECONDS = 0.2
T = TypeVar("T")


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


@contextmanager
def beside(connection: Connection, work: Callable[[Connection], T]) -> Iterator[Callable[[], T]]:
    """While the block does other things, `work` is done in a thread of its own, on a connection of its own to
    the same engine: of temporary tables it sees none. What is given waits for its result, or raises what it
    raised. When the block raises, the work is interrupted first."""
    own = connection.cursor()
    with ThreadPoolExecutor(1, thread_name_prefix="hearth-beside") as pool:
        future: Future[T] = pool.submit(work, own)
        try:
            yield future.result
        except BaseException:
            while wait([future], _POLL_SECONDS).not_done:
                own.interrupt()
            raise


def at_once(connection: Connection, works: Sequence[Callable[[Connection], T]], threads: int) -> list[T]:
    """What each of `works` gives, in their order; so many of them at once, each in a thread and on a
    connection of its own, the first ones first. When one raises, or on Ctrl-C, the others are interrupted."""
    owns = [connection.cursor() for _ in works]
    with ThreadPoolExecutor(threads, thread_name_prefix="hearth-at-once") as pool:
        futures = [pool.submit(work, own) for work, own in zip(works, owns, strict=True)]
        try:
            for future in as_completed(futures):
                future.result()
            return [future.result() for future in futures]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            while left := [future for future in futures if not future.done()]:  # `wait` never has done with
                wait(left, _POLL_SECONDS)  # those that were canceled before they began
                for own in owns:
                    own.interrupt()
            raise
