"""`hearth demo`: how long until the first page answers, at the first and second start; until it is filled."""

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from bench.figures import Figure
from bench.installation import command


def run(small: bool) -> list[Figure]:
    """Two starts in one fresh data folder. `small` makes no difference: the demo has one size."""
    folder = Path(tempfile.mkdtemp(prefix="hearth-bench-"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"HEARTH_HOME": str(folder / "home"), "PORT": str(port)}
    try:
        first, filled = _start(environment)
        second, _ = _start(environment)
    finally:
        postgres = folder / "home" / "postgres"
        if postgres.is_symlink():
            shutil.rmtree(postgres.resolve(), ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)
    return [
        Figure("first page, first start", first, "s", below=60),
        Figure("first page, second start", second, "s", below=5),
        Figure("filling it with 5,000 people", filled - first, "s", below=60),
    ]


def _start(environment: dict[str, str]) -> tuple[float, float]:
    """Seconds until the first page answered, and until the demo said that it is ready."""
    began = time.monotonic()
    child = subprocess.Popen(
        [command(), "demo"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert child.stdout is not None
    first = 0.0
    said = []
    for line in child.stdout:
        said.append(line)
        if found := re.search(r"first page answers after ([\d.]+) s", line):
            first = float(found[1])
        if "Hearth is ready" in line:
            break
    ready = time.monotonic() - began
    child.send_signal(signal.SIGINT)
    child.communicate(timeout=60)
    if not first:
        raise RuntimeError("The demo did not start: " + " ".join(said[-3:]))
    return first, ready
