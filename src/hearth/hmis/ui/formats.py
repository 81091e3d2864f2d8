"""How days, moments, numbers and counts are written, on pages and in sentences: one form for each.

Templates have the same as filters (`ui/templatetags/formats.py`). A house test keeps other forms away.
"""

import re
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import date_format

#: What stands where a figure does not apply. Zero is "0".
NOT_APPLICABLE = "–"
#: How a day is typed and shown in a field.
IN_A_FIELD = "%m/%d/%Y"

_DAY = "F j, Y"
_CLOCK = "g:i A"
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?P<clock>[ T]\d\d:\d\d.*)?", re.ASCII)
_IRREGULAR = {"person": "people", "is": "are", "was": "were", "has": "have"}


def day(value: date | str | None) -> str:
    """June 29, 1963. A moment with a time zone counts by the site's own. Also of ISO text, as runs keep it;
    other text stays as it is; empty for none."""
    found = _read(value)
    if isinstance(found, str):
        return found
    return date_format(_here(found), _DAY)


def moment(value: date | str | None) -> str:
    """November 29, 2026, 2:00 PM, in the time zone of the site; a day without a time as a day."""
    found = _read(value)
    if not isinstance(found, datetime):
        return day(found)
    return f"{day(found)}, {clock(found)}"


def clock(value: datetime) -> str:
    """2:00 PM, in the time zone of the site."""
    return date_format(_here(value), _CLOCK)


def month(value: date) -> str:
    """June 1963."""
    return date_format(value, "F Y")


def iso(value: date | str | None) -> str:
    """For machines, such as the attribute of `<time>`."""
    found = _read(value)
    return found if isinstance(found, str) else _here(found).isoformat()


def period(first: date | str | None, last: date | str | None) -> str:
    """Both days included: November 3 – November 29, 2026 · October 1, 2025 – September 30, 2026 · since
    November 3, 2026 · until November 29, 2026. One day where both are the same; empty without any."""
    since, until = _read(first), _read(last)
    if not since or not until:
        return f"since {day(since)}" if since else f"until {day(until)}" if until else ""
    if isinstance(since, str) or isinstance(until, str):
        return f"{day(since)} – {day(until)}"
    begin, end = _here(since), _here(until)
    if day(begin) == day(end):
        return day(begin)
    start = date_format(begin, "F j") if begin.year == end.year else day(begin)
    return f"{start} – {day(end)}"


def number(value: float | Decimal | str | None, places: int = 0) -> str:
    """1,294; with `places` behind the point; "–" for none. What is no number stays as it is."""
    if value is None or value == "":
        return NOT_APPLICABLE
    if isinstance(value, str):
        if not re.fullmatch(r"-?\d+(\.\d+)?", value, re.ASCII):
            return value
        value = Decimal(value)
    return f"{value:,.{places}f}" if places or isinstance(value, int) else f"{value:,}"


def percent(share: float | Decimal | None) -> str:
    """21.9% of a share that is in percent; "–" for none."""
    return NOT_APPLICABLE if share is None else f"{share:,.1f}%"


def money(amount: Decimal) -> str:
    """$1,077.40, as lists of amounts have it."""
    return f"${amount:,.2f}"


def units(count: int, one: str) -> str:
    """The word for what is counted, in the number that fits: "client" or "clients". A plural that no rule
    makes follows a comma: "agency with an open project,agencies with an open project"."""
    word, _, several = one.partition(",")
    if count == 1:
        return word
    return several or _plural(word)


def counted(count: int, one: str) -> str:
    """1 client · 1,294 clients. `one` as in `units`."""
    return f"{number(count)} {units(count, one)}"


def _plural(word: str) -> str:
    before, space, last = word.rpartition(" ")
    if last in _IRREGULAR:
        return f"{before}{space}{_IRREGULAR[last]}"
    if re.search(r"[^aeiou]y$", last):
        return f"{word[:-1]}ies"
    return f"{word}es" if re.search(r"(s|x|ch|sh)$", last) else f"{word}s"


def _here(value: date) -> date:
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


def _read(value: date | str | None) -> date | str:
    """ISO text as a day or a moment."""
    if value is None or value == "":
        return ""
    if isinstance(value, str) and (found := _ISO.fullmatch(value)):
        try:
            return datetime.fromisoformat(value) if found["clock"] else date.fromisoformat(value)
        except ValueError:
            return value
    return value
