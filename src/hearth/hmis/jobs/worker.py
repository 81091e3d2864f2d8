"""The worker: runs queued jobs, looks after silent runs, and outlives a restart of the database.

procrastinate's worker stops in order when one of its connections fails, and would end with code 0, after
which no service manager starts it again. Here it is started again as soon as the database answers. Where that
does not happen within `patience`, or where it stops again and again, the process ends with code 1.
"""

import asyncio
import os
import signal
import sys
import time
from contextlib import suppress

import psycopg
import structlog
from django.db import Error, connection
from procrastinate import PsycopgConnector
from procrastinate.contrib.django import app, connector_params

from hearth import scratch
from hearth.hmis.jobs.beside import Beside
from hearth.hmis.jobs.sweep import sweep
from hearth.server import database

log = structlog.get_logger(__name__)

#: For how many seconds a database that is away is waited for.
PATIENCE = 120.0
#: How long a job at work may go on when the worker is stopped. What is not ready then is taken up again.
GRACE_SECONDS = 10
_SWEEP_SECONDS = 20
# For how long procrastinate waits for a connection: its own half minute would pass before a worker whose
# database is gone sees that, and before it works again with one that is long back.
_CONNECTION_SECONDS = 10.0
_RESTARTS, _WITHIN_SECONDS = 5, 60


def run(concurrency: int, patience: float = PATIENCE) -> int:
    """Run jobs until SIGTERM or Ctrl-C (0), or until it cannot go on (1)."""
    scratch.sweep()
    return asyncio.run(_run(concurrency, patience))


async def _run(concurrency: int, patience: float) -> int:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    sweeping = asyncio.create_task(_keep_sweeping())
    beside = Beside()
    beside.start()
    started: list[float] = []
    try:
        while not stopping.is_set():
            if not await _database_answers(patience, stopping):
                return _cannot_go_on(f"the database did not answer for {patience:.0f} seconds")
            started = [at for at in started if time.monotonic() - at < _WITHIN_SECONDS]
            if len(started) >= _RESTARTS:
                return _cannot_go_on(f"it stopped {_RESTARTS} times within a minute, see its log")
            started.append(time.monotonic())
            await _work(concurrency, stopping, min(patience, _CONNECTION_SECONDS))
        return 0
    finally:
        sweeping.cancel()
        await asyncio.to_thread(beside.stop, GRACE_SECONDS / 2)


async def _work(concurrency: int, stopping: asyncio.Event, connection_seconds: float) -> None:
    """Run procrastinate's worker until it stops for whatever reason, or until we are asked to stop."""
    work = asyncio.create_task(_procrastinate(concurrency, connection_seconds))
    asked = asyncio.create_task(stopping.wait())
    await asyncio.wait({work, asked}, return_when=asyncio.FIRST_COMPLETED)
    asked.cancel()
    if stopping.is_set():
        work.cancel()
        await asyncio.wait({work}, timeout=GRACE_SECONDS + 2)
        if not work.done():  # a job cannot be interrupted: another worker takes it up again
            log.warning("worker_stopped_with_a_job")
            sys.stderr.flush()
            os._exit(0)
    try:
        await work
    except asyncio.CancelledError:
        pass
    except Exception:
        log.exception("worker_failed")
    if not stopping.is_set():
        log.warning("worker_is_started_again")
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), 1)


async def _procrastinate(concurrency: int, connection_seconds: float) -> None:
    with app.replace_connector(PsycopgConnector(kwargs=connector_params(), timeout=connection_seconds)):
        async with app.open_async():
            await app.run_worker_async(
                concurrency=concurrency,
                shutdown_graceful_timeout=GRACE_SECONDS,
                install_signal_handlers=False,
            )


async def _database_answers(patience: float, stopping: asyncio.Event) -> bool:
    """Wait for it. True also where we are asked to stop meanwhile."""
    deadline = time.monotonic() + patience
    while not stopping.is_set():
        if await asyncio.to_thread(_answers):
            return True
        if time.monotonic() > deadline:
            return False
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), 1)
    return True


def _answers() -> bool:
    try:
        psycopg.connect(database.url("web"), connect_timeout=5).close()
    except psycopg.Error:
        return False
    return True


async def _keep_sweeping() -> None:
    """At once, and again and again, apart from the jobs: a long one must not keep it waiting."""
    while True:
        await asyncio.to_thread(_sweep)
        await asyncio.sleep(_SWEEP_SECONDS)


def _sweep() -> None:
    try:
        sweep()
    except (Error, psycopg.Error):
        log.warning("sweep_missed")
    except Exception:
        log.exception("sweep_failed")
    finally:
        connection.close()


def _cannot_go_on(why: str) -> int:
    log.error("worker_cannot_go_on")
    sys.stderr.write(f"The worker cannot go on: {why}.\n")
    return 1
