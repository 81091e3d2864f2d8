"""Chance, vectorised: every invented value comes from here, and from a seed.

Arrays of codes and dates are int32. A date is the number of days since 1970-01-01, a moment the number
of seconds (int64). `NOTHING` stands for a blank in both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int32]
Longs: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]
Floats: TypeAlias = NDArray[np.float64]
Texts: TypeAlias = NDArray[np.object_]

NOTHING = -(2**31)
FAR = 2**30  # later than every date: an exit that has not happened
DAYS_A_YEAR = 365.2425
SECONDS_A_DAY = 86_400
_EPOCH = date(1970, 1, 1)


def day(value: date) -> int:
    """The number of a day: day(date(1970, 1, 2)) == 1."""
    return (value - _EPOCH).days


def blank(size: int) -> Ints:
    """An array of blanks."""
    return np.full(size, NOTHING, dtype=np.int32)


def where(condition: Bools, values: Ints | int, otherwise: Ints | int = NOTHING) -> Ints:
    """`values` where the condition holds, blank (or `otherwise`) elsewhere, as int32."""
    return np.where(condition, values, otherwise).astype(np.int32)


def years_between(born: Ints, on: Ints) -> Ints:
    """Whole years of age on a day, by the calendar (a birthday on 29 February counts on 1 March)."""
    a = born.astype("datetime64[D]")
    b = on.astype("datetime64[D]")
    born_month, on_month = a.astype("datetime64[M]"), b.astype("datetime64[M]")
    months = (on_month - born_month).astype(np.int64)
    before = (b - on_month).astype(np.int64) < (a - born_month).astype(np.int64)
    return ((months - before) // 12).astype(np.int32)


def anniversary(start: Ints, years: Ints | int) -> Ints:
    """The day `years` later by the calendar; 29 February becomes 28 February."""
    days = start.astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    later = months + (np.asarray(years) * 12).astype("timedelta64[M]")
    within = (days - months).astype(np.int64)
    last = ((later + 1).astype("datetime64[D]") - later.astype("datetime64[D]")).astype(np.int64) - 1
    return (later.astype("datetime64[D]").astype(np.int64) + np.minimum(within, last)).astype(np.int32)


def calendar_months(start: Ints, end: Ints) -> Ints:
    """Months touched from one day to another, both included: 31 January to 1 February is 2."""
    months = end.astype("datetime64[D]").astype("datetime64[M]") - start.astype("datetime64[D]").astype(
        "datetime64[M]"
    )
    return (months.astype(np.int64) + 1).astype(np.int32)


class Dice:
    """A stream of chance that depends on its numbers alone: Dice(seed, block)."""

    def __init__(self, *numbers: int) -> None:
        self.random = np.random.Generator(np.random.PCG64(np.random.SeedSequence(list(numbers))))

    def share(self, size: int) -> Floats:
        """Uniform numbers from 0 to 1."""
        return self.random.random(size)

    def happens(self, share: float | Floats, size: int) -> Bools:
        """True for about that share of the elements."""
        return self.random.random(size) < share

    def whole(self, low: int | Ints, high: int | Ints, size: int) -> Ints:
        """Whole numbers from low to high, both included; never below low."""
        width = np.maximum(np.asarray(high) - low, 0) + 1
        return (low + np.floor(self.random.random(size) * width)).astype(np.int32)

    def waiting(self, mean: float | Floats, size: int) -> Ints:
        """Days until something happens that may happen any day: exponential, 0 and up."""
        return np.floor(self.random.exponential(1.0, size) * mean).astype(np.int32)

    def spread(self, median: float | Floats, spread: float | Floats, size: int) -> Ints:
        """Days with a long tail (log-normal), 1 and up."""
        return np.maximum(1, np.exp(self.random.normal(0, 1, size) * spread) * median).astype(np.int32)

    def pick(self, weights: Mapping[int, float], size: int) -> Ints:
        """Codes drawn by weight."""
        return Choices([weights]).draw(self, np.zeros(size, dtype=np.int32))

    def among(self, options: Sequence[object], size: int) -> Texts:
        """Elements of a sequence, each as likely."""
        table = np.empty(len(options), dtype=object)
        table[:] = options
        return table[self.random.integers(0, len(options), size)]


class Choices:
    """Weighted tables, one per group, from which arrays are drawn at once."""

    def __init__(self, tables: Sequence[Mapping[int, float]]) -> None:
        steps: list[float] = []
        codes: list[int] = []
        self.empty = np.zeros(len(tables), dtype=bool)
        for number, table in enumerate(tables):
            total = sum(table.values())
            if total <= 0:
                # An empty table still takes its place, and is never to be drawn from.
                self.empty[number] = True
                table, total = {NOTHING: 1.0}, 1.0
            reached = 0.0
            entries = [(code, weight) for code, weight in table.items() if weight > 0]
            for code, weight in entries:
                reached += weight / total
                steps.append(number + reached)
                codes.append(code)
            steps[-1] = number + 1.0
        self._steps = np.array(steps)
        self._codes = np.array(codes, dtype=np.int32)

    def draw(self, dice: Dice, group: Ints) -> Ints:
        """One code for each element of `group`, from the table of that number."""
        at = np.searchsorted(self._steps, group + dice.share(len(group)), side="right")
        return self._codes[np.minimum(at, len(self._codes) - 1)]


def repeated(counts: Ints) -> tuple[Ints, Ints]:
    """Expand rows: counts [2, 0, 1] gives rows [0, 0, 2] and the place in each row [0, 1, 0]."""
    rows = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    starts = np.cumsum(counts) - counts
    places = np.arange(len(rows), dtype=np.int32) - np.repeat(starts, counts).astype(np.int32)
    return rows, places


def keys(*columns: Ints) -> Longs:
    """One number per combination of two columns of non-negative numbers."""
    combined = columns[0].astype(np.int64)
    for column in columns[1:]:
        combined = (combined << 32) | column.astype(np.int64)
    return combined
