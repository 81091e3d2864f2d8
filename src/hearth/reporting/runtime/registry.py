"""The reports that there are: one for each folder of `reports/` with a `report.yaml` in it.

by_name("lsa")      # the report of that folder
of_run("hic")       # the report whose runs may be of that kind
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from .report import Report, ReportError

FOLDER = Path(__file__).parent.parent / "reports"


@cache
def reports() -> Mapping[str, Report]:
    """All reports, by name. Raises `ReportError` where two name the same kind of run."""
    found = {path.parent.name: Report(path.parent) for path in sorted(FOLDER.glob("*/report.yaml"))}
    kinds = [kind for report in found.values() for kind in report.kinds]
    twice = sorted({kind for kind in kinds if kinds.count(kind) > 1})
    if twice:
        raise ReportError(f"Two reports have runs of the same kind: {', '.join(twice)}.")
    return found


def by_name(name: str) -> Report:
    """The report of a folder. Raises KeyError."""
    return reports()[name]


def of_run(kind: str) -> Report | None:
    """The report whose runs are of that kind; None where there is none."""
    return next((report for report in reports().values() if kind in report.kinds), None)
