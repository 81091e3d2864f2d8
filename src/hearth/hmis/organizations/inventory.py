"""Beds of a project over time, as steps that a small chart can draw."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import zip_longest

from hearth.hmis.organizations.models import Inventory

WIDTH, HEIGHT, BASE = 640.0, 150.0, 120.0
LEFT = 40.0
#: At most so many years are named, and none where "today" stands.
MOST_YEARS, TODAY_ROOM = 5, 80.0


@dataclass(frozen=True)
class Step:
    """The same number of beds from one day to another; `until` is None for what holds today."""

    since: date
    until: date | None
    beds: int


@dataclass(frozen=True)
class Bar:
    """A step in units of the drawing."""

    step: Step
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        """Where its number stands, across."""
        return self.x + self.width / 2

    @property
    def above(self) -> float:
        """Where its number stands, up."""
        return self.y - 5


@dataclass(frozen=True)
class Tick:
    """A year on the axis."""

    year: int
    x: float


@dataclass(frozen=True)
class Chart:
    """Bars and years of the chart."""

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    most: int
    width: float = WIDTH
    height: float = HEIGHT
    base: float = BASE
    left: float = LEFT
    years_at: float = BASE + 22


def steps(records: Iterable[Inventory], today: date) -> list[Step]:
    """Beds in force over time, from the first record to today; days without a record have none.

    Records without a first day are left out, because nobody knows since when they hold.
    """
    spans = [
        (r.inventory_start_date, r.inventory_end_date, r.bed_inventory or 0)
        for r in records
        if r.inventory_start_date is not None and r.inventory_start_date <= today
    ]
    changes = {start for start, _, _ in spans}
    changes |= {end + timedelta(days=1) for _, end, _ in spans if end is not None and end < today}
    result: list[Step] = []
    days = sorted(changes)
    for day, following in zip_longest(days, days[1:]):
        beds = sum(b for start, end, b in spans if start <= day and (end is None or end >= day))
        until = following - timedelta(days=1) if following else None
        if result and result[-1].beds == beds:
            result[-1] = Step(result[-1].since, until, beds)
        else:
            result.append(Step(day, until, beds))
    return result


def chart(parts: list[Step], today: date) -> Chart | None:
    """The chart of some steps; None where there is nothing to draw."""
    if not parts or not any(step.beds for step in parts):
        return None
    first, most = parts[0].since, max(step.beds for step in parts)
    days = max(1, (today - first).days + 1)

    def x(day: date) -> float:
        return LEFT + (WIDTH - LEFT) * (day - first).days / days

    bars = []
    for step in parts:
        end = x(step.until + timedelta(days=1)) if step.until else WIDTH
        height = (BASE - 20) * step.beds / most
        bars.append(Bar(step, x(step.since), BASE - height, end - x(step.since), height))
    years = range(first.year + 1, today.year + 1)
    every = -(-len(years) // MOST_YEARS) or 1
    ticks = tuple(
        Tick(year, x(date(year, 1, 1)))
        for year in years
        if (year - first.year) % every == 0 and x(date(year, 1, 1)) <= WIDTH - TODAY_ROOM
    )
    return Chart(tuple(bars), ticks, most)
