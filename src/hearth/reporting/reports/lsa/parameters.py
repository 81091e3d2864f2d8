"""What an LSA or HIC is asked for.

    parameters = LsaParameters(coc="XX-501", start=day, end=day, scope=Scope.HIC, made_at=now)
    parameters.check()    # raises ReportRefused

LSA specifications v8 (FY2026), section 3.1.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date

from hearth import formats
from hearth.reporting.runtime.parameters import Parameters, ReportRefused

LOOKBACK_YEARS = 7


class Scope(enum.IntEnum):
    """What the report is about; HUD's LSAScope."""

    SYSTEMWIDE = 1
    PROJECT = 2
    HIC = 3


@dataclass(frozen=True, kw_only=True)
class LsaParameters(Parameters):
    """The parameters of section 3.1."""

    scope: Scope

    @property
    def kind(self) -> str:
        """hic or lsa."""
        return "hic" if self.scope is Scope.HIC else "lsa"

    @property
    def scope_name(self) -> str:
        """systemwide, project or hic."""
        return self.scope.name.lower()

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

    def check(self) -> None:
        """Refuse parameters that no input could satisfy."""
        super().check()
        if self.scope is Scope.HIC and self.end != self.start:
            raise ReportRefused(
                f"A HIC is about one night, {formats.day(self.start)}; leave the last day"
                f" ({formats.day(self.end)}) away, or give the same."
            )
        if self.scope is Scope.PROJECT and not self.projects:
            raise ReportRefused("A report on chosen projects needs at least one project.")
        if self.scope is not Scope.PROJECT and self.projects:
            raise ReportRefused("Projects can be chosen in the scope of chosen projects only.")

    def recorded(self) -> dict[str, object]:
        """As run.json keeps them."""
        return {
            "coc": self.coc,
            "start": self.start,
            "end": self.last_day,
            "lookback": self.lookback,
            "scope": self.scope_name,
            "projects": list(self.projects),
            "made_at": self.made_at.replace(microsecond=0),
            "report_id": self.report_id,
        }
