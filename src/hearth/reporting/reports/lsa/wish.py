"""What a report is asked for: the parameters of an LSA or HIC, and who is named in it.

    wish = Wish(coc="XX-501", start=day, end=day, scope=Scope.HIC, made_at=now)
    check_wish(wish)    # raises ReportRefused

LSA specifications v8 (FY2026), section 3.1.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime

from hearth import formats

LOOKBACK_YEARS = 7
#: Days that a report can be about: what lies outside is a slip of the pen, and some of it cannot be computed.
FIRST_DAY, LAST_DAY = date(1980, 1, 1), date(2199, 12, 31)
_COC = re.compile(r"[A-Z]{2}-[0-9]{3}[A-Z]?")
_NAME_LENGTH = 50


class Scope(enum.IntEnum):
    """What the report is about; HUD's LSAScope."""

    SYSTEMWIDE = 1
    PROJECT = 2
    HIC = 3


class ReportRefused(Exception):
    """The report cannot be made from this input or with these parameters; says why in one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """Who is named in LSAReport, at most 50 characters each (columns 6 to 9 of section 2.8)."""

    vendor: str = "Hearth"
    software: str = "Hearth"
    contact: str = "n/a"
    email: str = "n/a"

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Vendor:
        """From the variables HEARTH_REPORT_VENDOR, _SOFTWARE, _CONTACT and _EMAIL; what is blank or not there
        keeps its default. Raises ReportRefused for one that is too long."""
        given: dict[str, str] = {}
        for one in fields(cls):
            variable = f"HEARTH_REPORT_{one.name.upper()}"
            value = " ".join(environment.get(variable, "").split())
            if len(value) > _NAME_LENGTH:
                raise ReportRefused(
                    f"{variable} has {len(value)} characters; HUD takes {_NAME_LENGTH}. Shorten it."
                )
            if value:
                given[one.name] = value
        return cls(**given)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """The parameters of section 3.1. `made_at` is the time that the report bears, local wall clock."""

    coc: str
    start: date
    end: date
    scope: Scope
    projects: tuple[str, ...] = ()
    vendor: Vendor = field(default_factory=Vendor)
    made_at: datetime

    @property
    def lookback(self) -> date:
        """Seven years before the start."""
        year = self.start.year - LOOKBACK_YEARS
        leap_day = (self.start.month, self.start.day) == (2, 29)
        return date(year, 2, 28) if leap_day else self.start.replace(year=year)

    @property
    def last_day(self) -> date:
        """The last day of the report; a HIC has one day only."""
        return self.start if self.scope is Scope.HIC else self.end

    @property
    def report_id(self) -> int:
        """Year's last digit, month, day, hour and minute of the report, as HUD makes it."""
        return (self.made_at.year % 10) * 100_000_000 + int(self.made_at.strftime("%m%d%H%M"))


def check_days(start: date, end: date) -> None:
    """Refuse days that no report can be about."""
    for day in (start, end):
        if not FIRST_DAY <= day <= LAST_DAY:
            raise ReportRefused(
                f"A report is about days between {formats.day(FIRST_DAY)} and {formats.day(LAST_DAY)};"
                f" check the year of {formats.day(day)}."
            )
    if end < start:
        raise ReportRefused(
            f"The report ends on {formats.day(end)}, before it starts on {formats.day(start)}."
        )


def check_wish(wish: Wish) -> None:
    """Refuse parameters that no input could satisfy."""
    if not _COC.fullmatch(wish.coc):
        what = f"{wish.coc} is not" if wish.coc else "An empty text is not"
        raise ReportRefused(f"{what} a CoC code; one looks like XX-501.")
    check_days(wish.start, wish.end)
    if wish.scope is Scope.HIC and wish.end != wish.start:
        raise ReportRefused(
            f"A HIC is about one night, {formats.day(wish.start)}; leave the last day"
            f" ({formats.day(wish.end)}) away, or give the same."
        )
    if wish.scope is Scope.PROJECT and not wish.projects:
        raise ReportRefused("A report on chosen projects needs at least one project.")
    if wish.scope is not Scope.PROJECT and wish.projects:
        raise ReportRefused("Projects can be chosen in the scope of chosen projects only.")


def said(wish: Wish) -> dict[str, object]:
    """The parameters as run.json keeps them: enough to ask for the same again."""
    return {
        "coc": wish.coc,
        "start": wish.start,
        "end": wish.last_day,
        "lookback": wish.lookback,
        "scope": wish.scope.name.lower(),
        "projects": list(wish.projects),
        "made_at": wish.made_at.replace(microsecond=0),
        "report_id": wish.report_id,
    }
