"""The counts of LSAReport in words: how much there is, and what is missing in it.

LSA specifications v8, section 11.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from hearth.hmis.reports.figures import share
from hearth.reporting.runtime import registry
from hearth.reporting.runtime.labels import labels_of

_LSA = registry.by_name("lsa")
_FIGURES = _LSA.own("figures")
#: What has no people behind it, so that the report engine has no words for it.
_OTHERS = {"DistinctSSNValueNotUnique": "SSNs that several people have"}
_CLOSED = {
    "DistinctSSNValueNotUnique": "Counts SSNs and nobody in particular: see the people who share their SSN."
}


@dataclass(frozen=True, slots=True)
class Count:
    """One count of LSAReport. `share`: in percent of `of`, where it is of something. `why_closed`: why it
    does not open to people, where it does not."""

    column: str
    label: str
    value: int
    of: str = ""
    share: float | None = None
    why_closed: str = ""


def totals(report: Mapping[str, int]) -> list[Count]:
    """How much there is."""
    return [Count(column, _title(column), report[column]) for column in _FIGURES.TOTALS if column in report]


def faults(report: Mapping[str, int]) -> list[Count]:
    """What is missing or invalid."""
    found = []
    for column, total in _FIGURES.FAULTS.items():
        if column in report:
            found.append(
                Count(
                    column, _title(column), report[column], _title(total),
                    share(report[column], report.get(total)), _CLOSED.get(column, ""),
                )
            )  # fmt: skip
    return found


def of_total(column: str) -> str:
    """Of which total a count of faults is a share; '' where of none."""
    return str(_FIGURES.FAULTS.get(column, ""))


def _title(column: str) -> str:
    known = labels_of(_LSA).counts.get(column)
    return known.title if known else _OTHERS.get(column, column)
