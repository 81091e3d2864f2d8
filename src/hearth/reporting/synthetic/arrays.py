"""Arrays of codes and dates, and what is computed of them by the calendar.

Codes and dates are int32. A date is the number of days since 1970-01-01, a time of day on a date the number
of seconds since then (int64). `NOTHING` stands for a blank in both.
"""

from __future__ import annotations

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
