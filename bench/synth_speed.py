"""The generator of invented data: time and memory for 100,000 people."""

import os
import subprocess
import tempfile
import time
from pathlib import Path

from bench.figures import Figure
from bench.installation import command

CLIENTS, SMALL_CLIENTS = 100_000, 2_000


def run(small: bool) -> list[Figure]:
    """One export of all ten CoCs."""
    clients = SMALL_CLIENTS if small else CLIENTS
    with tempfile.TemporaryDirectory(prefix="hearth-bench-") as folder:
        out = Path(folder) / "invented.zip"
        began = time.monotonic()
        child = subprocess.Popen(
            [command(), "synth", "--clients", str(clients), "--seed", "1", "--out", str(out)],
            stdout=subprocess.DEVNULL,
        )
        _, status, used = os.wait4(child.pid, 0)
        if status:
            raise RuntimeError("hearth synth failed.")
        return [
            Figure("people", clients, "people"),
            Figure("time", time.monotonic() - began, "s", below=90),
            Figure("memory", used.ru_maxrss * 1024 / 1e6, "MB"),
        ]
