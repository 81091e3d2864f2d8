"""Branch coverage: of the whole suite by package, which may not fall, and of what guards, which is complete.

`branches.yaml` keeps the figure of each package. A figure is of Python branches: of all ways that lead out of
an `if`, a loop, a `match` or a comprehension, those that some test went.
"""

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from proof.subjects import CHECKOUT, SOURCE, Subject, read

KEPT = Path(__file__).with_name("branches.yaml")
#: A branch more or less hangs on what runs at the same time (who waits for whom); a part of a percent point.
NOISE = 0.3
HEAD = """\
# Branches that the tests take, in percent, by package. Written by `make coverage RENEW=1`; `make coverage`
# fails where one falls.
"""


@dataclass(frozen=True)
class Figure:
    """Branches of some files, and how many of them were taken."""

    taken: int
    all: int

    @property
    def percent(self) -> float:
        """Rounded down to one decimal, so that 100 means all."""
        return 100.0 if not self.all else self.taken * 1000 // self.all / 10


def measure(tests: Iterable[str], data: Path, arguments: Iterable[str] = ()) -> tuple[int, dict[str, Any]]:
    """Run tests measured, in this and all processes they start. The exit code of pytest, and what coverage.py
    says of each file, by its path in the checkout."""
    data.mkdir(parents=True, exist_ok=True)
    for old in data.glob("data*"):
        old.unlink()
    environment = {**os.environ, "COVERAGE_FILE": str(data / "data")}
    coverage = [sys.executable, "-m", "coverage"]
    done = subprocess.run(
        [*coverage, "run", "-m", "pytest", *arguments, *tests], cwd=CHECKOUT, env=environment, check=False
    )
    subprocess.run([*coverage, "combine", "--quiet"], cwd=CHECKOUT, env=environment, check=True)
    report = data / "report.json"
    subprocess.run(
        [*coverage, "json", "--quiet", "-o", str(report)], cwd=CHECKOUT, env=environment, check=True
    )
    files: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))["files"]
    return done.returncode, {
        str((CHECKOUT / path).resolve().relative_to(CHECKOUT)): said for path, said in files.items()
    }


def by_package(files: Mapping[str, Any]) -> dict[str, Figure]:
    """Figures of `hmis/access`, `standards`, … and of what lies beside the packages (`.`)."""
    taken: dict[str, int] = defaultdict(int)
    all_: dict[str, int] = defaultdict(int)
    for path, said in files.items():
        folders = Path(path).relative_to(SOURCE).parts[:-1]
        package = "/".join(folders[: 2 if folders[:1] in (("hmis",), ("reporting",)) else 1]) or "."
        taken[package] += said["summary"]["covered_branches"]
        all_[package] += said["summary"]["num_branches"]
    return {package: Figure(taken[package], all_[package]) for package in sorted(all_)}


def fallen(measured: Mapping[str, Figure], kept: Mapping[str, float]) -> list[str]:
    """In sentences, what is lower than it was, is not kept yet, or has gone."""
    found = []
    for package in sorted({*measured, *kept}):
        if package not in kept:
            found.append(f"{package} has no figure yet: make coverage RENEW=1.")
        elif package not in measured:
            found.append(f"{package} is kept and there is no such package any more: make coverage RENEW=1.")
        elif measured[package].percent < kept[package] - NOISE:
            now = measured[package].percent
            found.append(
                f"{package} has fallen from {kept[package]} % to {now} %: write tests for what is new."
            )
    return found


def untaken(subject: Subject, files: Mapping[str, Any]) -> list[str]:
    """What the tests of a subject did not take: lines, and branches as `from → to` (to 0: the way out)."""
    found = []
    for path in subject.files:
        said = files.get(str(path))
        if said is None:
            found.append(f"{path} was not measured.")
            continue
        ways = [f"{one} → {max(other, 0)}" for one, other in said["missing_branches"]]
        if said["missing_lines"] or ways:
            lines = ", ".join(map(str, said["missing_lines"]))
            found.append(f"{path}: lines {lines or '–'}; branches {', '.join(ways) or '–'}")
    return found


def whole(*, workers: str, renew: bool) -> int:
    """The whole suite; prints the figures."""
    parallel = ["-n", workers, "--maxprocesses", "8", "--dist", "loadscope", "--no-loadscope-reorder", "-q"]
    failed, files = measure((), CHECKOUT / "var" / "coverage", parallel)
    measured = by_package(files)
    for package, figure in measured.items():
        print(f"{package:28} {figure.percent:5.1f} %  {figure.taken} of {figure.all}")
    total = Figure(sum(one.taken for one in measured.values()), sum(one.all for one in measured.values()))
    print(f"{'together':28} {total.percent:5.1f} %  {total.taken} of {total.all}")
    if failed:
        print("Tests failed, so that the figures are not compared.")
        return failed
    if renew:
        lines = [f"{package}: {figure.percent}\n" for package, figure in measured.items()]
        KEPT.write_text(HEAD + "".join(lines), encoding="utf-8")
    problems = fallen(measured, yaml.safe_load(KEPT.read_text(encoding="utf-8")))
    print(*problems, sep="\n")
    return int(bool(problems))


def guards(names: Iterable[str] = ()) -> int:
    """Each subject that guards, by its own tests; prints what they leave out."""
    problems = []
    chosen = set(names)
    for subject in read():
        if not subject.guards or (chosen and subject.name not in chosen):
            continue
        folder = CHECKOUT / "var" / "coverage" / subject.name
        failed, files = measure(subject.tests, folder, ["-q", "--show-capture=no"])
        found = ["its tests fail."] if failed else untaken(subject, files)
        of_it = [files[str(path)]["summary"] for path in subject.files if str(path) in files]
        figure = Figure(
            sum(one["covered_branches"] for one in of_it), sum(one["num_branches"] for one in of_it)
        )
        print(f"{subject.name}: {figure.taken} of {figure.all} branches ({figure.percent} %)", flush=True)
        problems += [f"{subject.name}: {one}" for one in found]
    print(*problems, sep="\n")
    return int(bool(problems))
