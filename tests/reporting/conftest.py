"""A Sail server of this machine for whoever asks for it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.sharing import Shared


@pytest.fixture(scope="session")
def sail(shared: Shared) -> str:
    """The address of a Spark Connect server on loopback, one for all workers."""
    return shared.get("sail", running_sail)


@contextmanager
def running_sail() -> Iterator[str]:
    os.environ.setdefault("RUST_LOG", "off")  # it tells its life on stderr
    from pysail.spark import SparkConnectServer

    server = SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)
    host, port = server.listening_address
    yield f"spark://{host}:{port}"
    server.stop()
