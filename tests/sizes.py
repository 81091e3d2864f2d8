"""How much random data tests are given: little in every run, much in `make test-long`.

A module that asks here carries `pytest.mark.long`, so that `make test-long` runs it (`-m long`, with
`HEARTH_LONG_TESTS=1`). The ordinary run has the same tests with fewer seeds and smaller worlds; only what has
a smaller sibling beside it is left out there (`only_long`).
"""

import os
from collections.abc import Callable
from typing import Any

import pytest

LONG = os.environ.get("HEARTH_LONG_TESTS") == "1"


def seeds(ordinary: int, long: int = 200) -> range:
    """Seeds from 1 on; the first are those of the ordinary run."""
    return range(1, 1 + (long if LONG else ordinary))


def size(ordinary: int, long: int) -> int:
    """Of a world, in whatever the caller counts."""
    return long if LONG else ordinary


def only_long(test: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a test that `make test-long` alone runs; a smaller one of the same beside it runs always."""
    return pytest.mark.long(pytest.mark.skipif(not LONG, reason="large: `make test-long` runs it")(test))
