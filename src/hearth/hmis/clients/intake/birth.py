"""A birth date as it is typed, and its quality (3.03.2), which follows from what was typed.

HMIS Data Standards Manual FY2026, 3.03: an unknown month or day is 01; where the year is estimated, January 1
of it; either is an approximate date.
"""

from dataclasses import dataclass
from datetime import date

from hearth.hmis.clients.search import birth_dates
from hearth.hmis.ui import formats
from hearth.standards import load
from hearth.standards.load import MODEL_YEAR

_NAMES = load(MODEL_YEAR).list("3.03.2").names
FULL, APPROXIMATE = int(_NAMES["FULL"]), int(_NAMES["PARTIAL"])
#: Nobody is known to have lived longer; HUD's vendors refuse more, too (`dob_impossible`).
OLDEST = 120
_EXAMPLES = "Type a birth date such as 3/14/1985, a month such as 3/1985, a year, or an age."


class BirthRefused(ValueError):
    """What was typed is no birth date. Its text says why and what to do, without repeating it."""


@dataclass(frozen=True, slots=True)
class Birth:
    """A day, its quality code, and in words how it was understood."""

    day: date
    quality: int
    words: str


def read(typed: str, today: date, *, approximate: bool = False) -> Birth:
    """Understand a birth date. `approximate`: the client was not sure, whatever was typed.

    Raises BirthRefused.
    """
    text = typed.strip()
    if text.isascii() and text.isdigit() and len(text) <= 3:
        return _of_age(int(text), today)
    found, rest = birth_dates.take(text, today)
    if found is None and text.isascii() and text.isdigit() and len(text) == 4:
        found, rest = birth_dates.take_year(text, today), ""
    if found is None or rest.strip():
        raise BirthRefused(_why_not(text, today))
    if found.first < _oldest(today):
        raise BirthRefused(f"That is more than {OLDEST} years ago. Check the year.")
    if found.is_day and not approximate:
        return Birth(found.first, FULL, f"{formats.day(found.first)}, {_age(found.first, today)}")
    day = found.first
    if found.is_day:
        said = formats.day(day)
    else:
        said = formats.month(day) if day.month == found.last.month else str(day.year)
    return Birth(day, APPROXIMATE, f"about {said}, {_age(day, today)}")


def _of_age(age: int, today: date) -> Birth:
    if age > OLDEST:
        raise BirthRefused(f"Nobody is older than {OLDEST}. {_EXAMPLES}")
    day = date(today.year - age, 1, 1)
    return Birth(day, APPROXIMATE, f"about {day.year}, {_age(day, today)}")


def _why_not(text: str, today: date) -> str:
    later, rest = birth_dates.take(text, date.max)
    if later is not None and not rest.strip() and later.first > today:
        return "That day lies in the future. Check the year."
    return _EXAMPLES


def _oldest(today: date) -> date:
    return date(today.year - OLDEST - 1, 1, 1)


def years_old(born: date, today: date) -> int:
    """Age in whole years on a day."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _age(born: date, today: date) -> str:
    age = years_old(born, today)
    return f"age {age}" if age else "under a year old"
