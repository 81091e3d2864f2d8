"""How much random data tests are given: little in every run, much in `make test-long`.

A module that asks here carries `pytest.mark.long`, so that `make test-long` runs it (`-m long`, with
`HEARTH_LONG_TESTS=1`). Nothing is left out of the ordinary run: it has the same tests with fewer seeds and
smaller worlds.
"""

import os

LONG = os.environ.get("HEARTH_LONG_TESTS") == "1"


def seeds(ordinary: int, long: int = 200) -> range:
    """Seeds from 1 on; the first are those of the ordinary run."""
    return range(1, 1 + (long if LONG else ordinary))


def size(ordinary: int, long: int) -> int:
    """Of a world, in whatever the caller counts."""
    return long if LONG else ordinary
