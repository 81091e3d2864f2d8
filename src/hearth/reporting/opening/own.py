"""What a report says in words of its own (`opened.py` of its folder): titles of rows, why one is counted,
the main figures of a comparison. What such sentences are made of, and what is said of a report without them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Protocol, cast

from hearth import formats
from hearth.reporting.runtime.labels import RowLabel, labels_of
from hearth.reporting.runtime.report import Report

from . import declared_figures
from .bundle import damage_told


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing known about a member. `label` says what it is, `meaning` what its code stands for, both in
    words; `meaning` is None for a number or a day, which speak for themselves."""

    name: str
    value: str | None
    label: str
    meaning: str | None = None


@dataclass(frozen=True, slots=True)
class Stay:
    """An enrollment that counted, as the report used it (3.3, 3.4): dates may differ from those recorded."""

    enrollment_id: str
    personal_id: str
    household_id: str | None
    project_id: str
    project_type: str
    entry: date | None
    move_in: date | None
    exit: date | None
    """The day of exit; the last night is the one before. None while open."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report's own sentence is made of: the words of the row, its dimensions, the member's facts by
    name and its stays, and the first and last day of the report."""

    known: RowLabel
    wanted: Mapping[str, str | None]
    facts: Mapping[str, Fact]
    stays: tuple[Stay, ...]
    period: tuple[date, date]


@dataclass(frozen=True, slots=True)
class Headline:
    """A main figure of both runs, and of how many it is a part (None where it is no part). `file` is the file
    that it stands in, `column` the count that it is, where the file has several."""

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


def where(stays: tuple[Stay, ...]) -> str:
    """The stays in words: where and when, the first three of them."""
    said = [
        f"project {one.project_id} ({one.project_type}),"
        f" {formats.period(one.entry, one.exit) or 'days unknown'}"
        for one in stays[:3]
    ]
    more = f", and {len(stays) - 3} more" if len(stays) > 3 else ""
    return "; ".join(said) + more


class Own(Protocol):
    """What `opened.py` of a report's folder may have, as functions that are given the report (in the run's
    year) before all else; what it has not is `Plain`."""

    def title(self, file: str, values: Mapping[str, str | None], said: Mapping[str, str]) -> str:
        """What a row counts, in one line; `said` are the words of its codes."""

    def why(self, file: str, asked: Asked) -> str:
        """One sentence why a member is counted."""

    def headline(self, before: Path, after: Path, kind: str) -> tuple[Headline, ...]:
        """The main figures of two runs."""

    def unchanged(self, connection: Any, asked: Sequence[str], facts: Any) -> Mapping[str, tuple[str, ...]]:
        """Why what was recorded of people differs and figures do not, by PersonalID."""

    def flag_people(self, declared: Any, said: Mapping[str, Any]) -> dict[str, str]:
        """Where the people of a raised flag stand, as flags.json keeps it."""

    def flag_rows(self, flag: Any, declared: Any) -> Any:
        """The row, or the condition on rows, whose people a flag is about."""


class Plain:
    """What is said of the rows and people of a report that has no sentences of its own: see `Own`."""

    def __init__(self, report: Report) -> None:
        self._report = report

    def title(self, file: str, values: Mapping[str, str | None], said: Mapping[str, str]) -> str:
        """The values of a row with their words: what they are, and what their codes stand for."""
        labels = labels_of(self._report)
        parts = [
            f"{labels.label(file, one)}: {said.get(one) or values.get(one) or 'nothing'}"
            for one in self._report.file(file).dimensions
        ]
        return "; ".join(parts) or file

    def why(self, file: str, asked: Asked) -> str:
        """Where the member was."""
        return f"Counted with {where(asked.stays) or 'no stay'}."

    def headline(self, before: Path, after: Path, kind: str) -> tuple[Headline, ...]:
        """The declared figures of both runs."""
        with damage_told(before, after):
            old, new = (declared_figures.values(self._report, folder, kind) for folder in (before, after))
        return tuple(Headline(one.title, old[one], new[one], one.file) for one in old)

    def unchanged(self, connection: Any, asked: Sequence[str], facts: Any) -> Mapping[str, tuple[str, ...]]:
        """Nothing: why a correction changed no figure takes the report's own rules to say."""
        return {}

    def flag_people(self, declared: Any, said: Mapping[str, Any]) -> dict[str, str]:
        """Flags of such a report are about no people."""
        return {}

    def flag_rows(self, flag: Any, declared: Any) -> Any:
        """No row: see `flag_people`."""
        return {}


def own_of(report: Report) -> Own:
    """What cannot be declared of it, and for the rest what is said of any report."""
    module, plain = report.own("opened"), Plain(report)
    found = {name: getattr(plain, name) for name in vars(Own) if not name.startswith("_")}
    found |= {name: partial(getattr(module, name), report) for name in found if hasattr(module, name)}
    return cast(Own, SimpleNamespace(**found))
