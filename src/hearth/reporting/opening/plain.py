"""What is said of the rows and people of a report that has no sentences of its own: see `declarations.Own`.

Each function is given the report and returns what `opened.py` of its folder would have under that name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hearth.reporting.runtime.labels import labels_of
from hearth.reporting.runtime.report import Report

from . import declared_figures
from .bundle import damage_told
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
    """The declared figures of both runs."""

    def figures(before: Path, after: Path, kind: str) -> tuple[Headline, ...]:
        with damage_told(before, after):
            old, new = (declared_figures.values(report, folder, kind) for folder in (before, after))
        return tuple(Headline(one.title, old[one], new[one], one.file) for one in old)

    return figures


def unchanged(report: Report) -> Callable[[Any, Sequence[str], Any], Mapping[str, tuple[str, ...]]]:
    """Nothing: why a correction changed no figure takes the report's own rules to say."""
    return lambda connection, asked, facts: {}


def flag_people(report: Report) -> Callable[[Any, Mapping[str, Any]], dict[str, str]]:
    """Flags of such a report are about no people."""
    return lambda declared, said: {}


def flag_rows(report: Report) -> Callable[[Any, Any], Any]:
    """No row: see `flag_people`."""
    return lambda flag, declared: {}
