"""Realistic errors, planted on purpose and written down, so that whoever looks for them can be tested.

Every error is one that people make: a date typed wrong, a box left out, an old code. Each is planted in
a household of its own, so that errors do not meet, and where one breaks two rules, both are written
down. `planted.csv` lists them: the check that must find it (its word id in `standards/checks`), the rules
it implements, the file, the key of the row and the column.

What an error does is told in `data_errors`; this module chooses the rows and keeps the list.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from hearth import scratch
from hearth.reporting.outputs import archive
from hearth.reporting.synthetic.arrays import Bools, Ints
from hearth.reporting.synthetic.data_errors import DATA_ERRORS, DESCRIPTOR_ERRORS, Broken, DataError, Table
from hearth.reporting.synthetic.enrollments import Rows
from hearth.reporting.synthetic.people import People
from hearth.reporting.synthetic.random_values import Random
from hearth.reporting.synthetic.store import Store
from hearth.reporting.synthetic.world import World

HEADER = ("check", "origin", "severity", "file", "key", "column")

_ROUNDS = 3  # in which kinds that find rows take over from those that find none

Files = Mapping[str, dict[str, np.ndarray]]
RawTexts = dict[str, dict[str, dict[int, str]]]
"""File → column → row → text that goes out as it is, instead of the value."""


@dataclass(frozen=True, slots=True, order=True)
class Planted:
    """One finding that must be made."""

    file: str
    key: str
    check: str
    column: str


@dataclass(slots=True)
class Planting:
    """Plants the errors of a run and remembers them."""

    world: World
    planted: list[Planted] = field(default_factory=list)

    def plant(self, random: Random, files: Files, rows: Rows, people: People, store: Store) -> RawTexts:
        """Spoil rows of a block; returns the raw texts to store in place of values."""
        raws: RawTexts = defaultdict(dict)
        count = round(self.world.settings.errors * len(people))
        if not count:
            return raws
        used = np.zeros(int(people.household.max()) + 1, dtype=bool)
        weights = np.array([error.weight for error in DATA_ERRORS])
        # A share of each kind, and the rest at random; kinds that find no row leave theirs to the others.
        counts = random.generator.multinomial(count, weights / weights.sum())
        left = 0
        for error, wanted in zip(DATA_ERRORS, counts, strict=True):
            left += int(wanted)
            left -= self._plant(random, error, left, files, rows, people, used, raws, store)
        for _ in range(_ROUNDS):
            each = -(-left // len(DATA_ERRORS))
            for error in DATA_ERRORS:
                wanted = min(each, left)
                left -= self._plant(random, error, wanted, files, rows, people, used, raws, store)
        return raws

    def _plant(
        self,
        random: Random,
        error: DataError,
        wanted: int,
        files: Files,
        rows: Rows,
        people: People,
        used: Bools,
        raws: RawTexts,
        store: Store,
    ) -> int:
        """Plant one kind of error in at most `wanted` rows; returns in how many."""
        columns = files[error.file]
        if not wanted or not len(next(iter(columns.values()))):
            return 0
        row = _row_of(error.file, columns, rows)
        table = Table(error.file, columns, files, rows, people, row, self.world)
        possible = np.flatnonzero(error.fits(table)).astype(np.int32)
        household = people.household[rows.person[row[possible]]]
        free = ~used[household]
        possible, household = possible[free], household[free]
        possible = possible[random.generator.permutation(len(possible))]
        household = people.household[rows.person[row[possible]]]
        # One row per household: the first of each in the shuffled order.
        _, firsts = np.unique(household, return_index=True)
        chosen = possible[np.sort(firsts)][:wanted]
        if not len(chosen):
            return 0
        used[people.household[rows.person[row[chosen]]]] = True
        error.spoil(table, chosen)
        for column, texts in table.raw.items():
            raws[error.file].setdefault(column, {}).update(texts)
        for place in chosen:
            for broken in error.breaks:
                key = _key(store, error, broken, table, int(place))
                self.planted.append(Planted(broken.file or error.file, key, broken.check, broken.column))
        return len(chosen)

    def plant_in_descriptors(
        self, random: Random, file: str, columns: dict[str, np.ndarray], store: Store
    ) -> None:
        """Spoil a row or two of a project descriptor file, when errors are wanted at all."""
        if not self.world.settings.errors:
            return
        for error in DESCRIPTOR_ERRORS:
            if error.file != file:
                continue
            possible = np.flatnonzero(error.fits(columns))
            size = min(len(possible), max(1, round(self.world.settings.errors * len(possible) / 4)))
            chosen = np.sort(random.generator.choice(possible, size, replace=False))
            error.spoil(columns, chosen)
            for place in chosen:
                key = store.key_text(file, columns, int(place))
                self.planted.append(Planted(file, key, error.check, error.column))


def _row_of(file: str, columns: dict[str, np.ndarray], rows: Rows) -> Ints:
    """The enrollment of every row of a file, as its place in `rows`; for a client any of theirs."""
    if file != "Client":
        return (columns["EnrollmentID"] - rows.id[0]).astype(np.int32)
    order = np.argsort(rows.person, kind="stable").astype(np.int32)
    person = columns["PersonalID"] - columns["PersonalID"][0]
    return order[np.searchsorted(rows.person[order], person)]


def _key(store: Store, error: DataError, broken: Broken, table: Table, place: int) -> str:
    """The key of the row that a finding names: the spoiled one, the one before, or one of another file."""
    if broken.file is None:
        return store.key_text(error.file, table.columns, place - broken.before)
    columns = table.files[broken.file]
    enrollment = table["EnrollmentID"][place]
    return store.key_text(broken.file, columns, int(np.flatnonzero(columns["EnrollmentID"] == enrollment)[0]))


def write_planted(path: Path, planted: list[Planted], world: World) -> None:
    """Write the list, ordered by file and key. Raises `archive.OutputError` when it cannot be written."""
    try:
        with scratch.beside(path) as part:
            with part.open("w", encoding="utf-8", newline="") as stream:
                writer = csv.writer(stream)
                writer.writerow(HEADER)
                for one in sorted(planted):
                    check = world.registry.check(one.check)
                    origin = " ".join(check.origin)
                    writer.writerow((one.check, origin, check.severity, one.file, one.key, one.column))
            part.replace(path)
    except OSError as error:
        raise archive.explained(error, path) from error
