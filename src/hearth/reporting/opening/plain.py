"""What is said of the rows and people of a report that has no sentences of its own: see `declarations.Own`.

Each function is given the report and returns what `opened.py` of its folder would have under that name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hearth.reporting import engine
from hearth.reporting.engine import name
from hearth.reporting.runtime.labels import labels_of
from hearth.reporting.runtime.report import Report, ReportFile

from .bundle import cells_of, damage_told
from .compare import Headline
from .facts import Asked, where


def title(report: Report) -> Callable[[str, Mapping[str, str | None], Mapping[str, str]], str]:
    """The values of a row with their words: what they are, and what their codes stand for."""

    def told(file: str, values: Mapping[str, str | None], said: Mapping[str, str]) -> str:
        known = report.file(file).dimensions
        parts = [
            f"{labels_of(report).label(file, one)}: {said.get(one) or values.get(one) or 'nothing'}"
            for one in known
        ]
        return "; ".join(parts) or file

    return told


def why(report: Report) -> Callable[[str, Asked], str]:
    """Where the member was."""
    return lambda file, asked: f"Counted with {where(asked.stays) or 'no stay'}."


def headline(report: Report) -> Callable[[Path, Path, str], tuple[Headline, ...]]:
    """What the rows of each file that counts come to."""

    def figures(before: Path, after: Path, kind: str) -> tuple[Headline, ...]:
        files = [file for file in report.files_of(kind) if not file.records and not file.each]
        with damage_told(before, after):
            return tuple(_figure(report, file, before, after) for file in files)

    return figures


def _figure(report: Report, file: ReportFile, before: Path, after: Path) -> Headline:
    known = labels_of(report).files.get(file.name)
    total = f"SELECT coalesce(sum(CAST({name(file.measure)} AS BIGINT)), 0) FROM"
    with engine.reading() as connection:
        old, new = (
            int(engine.scalar(connection, f"{total} {cells_of(folder, file.name)}"))
            for folder in (before, after)
        )
    return Headline(known.title if known else file.name, old, new, file.name)


def unchanged(report: Report) -> Callable[[Any, Sequence[str], Any], Mapping[str, tuple[str, ...]]]:
    """Nothing: why a correction changed no figure takes the report's own rules to say."""
    return lambda connection, asked, facts: {}


def flag_people(report: Report) -> Callable[[Any, Mapping[str, Any]], dict[str, str]]:
    """Flags of such a report are about no people."""
    return lambda declared, said: {}


def flag_rows(report: Report) -> Callable[[Any, Any], Any]:
    """No row: see `flag_people`."""
    return lambda flag, declared: {}
