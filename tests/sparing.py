"""What the report engine need not do for most tests, each time that it starts.

One thread instead of one for each core: tests run on all cores already, and threads that look for work where
there are a few rows take a fifth of the time. Comparisons with HUD's data (`golden`), and what is marked
`all_threads`, run as in use.

No look at who signed the package for PostgreSQL: 40 MB are read for it at every loading, a third of a second.
`tests/reporting/engine/test_engine.py` sees to that in a process without this.
"""

from typing import Any

import duckdb

_connect = duckdb.connect
_settings: dict[str, Any] = {}


def _sparing(*arguments: Any, config: dict[str, Any] | None = None, **more: Any) -> Any:
    return _connect(*arguments, config={**_settings, **(config or {})}, **more)


def begin(*, all_threads: bool) -> None:
    """A test begins; with `all_threads` it has as many as the machine has cores."""
    duckdb.connect = _sparing  # type: ignore[assignment]
    _settings.clear()
    _settings["allow_unsigned_extensions"] = True
    if not all_threads:
        _settings["threads"] = 1
