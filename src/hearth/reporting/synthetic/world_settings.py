"""What somebody asks of the generator, checked before any work is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zlib import crc32

from hearth.standards import Registry

MINNESOTA = (
    "MN-500", "MN-501", "MN-502", "MN-503", "MN-504", "MN-505", "MN-506", "MN-508", "MN-509", "MN-511",
)  # fmt: skip
FEWEST, MOST = 100, 1_000_000
LONGEST_YEARS = 10
LARGEST_SEED = 2**32 - 1
DEFAULT_END = date(2026, 9, 30)
_DAYS_FROM_END_TO_EXPORT = 8


class WorldSettingsError(ValueError):
    """No world can be made of the settings. The message says why and what would do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldSettings:
    """`clients` people over `years` years up to `end`, in the CoCs of `cocs`, of which a share of
    `errors` clients get a planted error. The same settings give the same bytes."""

    clients: int
    seed: int = 1
    cocs: tuple[str, ...] = MINNESOTA
    end: date = DEFAULT_END
    years: int = 4
    errors: float = 0.0

    @property
    def start(self) -> date:
        """The first day of the history: `years` before the day after the end."""
        first = self.end + timedelta(days=1)
        leap_day = (first.month, first.day) == (2, 29)
        return first.replace(year=first.year - self.years, day=28 if leap_day else first.day)

    @property
    def exported_at(self) -> datetime:
        """When the invented export was made; late data entry ends here."""
        return datetime.combine(self.end + timedelta(days=_DAYS_FROM_END_TO_EXPORT), time(6, 0))

    @property
    def implementation_id(self) -> str:
        """Tells this invented world from every other: the same keys mean other people there.

        The share of errors is left out, because a world with and without errors is one export before and
        after its correction.
        """
        rest = f"{','.join(self.cocs)} {self.end} {self.years}"
        return f"hearth-invented-{self.seed}-{self.clients}-{crc32(rest.encode()):08x}"

    def check(self, registry: Registry) -> None:
        """Raise `WorldSettingsError` when a number is out of bounds or a CoC is unknown."""
        if not FEWEST <= self.clients <= MOST:
            raise WorldSettingsError(
                f"{self.clients:,} clients is out of bounds: ask for {FEWEST:,} to {MOST:,}."
            )
        if not 1 <= self.years <= LONGEST_YEARS:
            raise WorldSettingsError(f"{self.years} years is out of bounds: ask for 1 to {LONGEST_YEARS}.")
        if not 0 <= self.errors <= 1:
            raise WorldSettingsError("The share of errors lies between 0 (none) and 1 (every client).")
        if not 0 <= self.seed <= LARGEST_SEED:
            raise WorldSettingsError(f"The seed is a whole number from 0 to {LARGEST_SEED:,}.")
        if not self.cocs:
            raise WorldSettingsError("Name at least one CoC, for example --coc MN-500.")
        known = set(registry.list("2.03.1").codes(offered=True))
        unknown = [code for code in self.cocs if code not in known]
        if unknown:
            raise WorldSettingsError(
                f"HUD lists no CoC {', '.join(unknown)}. CoC codes look like MN-500; "
                "'hearth standards show 2.03.1' prints them all."
            )
        if len(set(self.cocs)) != len(self.cocs):
            raise WorldSettingsError("A CoC is named twice.")
        if self.start.year < 2000:
            raise WorldSettingsError(
                "History before the year 2000 is not invented; choose a later end or fewer years."
            )
