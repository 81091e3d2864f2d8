"""The columnar engine (DuckDB) behind staging, checks and reports. The only importer of `duckdb`.

    from hearth.reporting import engine

    with engine.connected(memory_limit="600MB") as connection:
        engine.rows(connection, "SELECT 1")

The ground floor of `reporting`: it opens a connection and knows nothing of sources and reports. Everything
else receives a `Connection` as an argument and speaks SQL to it, so that the engine can be replaced or
configured in one place.

Memory. `memory_limit` bounds the buffer pool, not the process: allow about 250 MB on top for the CSV
reader and Python. With a database file or a `temp_directory` the engine spills to disk instead of failing.

Errors. Callers that need to tell failures apart use `EngineError` and its kin; `is_disk_full` recognizes an
engine error that means "no space left".
"""

from .connections import (
    DEFAULT_MEMORY_LIMIT,
    READING_MEMORY,
    REPORT_MEMORY,
    VERSION,
    Connection,
    can_scan_postgres,
    connect,
    connected,
    filled_on_all_threads,
    give_function,
    memory_limit,
    reading,
    threads_of,
    use_threads,
)
from .errors import Cancelled, EngineError, Interrupted, InvalidInput, OutOfMemory, is_disk_full
from .quoting import literal, name, text
from .statements import append, batches, columns_of, row, rows, run, scalar, tables, text_table
from .supervised import at_once, beside, supervised

__all__ = [
    "DEFAULT_MEMORY_LIMIT",
    "READING_MEMORY",
    "REPORT_MEMORY",
    "VERSION",
    "Cancelled",
    "Connection",
    "EngineError",
    "Interrupted",
    "InvalidInput",
    "OutOfMemory",
    "append",
    "at_once",
    "batches",
    "beside",
    "can_scan_postgres",
    "columns_of",
    "connect",
    "connected",
    "filled_on_all_threads",
    "give_function",
    "is_disk_full",
    "literal",
    "memory_limit",
    "name",
    "reading",
    "row",
    "rows",
    "run",
    "scalar",
    "supervised",
    "tables",
    "text",
    "text_table",
    "threads_of",
    "use_threads",
]
