"""The reports that there are: one for each folder of `reports/` with a `report.yaml` in it.

by_name("lsa")           # the report of that folder, of its usual year
of_run("hic", 2026)      # the report of that year whose runs may be of that kind
of_year(report, 2028)    # the same report by the standards of another year
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from hearth.standards.load import FOLDER as STANDARDS

from .report import Report, ReportError

FOLDER = Path(__file__).parent.parent / "reports"


@cache
def reports() -> Mapping[str, Report]:
    """All reports of their usual years, by name. Raises `ReportError` where two name the same kind of run."""
    found = {
        path.parent.name: Report(path.parent, standards=STANDARDS)
        for path in sorted(FOLDER.glob("*/report.yaml"))
    }
    kinds = [kind for report in found.values() for kind in report.kinds]
    twice = sorted({kind for kind in kinds if kinds.count(kind) > 1})
    if twice:
        raise ReportError(f"Two reports have runs of the same kind: {', '.join(twice)}.")
    return found


def by_name(name: str) -> Report:
    """The report of a folder. Raises KeyError."""
    return reports()[name]


def of_run(kind: str, year: int) -> Report | None:
    """The report of a year whose runs are of that kind; None where there is none."""
    report = next((report for report in reports().values() if kind in report.kinds), None)
    return None if report is None or year not in report.years else of_year(report, year)


def of_year(report: Report, year: int) -> Report:
    """The same report by the standards of another HUD year. Raises `ReportError` where it has none."""
    return report if year == report.year else _of_year(report, year)


@cache
def _of_year(report: Report, year: int) -> Report:
    """One object for each year: it keeps what was read of its folder."""
    return replace(report, year=year)
