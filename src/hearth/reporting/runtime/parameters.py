"""What a report is asked for: its parameters, who is named in it, and why it cannot be made.

A report may have parameters of its own: a class that is based on `Parameters`, in its folder.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime

from hearth import formats

#: Days that a report can be about: what lies outside is a slip of the pen, and some of it cannot be computed.
FIRST_DAY, LAST_DAY = date(1980, 1, 1), date(2199, 12, 31)
_COC = re.compile(r"[A-Z]{2}-[0-9]{3}[A-Z]?")
_NAME_LENGTH = 50


class ReportRefused(Exception):
    """The report cannot be made from this input or with these parameters; says why in one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """Who is named in a report, at most 50 characters each (LSA specifications v8, section 2.8)."""

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


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """A CoC and the days [start, end], both included; `projects` are ProjectIDs, none means all. `made_at` is
    the time that the report bears, local wall clock."""

    coc: str
    start: date
    end: date
    projects: tuple[str, ...] = ()
    vendor: Vendor = field(default_factory=Vendor)
    made_at: datetime

    @property
    def kind(self) -> str:
        """Which of its report's kinds the run is, '' for the only one."""
        return ""

    @property
    def scope_name(self) -> str:
        """What it is about, in a word; '' where its report has no scopes."""
        return ""

    @property
    def last_day(self) -> date:
        """The last day of the report."""
        return self.end

    def check(self) -> None:
        """Refuse parameters that no input could satisfy."""
        if not _COC.fullmatch(self.coc):
            what = f"{self.coc} is not" if self.coc else "An empty text is not"
            raise ReportRefused(f"{what} a CoC code; one looks like XX-501.")
        check_days(self.start, self.end)

    def recorded(self) -> dict[str, object]:
        """The parameters as run.json keeps them: enough to ask for the same again."""
        return {
            "coc": self.coc,
            "start": self.start,
            "end": self.last_day,
            "projects": list(self.projects),
            "made_at": self.made_at.replace(microsecond=0),
        }


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
