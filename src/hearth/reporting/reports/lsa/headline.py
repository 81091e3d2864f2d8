"""The main figures of two runs side by side, and the counts of data quality that differ."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hearth.reporting.opening.own import Headline
from hearth.reporting.runtime.labels import labels_of
from hearth.reporting.runtime.report import Report

from . import figures


def headline(report: Report, before: Path, after: Path, kind: str) -> tuple[Headline, ...]:
    """The main figures of both runs, and the counts of LSAReport that differ."""
    known = labels_of(report).counts
    old, new = (figures.of_run(folder, kind) for folder in (before, after))
    main = [Headline("People served", old["people"], new["people"], "LSAPerson")]
    if kind == "hic":
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
            known[column].title, old["report"].get(column, 0), new["report"].get(column, 0),
            "LSAReport", column,
            *(one["report"].get(figures.FAULTS.get(column, "")) for one in (old, new)),
        )
        for column in known
        if old["report"].get(column, 0) != new["report"].get(column, 0)
    ]  # fmt: skip
    return (*main, *counts)


def _returned(found: Mapping[str, Any]) -> int:
    return sum(one["returned"] for one in found["cohorts"] if one["code"] == 0)
