"""How days, periods, numbers and counts are written, in sentences of commands, reports and pages alike.

What needs the site's time zone stands in `hearth.hmis.ui.formats`, which pages and their sentences use.
"""

import re
from datetime import date, datetime
from decimal import Decimal

#: What stands where a figure does not apply. Zero is "0".
NOT_APPLICABLE = "–"

_ISO = re.compile(r"\d{4}-\d\d-\d\d(?P<clock>[ T]\d\d:\d\d.*)?", re.ASCII)
_IRREGULAR = {"person": "people", "is": "are", "was": "were", "has": "have"}


def read(value: date | str | None) -> date | str:
    """ISO text, as runs and tables keep it, as a day or a moment; other text as it is; "" for none."""
    if value is None or value == "":
        return ""
    if isinstance(value, str) and (found := _ISO.fullmatch(value)):
        try:
            return datetime.fromisoformat(value) if found["clock"] else date.fromisoformat(value)
        except ValueError:
            return value
    return value


def day(value: date | str | None) -> str:
    """June 29, 1963, also of ISO text; other text stays as it is; empty for none."""
    found = read(value)
    return found if isinstance(found, str) else f"{found:%B} {found.day}, {found.year}"


def period(first: date | str | None, last: date | str | None) -> str:
    """Both days included: November 3 – November 29, 2026 · October 1, 2025 – September 30, 2026 · since
    November 3, 2026 · until November 29, 2026. One day where both are the same; empty without any."""
    since, until = read(first), read(last)
    if not since or not until:
        return f"since {day(since)}" if since else f"until {day(until)}" if until else ""
    if day(since) == day(until):
        return day(since)
    if isinstance(since, date) and isinstance(until, date) and since.year == until.year:
        return f"{since:%B} {since.day} – {day(until)}"
    return f"{day(since)} – {day(until)}"


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
