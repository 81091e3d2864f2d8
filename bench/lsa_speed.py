"""The LSA and the HIC: whole processes from zip to zip, their memory, and how cost grows with the data.

Two inputs: HUD's sample export (`HEARTH_REFERENCE_DATA`) and invented exports of one CoC with eight years of
history, so that the seven years that the LSA looks back are full. The large one has half a million people; a
step may use 4 GB and the disk.
"""

import json
import os
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.figures import Figure
from bench.import_speed import sample
from bench.installation import command

CLIENTS, FEW_CLIENTS, SMALL_CLIENTS = 500_000, 20_000, 2_000
YEARS = 8
COC = "MN-500"
SLOWEST = 8
LSA = ("--start", "2025-10-01", "--end", "2026-09-30")
HIC = ("--start", "2027-01-28", "--scope", "hic")


@dataclass(frozen=True)
class Ran:
    """One report: seconds and memory (10^6 bytes) of its process, and seconds of its steps."""

    seconds: float
    memory: float
    steps: dict[str, float]

    @property
    def slowest(self) -> str:
        ordered = sorted(self.steps.items(), key=lambda step: -step[1])[:SLOWEST]
        return ", ".join(f"{name} {seconds:.2f}" for name, seconds in ordered)


def run(small: bool) -> list[Figure]:
    """HUD's sample three times (the best counts), the invented exports once."""
    with tempfile.TemporaryDirectory(prefix="hearth-bench-") as work:
        folder = Path(work)
        lsa = min((_report(sample(), "XX-501", LSA, folder) for _ in range(3)), key=lambda ran: ran.seconds)
        hic = min((_report(sample(), "XX-501", HIC, folder) for _ in range(3)), key=lambda ran: ran.seconds)
        few, some = _invented(SMALL_CLIENTS if small else FEW_CLIENTS, folder)
        few_ran = _report(few, COC, LSA, folder)
        many, enrollments = _invented(SMALL_CLIENTS * 2 if small else CLIENTS, folder)
        many_ran = _report(many, COC, LSA, folder)
    growth = (many_ran.seconds / enrollments) / (few_ran.seconds / some)
    return [
        Figure("HUD's sample, LSA", lsa.seconds, "s", below=4, note=f"slowest: {lsa.slowest}"),
        Figure("memory", lsa.memory, "MB", below=1000),
        Figure("HUD's sample, HIC", hic.seconds, "s", below=3),
        Figure("enrollments of the small invented export", some, "enrollments"),
        Figure("its LSA", few_ran.seconds, "s"),
        Figure("enrollments of the large invented export", enrollments, "enrollments"),
        Figure("its LSA", many_ran.seconds, "s", below=75, note=f"slowest: {many_ran.slowest}"),
        Figure("its memory", many_ran.memory, "MB", below=6000),
        Figure("cost of an enrollment, large to small", growth, "of the small one", below=1.1),
    ]


def _invented(clients: int, folder: Path) -> tuple[Path, int]:
    """An export of so many people, and its number of enrollments."""
    out = folder / f"{clients}.zip"
    options = ["--clients", str(clients), "--coc", COC, "--years", str(YEARS), "--out", str(out)]
    said = subprocess.run([command(), "synth", *options], check=True, capture_output=True, text=True).stdout
    line = next(line for line in said.splitlines() if line.split()[:1] == ["Enrollment"])
    return out, int(line.split()[-1].replace(",", ""))


def _report(source: Path, coc: str, how: tuple[str, ...], folder: Path) -> Ran:
    out = folder / "out"
    began = time.monotonic()
    child = subprocess.Popen(
        [command(), "report", "lsa", str(source), "--coc", coc, *how, "--memory", "4GB", "--out", str(out)],
        stdout=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(child.pid, 0)
    if status:
        raise RuntimeError(f"The report of {source.name} failed.")
    record = json.loads((out / "run.json").read_text())
    return Ran(time.monotonic() - began, used.ru_maxrss * 1024 / 1e6, record["seconds"])
