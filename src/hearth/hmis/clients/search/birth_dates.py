"""Dates of birth as people write them, and the dates they may have meant instead."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

OLDEST_YEAR = 1900

_MONTH_NAMES = {
    1: "january jan enero ene", 2: "february feb febrero", 3: "march mar marzo", 4: "april apr abril abr",
    5: "may mayo", 6: "june jun junio", 7: "july jul julio", 8: "august aug agosto ago",
    9: "september sep sept septiembre", 10: "october oct octubre", 11: "november nov noviembre",
    12: "december dec diciembre dic",
}  # fmt: skip
MONTHS = {name: number for number, names in _MONTH_NAMES.items() for name in names.split()}
_NAME = "|".join(sorted(MONTHS, key=len, reverse=True))
_BEFORE, _AFTER = r"(?<![\w/.-])", r"(?![\w/-]|\.\d)"


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(_BEFORE + text + _AFTER, re.IGNORECASE)


_YEAR_FIRST = _pattern(r"(?P<y>\d{4})[-/.](?P<a>\d{1,2})[-/.](?P<b>\d{1,2})")
_THREE = _pattern(r"(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})[-/.](?P<y>\d{4}|\d{2})")
_MONTH_DAY = _pattern(rf"(?P<m>{_NAME})\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}}|'?\d{{2}})")
_DAY_MONTH = _pattern(
    rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+|-)(?:de\s+|of\s+)?(?P<m>{_NAME})\.?,?(?:\s+|-)(?:de\s+)?"
    r"(?P<y>\d{4}|'?\d{2})"
)
_NAMED_MONTH = _pattern(rf"(?P<m>{_NAME})\.?,?(?:\s+|-)(?:de\s+)?(?P<y>\d{{4}})")
_MONTH_YEAR = _pattern(r"(?P<m>\d{1,2})[-/.](?P<y>\d{4})")
_YEAR_MONTH = _pattern(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})")
_EIGHT = _pattern(r"\d{8}")
_YEAR = _pattern(r"(?:19|20)\d{2}")


@dataclass(frozen=True, slots=True)
class BirthDate:
    """A day of birth (`first` = `last`), or a month or a year of which any day may be meant."""

    first: date
    last: date
    #: The same figures with day and month the other way round, where that is a date too.
    swapped: date | None = None

    @property
    def is_day(self) -> bool:
        return self.first == self.last


def take(text: str, today: date) -> tuple[BirthDate | None, str]:
    """The first date of birth in a text, and the text without it. Dates after `today` are none."""
    for pattern, read in _READERS:
        for match in pattern.finditer(text):
            found = read(match, today)
            if found is not None and found.first <= today and found.first.year >= OLDEST_YEAR:
                return found, f"{text[: match.start()]} {text[match.end() :]}"
    return None, text


def take_year(text: str, today: date) -> BirthDate | None:
    """A year of birth standing alone. The text keeps it: four figures may be of an SSN as well."""
    for match in _YEAR.finditer(text):
        year = int(match[0])
        if OLDEST_YEAR <= year <= today.year:
            return BirthDate(date(year, 1, 1), date(year, 12, 31))
    return None


def near(day: date, today: date) -> list[date]:
    """Days that a slip of one figure, or two figures swapped, makes of `day`; not the day itself."""
    text = f"{day:%m%d%Y}"
    slips = set()
    for place, figure in enumerate(text):
        slips.update(text[:place] + other + text[place + 1 :] for other in "0123456789" if other != figure)
    slips.update(text[:at] + text[at + 1] + text[at] + text[at + 2 :] for at in range(7))
    days = {_day(int(slip[4:]), int(slip[:2]), int(slip[2:4])) for slip in slips}
    days |= {day - timedelta(days=1), day + timedelta(days=1)}
    return sorted(d for d in days if d is not None and d != day and d.year >= OLDEST_YEAR and d <= today)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _full_year(text: str, today: date) -> int:
    """Two figures are the latest year that is not in the future."""
    text = text.lstrip("'")
    year = int(text)
    if len(text) == 4:
        return year
    return 2000 + year if 2000 + year <= today.year else 1900 + year


def _of_figures(year: int, a: int, b: int) -> BirthDate | None:
    """Month and day in American order; the other order where only that is a date."""
    american, other = _day(year, a, b), _day(year, b, a)
    chosen = american or other
    if chosen is None:
        return None
    return BirthDate(chosen, chosen, other if american and other != american else None)


def _month(year: int, month: int) -> BirthDate | None:
    first = _day(year, month, 1)
    if first is None:
        return None
    following = date(year + month // 12, month % 12 + 1, 1)
    return BirthDate(first, following - timedelta(days=1))


def _read_figures(match: re.Match[str], today: date) -> BirthDate | None:
    return _of_figures(_full_year(match["y"], today), int(match["a"]), int(match["b"]))


def _read_named(match: re.Match[str], today: date) -> BirthDate | None:
    month, day = MONTHS[match["m"].lower()], int(match["d"])
    found = _day(_full_year(match["y"], today), month, day)
    return BirthDate(found, found) if found else None


def _read_month(match: re.Match[str], today: date) -> BirthDate | None:
    text = match["m"].lower()
    return _month(int(match["y"]), int(text) if text.isdigit() else MONTHS[text])


def _read_eight(match: re.Match[str], today: date) -> BirthDate | None:
    """04011990 or 19900401."""
    text = match[0]
    american = _of_figures(int(text[4:]), int(text[:2]), int(text[2:4]))
    if american is not None and OLDEST_YEAR <= american.first.year <= today.year:
        return american
    found = _day(int(text[:4]), int(text[4:6]), int(text[6:]))
    return BirthDate(found, found) if found else None


_READERS = (
    (_YEAR_FIRST, _read_figures),
    (_THREE, _read_figures),
    (_MONTH_DAY, _read_named),
    (_DAY_MONTH, _read_named),
    (_NAMED_MONTH, _read_month),
    (_MONTH_YEAR, _read_month),
    (_YEAR_MONTH, _read_month),
    (_EIGHT, _read_eight),
)
