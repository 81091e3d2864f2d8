"""PostgreSQL's settings, scaled from this machine's memory and free disk."""

import os
import shutil
from pathlib import Path

MEBI = 1024 * 1024
GIBI = 1024 * MEBI


def memory() -> int:
    """Bytes of memory this process may use: the machine's, or less where a control group limits it."""
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    for file in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            total = min(total, int(Path(file).read_text(encoding="ascii")))
        except (OSError, ValueError):  # absent, or the word "max"
            continue
    return total


def settings(data: Path, socket: Path) -> dict[str, str]:
    """Name → value for `postgresql.conf` of a cluster in `data` that listens on a socket in `socket`.

    Sized for a machine that also runs the web server and the report engine. With 24 GB: 3 GB of shared
    buffers. Everything that protects acknowledged writes stays on.
    """
    total = memory()
    disk = shutil.disk_usage(data)
    shared = _between(128 * MEBI, total // 8, 4 * GIBI)
    # An import of five million rows writes 2.5 GB of log; a checkpoint in its middle, which begins at about
    # half of this, would cost it whole pages in the log.
    max_wal = _between(512 * MEBI, disk.free // 8, 6 * GIBI)
    values = {
        "listen_addresses": "",
        "port": "5432",  # names the socket file only: no TCP port is opened
        "unix_socket_directories": str(socket),
        "unix_socket_permissions": "0700",
        "password_encryption": "scram-sha-256",
        "max_connections": "100",
        "shared_buffers": _mb(shared),
        "effective_cache_size": _mb(total // 2),
        "work_mem": _mb(_between(4 * MEBI, total // 768, 64 * MEBI)),
        "maintenance_work_mem": _mb(_between(64 * MEBI, total // 48, 1 * GIBI)),
        "max_wal_size": _mb(max_wal),
        "min_wal_size": _mb(max_wal // 8),
        # New log files need not be filled with zeros first, which doubles what a large import writes.
        "wal_init_zero": "off",
        "wal_compression": "on",
        # An import fills 16 MB in a fifth of a second; it would wait for every write to the disk, or write
        # itself what the log's own process has not come to, which has another core.
        "wal_buffers": _mb(_between(16 * MEBI, total // 128, 128 * MEBI)),
        "wal_writer_flush_after": "16MB",
        "wal_writer_delay": "50ms",
        "checkpoint_timeout": "15min",
        "checkpoint_completion_target": "0.9",
        "synchronous_commit": "on",
        "random_page_cost": "1.1",
        "default_statistics_target": "200",
        "autovacuum_vacuum_cost_limit": "1000",
        # Sub-second pages gain nothing from compiling queries and lose the time it takes.
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "idle_in_transaction_session_timeout": "30min",
        "shared_preload_libraries": "pg_stat_statements",
        "pg_stat_statements.track_utility": "off",
        # Errors of statements name values ("Key (ssn)=…"): client data does not belong in a log file,
        # so the log keeps the server's own events only. `log` is above `error` in this setting's order.
        "log_min_messages": "log",
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "log_parameter_max_length_on_error": "0",
        "log_line_prefix": "%m [%p] ",
    }
    if _shared_memory_is_small():
        # Containers often have 64 MB of /dev/shm, which a parallel query exceeds.
        values["dynamic_shared_memory_type"] = "mmap"
    return values


def render(values: dict[str, str]) -> str:
    """The settings as the text of a configuration file."""
    head = "# Written by hearth at every start. Your own settings go into local.conf beside this file.\n"
    return head + "".join(f"{name} = {_quoted(value)}\n" for name, value in values.items())


def _shared_memory_is_small() -> bool:
    try:
        return shutil.disk_usage("/dev/shm").total < 512 * MEBI  # noqa: S108
    except OSError:
        return False


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def _between(low: int, value: int, high: int) -> int:
    return max(low, min(value, high))


def _mb(number: int) -> str:
    return f"{number // MEBI}MB"
