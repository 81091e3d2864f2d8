"""The annual assessment: its windows, and what of it is due on a day. Pure: it asks no database.

HMIS Data Standards Manual FY2026 v1, 5.03 and 4.02; Reporting Terminology Glossary, annual assessment.
A window is the 30 days before and after the day on which the household's stay turns a year older, both ends
included. Its stay begins with the earliest start among its members, whoever is its head by now. All members
are assessed together; who joined after the anniversary has to be with the next one. Nobody is asked who left
before the window closed. In years without a 29th of February, February 28 is the anniversary of one.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from hearth.standards.form_days import anniversary, days

#: What is coming is said so many days before.
NOTICE = timedelta(days=30)
COMING, OPEN, OVERDUE = "coming", "open", "overdue"


@dataclass(frozen=True, slots=True)
class Window:
    """The days of one annual assessment, `first` to `last`, both included."""

    anniversary: date
    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Annual:
    """An annual assessment that is not recorded: coming, open or overdue."""

    state: str
    window: Window


def window(household_start: date, years: int) -> Window:
    """The window around an anniversary; ValueError below the first, or where the calendar ends."""
    first, last = days("annual", entry=household_start, years=years)
    if first is None or last is None:  # an edit of the stages' data
        raise ValueError("The annual assessment has no window.")
    return Window(anniversary(household_start, years), first, last)


def window_of(household_start: date, day: date) -> Window | None:
    """The window in which a day lies; no two overlap."""
    near = day.year - household_start.year
    for years in (near - 1, near, near + 1):
        if years >= 1 and day in (found := window(household_start, years)):
            return found
    return None


def annual_due(
    *, household_start: date, entry: date, exit: date | None, assessed: Collection[date], today: date
) -> Annual | None:
    """What is due of one person: of the latest window that has opened, or of the next that opens soon.

    `entry` and `exit` are the person's own, `assessed` the days of their annual assessments. None: nothing.
    """
    coming = None
    for years in range(today.year - household_start.year + 1, 0, -1):
        one = window(household_start, years)
        is_asked = entry <= one.anniversary and (exit is None or exit > one.last)
        is_due = is_asked and not any(day in one for day in assessed)
        if one.first <= today:
            found = Annual(OPEN if today <= one.last else OVERDUE, one) if is_due else None
            return found or coming
        if is_due and one.first <= today + NOTICE:
            coming = Annual(COMING, one)
    return coming
