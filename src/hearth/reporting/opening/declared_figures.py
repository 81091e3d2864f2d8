"""The main figures of a report, as `figures.yaml` of its folder declares them; without that file, what the
rows of each file that counts come to.

    open-stays: {title: Open stays, file: OpenStays}
    in-shelter: {title: Open stays in shelter, file: OpenStays, where: "ProjectID = 'ES'"}
    beds: {title: Beds, file: Beds, kinds: hic}

A key stands in addresses of pages. `where` is a condition on the file's cells, which are text, and holds for
the sum of the rows and for the people behind it alike. `kinds`: of which runs, where not of all.

A report whose figures are more than sums (the LSA's averages and its tables by household type, the beds of a
HIC) has `figures.py` instead, with `of_run` and `conditions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hearth.reporting import engine
from hearth.reporting.engine import name
from hearth.reporting.runtime.labels import labels_of
from hearth.reporting.runtime.report import Report, ReportError, read_yaml

from .bundle import cells_of
from .counted_units import Condition

FILE = "figures.yaml"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: the sum of a file's counts over the rows that fulfil `where`."""

    key: str
    title: str
    file: str
    where: str = "TRUE"

    @property
    def condition(self) -> Condition:
        """What opens to the people behind it."""
        return Condition(self.file, self.where)


def declared(report: Report, kind: str) -> tuple[Figure, ...]:
    """The figures of a kind of run, in their order. Raises `ReportError` for a file that counts nothing."""
    counting = {one.name: one for one in report.files_of(kind) if not one.records and not one.each}
    path = report.folder / FILE
    if not path.is_file():
        known = labels_of(report).files
        return tuple(
            Figure(one.casefold(), known[one].title if one in known else one, one) for one in counting
        )
    found = []
    for key, said in read_yaml(path).items():
        kinds = str(said.get("kinds", "")).split()
        if kinds and kind not in kinds:
            continue
        if said["file"] not in counting:
            raise ReportError(f"{path}: {key} is of {said['file']}, which counts nothing in {kind}.")
        found.append(Figure(str(key), said["title"], said["file"], said.get("where", "TRUE")))
    return tuple(found)


def values(report: Report, folder: Path, kind: str) -> Mapping[Figure, int]:
    """The figures of a run. Raises `BundleError`."""
    with engine.reading() as connection:
        return {
            one: int(
                engine.scalar(
                    connection,
                    f"SELECT coalesce(sum(CAST({name(report.file(one.file).measure)} AS BIGINT)), 0)"
                    f" FROM {cells_of(folder, one.file)} WHERE {one.where}",
                )
            )
            for one in declared(report, kind)
        }


def of_run(report: Report, folder: Path, kind: str) -> dict[str, Any]:
    """The figures as JSON: {"declared": [{"key", "title", "value"}]}."""
    return {
        "declared": [
            {"key": one.key, "title": one.title, "value": value}
            for one, value in values(report, folder, kind).items()
        ]
    }
