"""Days, moments and numbers of pages and their sentences: `hearth.formats` in the site's own time zone.

Templates have the same as filters (`ui/templatetags/formats.py`). A house test keeps other forms away.
"""

from datetime import date, datetime

from django.utils import timezone

from hearth import formats
from hearth.formats import counted, money, number, percent, units

__all__ = [
    "clock",
    "counted",
    "day",
    "iso",
    "moment",
    "money",
    "month",
    "number",
    "percent",
    "period",
    "units",
]

#: How a day is typed and shown in a field.
IN_A_FIELD = "%m/%d/%Y"


def day(value: date | str | None) -> str:
    """June 29, 1963. A moment with a time zone counts by the site's own."""
    return formats.day(_here(value))


def moment(value: date | str | None) -> str:
    """November 29, 2026, 2:00 PM; a day without a time as a day."""
    found = _here(value)
    return f"{day(found)}, {clock(found)}" if isinstance(found, datetime) else day(found)


def clock(value: datetime) -> str:
    """2:00 PM."""
    return f"{_here(value):%I:%M %p}".removeprefix("0")


def in_a_field(value: date) -> str:
    """06/29/1963, as a day is typed."""
    return f"{value:{IN_A_FIELD}}"


def month(value: date) -> str:
    """June 1963."""
    return f"{value:%B} {value.year}"


def iso(value: date | str | None) -> str:
    """For machines, such as the attribute of `<time>`."""
    found = _here(value)
    return found if isinstance(found, str) else found.isoformat()


def period(first: date | str | None, last: date | str | None) -> str:
    """November 3 – November 29, 2026 (`hearth.formats.period`)."""
    return formats.period(_here(first), _here(last))


def _here(value: date | str | None) -> date | str:
    found = formats.read(value)
    return timezone.localtime(found) if isinstance(found, datetime) and timezone.is_aware(found) else found
