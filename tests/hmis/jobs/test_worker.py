"""How long the worker waits for a connection; what it does then is seen in `tests/server/test_demo.py`."""

import asyncio
import os
import signal

import psycopg_pool
import pytest

from hearth.hmis.jobs import worker


@pytest.mark.parametrize(("patience", "waits"), [(worker.PATIENCE, 10.0), (3.0, 3.0)])
def test_a_connection_is_waited_for_ten_seconds_and_never_longer_than_the_patience(
    monkeypatch: pytest.MonkeyPatch, patience: float, waits: float
) -> None:
    seen: list[float] = []

    async def opened(pool: psycopg_pool.AsyncConnectionPool, *_: object, **__: object) -> None:
        seen.append(pool.timeout)
        os.kill(os.getpid(), signal.SIGTERM)
        raise psycopg_pool.PoolTimeout

    monkeypatch.setattr(psycopg_pool.AsyncConnectionPool, "open", opened)
    monkeypatch.setattr(worker, "_answers", lambda: True)
    monkeypatch.setattr(worker, "_sweep", lambda: None)
    assert asyncio.run(worker._run(1, patience)) == 0
    assert seen == [waits]
