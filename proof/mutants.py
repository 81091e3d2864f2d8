"""One line broken at a time, and whether the tests of its subject notice.

Nothing is broken in the checkout: each worker has a copy of it, with a database server of its own, so that
what tests start (commands, the site) is broken as well. `survivors.yaml` lists what may survive, and why: an
error where something else survives, or where what is listed is noticed by now.
"""

import fcntl
import itertools
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

import yaml

from hearth.server.home import Home
from hearth.server.postgres import Cluster
from proof import python_mutations, sql_mutations
from proof.python_mutations import Mutation
from proof.subjects import CHECKOUT, Subject, read

ACCEPTED = Path(__file__).with_name("survivors.yaml")
_NOT_COPIED = (".git", ".venv", "var", "test-output", "__pycache__", ".*_cache", ".hypothesis")
#: A mutant may make a loop endless: it counts as noticed after so many times what the tests take without it.
_PATIENCE = 4
_STARTING_SECONDS = 60

Key = tuple[str, str, str, str, int]


@dataclass(frozen=True)
class Mutant:
    """A mutation of a file; `number` tells equal ones of one function apart, from 1."""

    subject: Subject
    file: Path
    number: int
    mutation: Mutation

    @property
    def key(self) -> Key:
        """What it is known by: lines move."""
        return str(self.file), self.mutation.where, self.mutation.was, self.mutation.becomes, self.number

    def __str__(self) -> str:
        at = f":{self.mutation.line}" if self.mutation.line else ""
        again = f" (no. {self.number})" if self.number > 1 else ""
        return f"{self.file}{at} {self.mutation.where}: {self.mutation.was} → {self.mutation.becomes}{again}"


@dataclass(frozen=True)
class Outcome:
    mutant: Mutant
    survived: bool
    seconds: float


def mutants_of(subject: Subject, files: Iterable[Path], checkout: Path = CHECKOUT) -> Iterator[Mutant]:
    """Of these files of the subject, in the order of their text."""
    for file in files:
        text = (checkout / file).read_text(encoding="utf-8")
        broken = sql_mutations.step_mutations if file.suffix == ".sql" else python_mutations.mutations
        seen: Counter[tuple[str, str, str]] = Counter()
        for mutation in broken(text):
            said = (mutation.where, mutation.was, mutation.becomes)
            seen[said] += 1
            yield Mutant(subject, file, seen[said], mutation)


def sample(subjects: Sequence[Subject], seed: int) -> list[Mutant]:
    """All mutants in an order that the seed decides; subjects take turns, so that each has its share."""
    dice = random.Random(seed)
    of_each = []
    for subject in subjects:
        mutants = list(mutants_of(subject, subject.files))
        dice.shuffle(mutants)
        of_each.append(mutants)
    return [one for turn in itertools.zip_longest(*of_each) for one in turn if one is not None]


