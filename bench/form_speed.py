"""`hearth standards form --batch`: how long 10,000 different lines take, and their answers."""

import csv
import random
import subprocess
import tempfile
import time
from itertools import product
from pathlib import Path

from bench.figures import Figure
from bench.installation import command
from hearth.standards import load
from hearth.standards.element import PERSONS
from hearth.standards.form_batch import IN, PERSONAL_STAGES


def run(small: bool) -> list[Figure]:
    """One call of the command, its start included. `small` answers 1,000 lines."""
    lines = 1_000 if small else 10_000
    with tempfile.TemporaryDirectory(prefix="hearth-bench-") as folder:
        given, answered = Path(folder, "in.csv"), Path(folder, "out.csv")
        _write(given, lines)
        began = time.monotonic()
        subprocess.run(
            [command(), "standards", "form", "--batch", str(given), "--out", str(answered)],
            check=True,
            capture_output=True,
        )
        took = time.monotonic() - began
        with answered.open(encoding="utf-8") as stream:
            rows = sum(1 for _ in stream) - 1
    return [
        Figure(f"{lines:,} described projects answered", took, "s", below=10),
        Figure("rows of the answer", rows, ""),
    ]


def _write(path: Path, lines: int) -> None:
    """Lines that are all different: one to three funding sources each."""
    chance = random.Random(5)
    registry = load(2026)
    sources, types = registry.list("2.06.1").codes(), registry.list("2.02.6").codes()
    cases = list(product(types, PERSONAL_STAGES, PERSONS))
    chosen: dict[tuple[str, ...], None] = {}
    while len(chosen) < lines:
        kind, stage, person = chance.choice(cases)
        funders = "+".join(sorted(chance.sample(sources, chance.randint(1, 3)), key=int))
        chosen[funders, kind, "1|2" if kind == "13" else "", stage, person] = None
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(IN)
        writer.writerows(chosen)
