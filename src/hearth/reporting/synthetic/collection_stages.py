"""When questions are asked during an enrollment: at the start, now and then, every year, and at the exit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hearth.reporting.synthetic import arrays
from hearth.reporting.synthetic.arrays import FAR, Bools, Ints
from hearth.reporting.synthetic.enrollments import ADULT, Rows, lags
from hearth.reporting.synthetic.people import People
from hearth.reporting.synthetic.random_values import Random

START, UPDATE, EXIT, ANNUAL = 1, 2, 3, 5  # list 5.03.1
_AROUND_ANNIVERSARY = 25  # days; HUD allows 30
_MOST_YEARS = 16


@dataclass(slots=True)
class CollectionStages:
    """One row per enrollment and data collection stage. `row` is the place in `Rows`, `day` the information
    date."""

    row: Ints
    stage: Ints
    day: Ints
    asked: Bools  # adults on the day, and heads
    lag: Ints

    def __len__(self) -> int:
        return len(self.row)

    def taken(self, rows: Bools | Ints) -> CollectionStages:
        """Some of the rows."""
        return CollectionStages(*(getattr(self, name)[rows] for name in self.__slots__))

    def of(self, *stages: int) -> CollectionStages:
        """Those of some stages."""
        return self.taken(np.isin(self.stage, stages))


def collection_stages(random: Random, rows: Rows, people: People, end: int) -> CollectionStages:
    """The data collection stages of all enrollments, in the order of enrollments and days."""
    every = np.arange(len(rows), dtype=np.int32)
    last = np.minimum(rows.exit, end)
    found = [(every, START, rows.entry)]
    exited = np.flatnonzero(rows.exit != FAR).astype(np.int32)
    found.append((exited, EXIT, rows.exit[exited]))
    for years in range(1, _MOST_YEARS + 1):
        on = arrays.anniversary(rows.head_entry, years)
        due = np.flatnonzero((on <= last) & (rows.entry <= on)).astype(np.int32)
        if not len(due):
            break
        near = on[due] + random.whole(-_AROUND_ANNIVERSARY, _AROUND_ANNIVERSARY, len(due))
        found.append((due, ANNUAL, np.clip(near, rows.entry[due] + 1, last[due]).astype(np.int32)))
    changed = np.flatnonzero((last - rows.entry > 60) & random.happens(0.12, len(rows))).astype(np.int32)
    first = rows.entry[changed] + 10
    found.append((changed, UPDATE, random.whole(first, last[changed] - 10, len(changed))))

    row = np.concatenate([where for where, _, _ in found])
    stage = np.concatenate([np.full(len(where), code, dtype=np.int32) for where, code, _ in found])
    day = np.concatenate([on for _, _, on in found])
    order = np.lexsort((stage == EXIT, day, row))
    row, stage, day = row[order], stage[order], day[order]
    adult = arrays.years_between(people.born[rows.person[row]], day) >= ADULT
    return CollectionStages(
        row=row,
        stage=stage,
        day=day,
        asked=adult | rows.is_head[row],
        lag=np.where(stage == START, rows.lag[row], lags(random, len(row))),
    )