class Workshop:
    """A copy of the checkout to break; a context manager."""

    def __enter__(self) -> "Workshop":
        self.folder = Path(tempfile.mkdtemp(prefix="hearth-mutants-")) / "hearth"
        shutil.copytree(CHECKOUT, self.folder, ignore=shutil.ignore_patterns(*_NOT_COPIED))
        (self.folder / ".venv").symlink_to(CHECKOUT / ".venv")
        self.home = self.folder / "var" / "test-home"
        self.home.mkdir(parents=True, mode=0o700)
        # As if a run went on: the database server stays for the next mutant (`tests/testdatabase.py`).
        self._runs = (self.home / "test-runs.lock").open("a")
        fcntl.flock(self._runs, fcntl.LOCK_SH)
        self.environment = {
            "HEARTH_REFERENCE_DATA": str(CHECKOUT.parent / "shared" / "data"),
            **os.environ,
            "PYTHONPATH": str(self.folder / "src"),
            "HEARTH_TEST_HOME": str(self.home),
        }
        return self

    def __exit__(self, *_: object) -> None:
        Cluster(Home.at(self.home)).stop()
        self._runs.close()
        shutil.rmtree(self.folder.parent, ignore_errors=True)

    def write_as_parsed(self, files: Iterable[Path]) -> None:
        """Steps lose their form when one is broken: they are without it from the beginning, so that this is
        tried alone, too."""
        for path in (self.folder / file for file in files if file.suffix == ".sql"):
            path.write_text(sql_mutations.as_parsed(path.read_text(encoding="utf-8")), encoding="utf-8")

    def passes(self, tests: Iterable[str], limit: float | None = None) -> bool:
        """Whether the tests pass, within the seconds of `limit`."""
        command = ["nice", "-n", "10", sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
        process = subprocess.Popen(
            [*command, "--no-header", "--tb=no", "--show-capture=no", *tests],
            cwd=self.folder, env=self.environment, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            return process.wait(limit) == 0
        except subprocess.TimeoutExpired:
            return False
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def try_out(self, mutant: Mutant, limit: float) -> Outcome:
        """Break, test, mend."""
        path = self.folder / mutant.file
        was, stamp = path.read_text(encoding="utf-8"), path.stat().st_mtime
        began = time.monotonic()
        try:
            path.write_text(mutant.mutation.text(), encoding="utf-8")
            # Python compiles anew when the second of a file's time or its size is another.
            os.utime(path, (began, stamp + 10 + began))
            survived = self.passes(mutant.subject.tests, limit)
        finally:
            path.write_text(was, encoding="utf-8")
            os.utime(path, (stamp, stamp))
        return Outcome(mutant, survived, time.monotonic() - began)


def accepted() -> dict[Key, str]:
    """Survivors that are listed, with the reason of each."""
    listed = yaml.safe_load(ACCEPTED.read_text(encoding="utf-8")) or []
    return {
        (one["file"], one["where"], one["was"], one["becomes"], one.get("number", 1)): one["reason"]
        for one in listed
    }


def run(*, names: Iterable[str], seed: int, minutes: float, workers: int) -> int:
    """Try mutants until the time is over; print who survived. 0 where all of these are listed."""
    chosen = set(names)
    subjects = [one for one in read() if not chosen or one.name in chosen]
    ending = time.monotonic() + minutes * 60
    waiting = sample(subjects, seed)
    print(f"{len(waiting)} mutants of {len(subjects)} subjects; {minutes:g} minutes, seed {seed}", flush=True)
    workshops: SimpleQueue[Workshop] = SimpleQueue()
    limits: dict[str, float] = {}
    found: list[Outcome] = []

    def first(subject: Subject) -> str | None:
        """Without a mutant the tests must pass; how long they take is what the others may."""
        shop = workshops.get()
        try:
            began = time.monotonic()
            if not shop.passes(subject.tests):
                return subject.name
            limits[subject.name] = _PATIENCE * (time.monotonic() - began) + _STARTING_SECONDS
            print(f"{subject.name}: {time.monotonic() - began:.0f} s unbroken", flush=True)
            return None
        finally:
            workshops.put(shop)

    def one(mutant: Mutant) -> None:
        if time.monotonic() > ending:
            return
        shop = workshops.get()
        try:
            outcome = shop.try_out(mutant, limits[mutant.subject.name])
        finally:
            workshops.put(shop)
        found.append(outcome)
        if outcome.survived:
            listed = " (listed)" if mutant.key in accepted() else ""
            print(f"survived{listed}: {mutant}", flush=True)

    used = [Workshop() for _ in range(workers)]
    try:
        for shop in used:
            workshops.put(shop.__enter__())
            for subject in subjects:
                shop.write_as_parsed(subject.files)
        with ThreadPoolExecutor(workers) as pool:
            broken = [name for name in pool.map(first, subjects) if name]
            if broken:
                print(f"Tests fail without any mutant: {', '.join(broken)}. Mend these first.")
                return 1
            list(pool.map(one, waiting))
    finally:
        for shop in used:
            if hasattr(shop, "environment"):
                shop.__exit__()
    return _told(found, len(waiting))


def _told(found: Sequence[Outcome], every: int) -> int:
    listed = accepted()
    of_subject: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in found:
        of_subject[outcome.mutant.subject.name].append(outcome)
    print(f"\n{'':14}{'tried':>8}{'killed':>8}{'survived':>10}")
    for name, outcomes in of_subject.items():
        survived = sum(one.survived for one in outcomes)
        print(f"{name:14}{len(outcomes):8}{len(outcomes) - survived:8}{survived:10}")
    print(f"{'together':14}{len(found):8}{sum(not one.survived for one in found):8}"
          f"{sum(one.survived for one in found):10}  of {every}")  # fmt: skip
    new = [one.mutant for one in found if one.survived and one.mutant.key not in listed]
    killed = [one.mutant for one in found if not one.survived and one.mutant.key in listed]
    for mutant in new:
        print(f"Write a test that notices, or list it in proof/survivors.yaml with a reason: {mutant}")
    for mutant in killed:
        print(f"The tests notice this by now; take it from proof/survivors.yaml: {mutant}")
    return int(bool(new or killed))
