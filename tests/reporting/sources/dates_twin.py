"""The rules of reading dates once more, one text after the other, in plain Python.

Knows nothing of `sources/dates.py` and its SQL. `read_column` gets all texts of one column of one file.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime, time

MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
          "november", "december"]  # fmt: skip


def read_column(
    texts: Iterable[str], *, time_wanted: bool = False, kind: str = "past", exported: date | None = None
) -> dict[str, date | datetime | None]:
    """What each text of a column means; None where nobody can know."""
    texts = list(texts)
    months_first = month_speaks_first(texts, kind, exported)
    found: dict[str, date | datetime | None] = {}
    for text in texts:
        day_text, clock = split(text)
        day = None if clock is None else the_day(day_text, months_first, kind, exported)
        if day is None or clock is None:
            found[text] = None
        else:
            found[text] = datetime.combine(day, clock) if time_wanted else day
    return found


def month_speaks_first(texts: list[str], kind: str, exported: date | None) -> bool:
    """One value can only be month/day/year, and none can only be something else."""
    proof = False
    for text in texts:
        meanings = numeric_meanings(split(text)[0], kind, exported)
        if meanings is None:
            continue
        month_first, others = meanings
        if month_first is None and any(kind != "whole year first" for kind, _ in others):
            return False
        if month_first is not None and not others:
            proof = True
    return proof


def the_day(text: str, months_first: bool, kind: str, exported: date | None) -> date | None:
    meanings = numeric_meanings(text, kind, exported)
    if meanings is None:
        return the_worded_day(text, kind, exported)
    month_first, others = meanings
    days = {day for _, day in others} | ({month_first} if month_first else set())
    if len(days) == 1:
        return days.pop()
    return month_first if months_first else None


def numeric_meanings(
    text: str, kind: str, exported: date | None
) -> tuple[date | None, list[tuple[str, date]]] | None:
    """As month/day/year, and every other way that is a real day; None for what is not three numbers."""
    match = re.fullmatch(r"(\d{1,4})([-/.])(\d{1,2})([-/.])(\d{1,4})", text)
    if match is None or match[2] != match[4]:
        return None
    a, separator, b, _, c = match.groups()
    others = []
    month_first = a_day(c, a, b, kind, exported) if len(c) in (2, 4) else None
    day_first = a_day(c, b, a, kind, exported) if len(c) in (2, 4) else None
    if day_first:
        others.append(("day first", day_first))
    if len(a) == 4 and len(c) <= 2:
        day = a_day(a, b, c, kind, exported)
        if day:
            others.append(("whole year first", day))
    if len(a) == 2 and len(c) == 2 and separator != "/":
        day = a_day(a, b, c, kind, exported)
        if day:
            others.append(("short year first", day))
    return month_first, others


def the_worded_day(text: str, kind: str, exported: date | None) -> date | None:
    if re.fullmatch(r"\d{8}", text):
        return a_day(text[:4], text[4:6], text[6:], kind, exported)
    for pattern, order in (
        (r"(\d{1,2})[-/ .]*([a-z]+)[-/ .,]*(\d{4}|\d{2})", "dmy"),
        (r"([a-z]+)[- .]*(\d{1,2}),?[- ]+(\d{4}|\d{2})", "mdy"),
        (r"(\d{4})[-/ .]*([a-z]+)[-/ .]*(\d{1,2})", "ymd"),
    ):
        match = re.fullmatch(pattern, text.lower())
        if match:
            parts = dict(zip(order, match.groups(), strict=True))
            month = the_month(parts["m"])
            if month:
                return a_day(parts["y"], str(month), parts["d"], kind, exported)
    return None


def the_month(word: str) -> int | None:
    for number, name in enumerate(MONTHS, 1):
        if word in (name, name[:3]) or (word == "sept" and name == "september"):
            return number
    return None


def a_day(year: str, month: str, day: str, kind: str, exported: date | None) -> date | None:
    """The day of three numbers, if there is one and the year makes sense."""
    if len(month) > 2 or len(day) > 2:
        return None
    if len(year) == 4:
        return real(int(year), int(month), int(day)) if 1800 <= int(year) < 2100 else None
    if exported is None:
        return None
    possible = [century + int(year) for century in range(1700, 2300, 100)]
    latest = max(one for one in possible if one <= exported.year)
    if kind == "birth":
        found = real(latest, int(month), int(day))
        return real(latest - 100, int(month), int(day)) if found and found > exported else found
    if kind == "ahead" and latest + 100 <= exported.year + 20:  # it may be planned
        return None
    return real(latest, int(month), int(day))


def real(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def split(text: str) -> tuple[str, time | None]:
    """The day's text and the time of day behind it, midnight where there is none, None for no real time."""
    text = text.strip(" \t\r\n")
    clock = r"[ Tt]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d*)?)? ?([AaPp][Mm])?"
    match = re.fullmatch(rf"(.*?)(?:{clock} ?(?:[Zz]|[+-]\d{{2}}:?\d{{2}})?)?", text)
    assert match
    day, hour, minute, second, half = match.groups()
    if hour is None:
        return day, time()
    hours = int(hour)
    if half and not 1 <= hours <= 12:
        return day, None
    if half:
        hours = hours % 12 + (12 if half.lower() == "pm" else 0)
    try:
        return day, time(hours, int(minute), int(second or 0))
    except ValueError:
        return day, None
