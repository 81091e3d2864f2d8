"""A Sail server of this machine for whoever asks for it."""

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session")
def sail() -> Iterator[str]:
    """The address of a Spark Connect server on loopback that lasts as long as the tests."""
    os.environ.setdefault("RUST_LOG", "off")  # it tells its life on stderr
    from pysail.spark import SparkConnectServer

    server = SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)
    host, port = server.listening_address
    yield f"spark://{host}:{port}"
    server.stop()
