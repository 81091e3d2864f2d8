"""The main figures of two runs side by side, and the counts of data quality that differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import figures
from .wish import Scope
from .words import words

#: Of which total a count of LSAReport is a part (section 11).
_TOTALS = {
    "NoCoC": "HouseholdEntry", "NotOneHoH": "HouseholdEntry", "RelationshipToHoH": "ClientEntry",
    "SSN4Digit": "UnduplicatedClient", "SSNNotProvided": "UnduplicatedClient",
    "SSNMissingOrInvalid": "UnduplicatedClient", "ClientSSNNotUnique": "UnduplicatedClient",
    "DisablingCond": "ClientEntry", "LivingSituation": "AdultHoHEntry", "LengthOfStay": "AdultHoHEntry",
    "HomelessDate": "AdultHoHEntry", "TimesHomeless": "AdultHoHEntry", "MonthsHomeless": "AdultHoHEntry",
    "Destination": "ClientExit",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Headline:
    """A main figure of both runs, and of how many it is a part (None where it is no part). `file` is the file
    that it stands in, `column` the count of LSAReport."""

    label: str
    before: int
    after: int
    file: str
    column: str = ""
    of_before: int | None = None
    of_after: int | None = None

    @property
    def change(self) -> int:
        """How much more there is in the later run."""
        return self.after - self.before


def headline_figures(before: Path, after: Path, scope: Scope) -> tuple[Headline, ...]:
    """The main figures of both runs, and the counts of LSAReport that differ."""
    old, new = (figures.of_run(folder, scope) for folder in (before, after))
    main = [Headline("People served", old["people"], new["people"], "LSAPerson")]
    if scope is Scope.HIC:
        main[0] = Headline("People on the night", old["people"], new["people"], "LSAPerson")
        main += [
            Headline(label, old[name], new[name], file)
            for label, name, file in (
                ("Projects", "projects", "Project"), ("Beds", "beds", "Inventory"),
                ("Units", "units", "Inventory"),
            )
        ]  # fmt: skip
    else:
        main += [
            Headline("Households served", old["households"], new["households"], "LSAHousehold"),
            Headline("Household exits", old["exits"], new["exits"], "LSAExit"),
            Headline(
                "Returns to homelessness", _returned(old), _returned(new),
                "LSAExit", "", old["exits"], new["exits"],
            ),
        ]  # fmt: skip
    counts = [
        Headline(
            words().counts[column].title, old["report"].get(column, 0), new["report"].get(column, 0),
            "LSAReport", column,
            old["report"].get(_TOTALS.get(column, "")), new["report"].get(_TOTALS.get(column, "")),
        )
        for column in words().counts
        if old["report"].get(column, 0) != new["report"].get(column, 0)
    ]  # fmt: skip
    return (*main, *counts)


def _returned(found: Mapping[str, Any]) -> int:
    return sum(one["returned"] for one in found["cohorts"] if one["code"] == 0)
