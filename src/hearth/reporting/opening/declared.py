"""How a report is opened: `facts.yaml` of its folder, read. The file itself says what each part is.

    declared_of(report).rule("lsa_calculated_averages", {"Cohort": "1"}, "household").facts

What cannot be declared is in `opened.py` of the folder, see `Own`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, Protocol, cast

from hearth.reporting.runtime.report import Report, ReportError, read_yaml

_TABLE = re.compile(r"\b(?:FROM|JOIN) (\w+)")
RECORDED, QUALITY, DERIVED = "recorded", "quality", "derived"
"""What a table of facts is about: an answer as it was recorded; a count of data quality; what the report
makes of it."""


@dataclass(frozen=True, slots=True)
class Units:
    """A SELECT from what a step counted (`counted`) to Unit, PersonalID, HouseholdType, EnrollmentID, Amount
    and HouseholdID; units of the same person and kind are told apart by the column `split`, if any."""

    sql: str
    split: str = "NULL"


@dataclass(frozen=True, slots=True)
class Rule:
    """Which units and facts stand behind the rows of a step that fulfil `when`. `amount` is what Amount is
    called."""

    unit: str
    facts: str = ""
    amount: str = "Days"
    when: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FactQuery:
    """What is told of a unit: a SELECT of its Number and facts. `words`: the file whose words the columns
    have ('': the row's own); `asks`: the dimension of the row that is the query's parameter."""

    sql: str
    words: str = ""
    asks: str = ""


@dataclass(frozen=True, slots=True)
class FactTable:
    """A table of facts that two runs are compared by: see facts.yaml."""

    name: str
    label: str
    sql: str
    person: str
    keys: tuple[str, ...]
    needs: tuple[str, ...]
    part: str = DERIVED
    without: tuple[str, ...] = ()
    hud: str = ""
    hud_names: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    unsaid: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QualityCounts:
    """A step that counts data quality: the columns of its rows that say which count it is and of which
    project."""

    table: str
    which: str
    project: str = "NULL"


@dataclass(frozen=True, slots=True)
class Recorded:
    """A table that a run keeps of one of HUD's files: name here → HUD's column."""

    table: str
    file: str
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Declared:
    """A report's facts.yaml."""

    parameters: str
    kept: tuple[str, ...]
    kept_columns: Mapping[str, tuple[str, ...]]
    recorded: Recorded | None
    units: Mapping[str, Units]
    counted: Mapping[str, tuple[Rule, ...]]
    facts: Mapping[str, FactQuery]
    not_told: tuple[str, ...]
    exact: tuple[str, ...]
    stays: str
    rests_on: str
    reported: str
    rests_on_people: str
    quality: tuple[QualityCounts, ...]
    tables: tuple[FactTable, ...]

    @property
    def read_by_queries(self) -> set[str]:
        """The tables that the queries of units and facts name, and names that are no table's among them."""
        queries = [self.stays, self.rests_on]
        queries += [one.sql for one in self.units.values()]
        queries += [one.sql for one in self.facts.values()]
        return {self.parameters, *(found for sql in queries for found in _TABLE.findall(sql))}

    def rule(self, table: str, wanted: Mapping[str, str | None]) -> Rule:
        """The first rule of a step that fits the row's dimensions."""
        return next(
            rule
            for rule in self.counted[table]
            if all(wanted.get(column) == value for column, value in rule.when.items())
        )

    def is_exact(self, file: str, column: str) -> bool:
        """Whether a fact is a number here and not a band."""
        return any(fnmatchcase(column, one) or f"{file}.{column}" == one for one in self.exact)


class Own(Protocol):
    """What `opened.py` of a report's folder may have, all of it."""

    def title(self, file: str, values: Mapping[str, str | None], said: Mapping[str, str]) -> str:
        """What a row counts, in one line; `said` are the words of its codes."""

    def why(self, file: str, asked: Any) -> str:
        """One sentence why a member is counted (`facts.Asked`)."""

    def headline(self, before: Any, after: Any, kind: str) -> tuple[Any, ...]:
        """The main figures of two runs (`compare.Headline`)."""

    def unchanged(self, connection: Any, asked: Sequence[str], facts: Any) -> Mapping[str, tuple[str, ...]]:
        """Why what was recorded of people differs and figures do not, by PersonalID."""

    def flag_people(self, declared: Any, said: Mapping[str, Any]) -> dict[str, str]:
        """Where the people of a raised flag stand, as flags.json keeps it."""

    def flag_rows(self, flag: Any, declared: Any) -> Any:
        """The row, or the condition on rows, whose people a flag is about."""


def own_of(report: Report) -> Own:
    """What cannot be declared of it. Raises `ReportError` where the folder has no opened.py."""
    module = report.own("opened")
    if module is None:
        raise ReportError(f"{report.folder} has no opened.py: its rows have no titles.")
    return cast(Own, module)


@cache
def declared_of(report: Report) -> Declared:
    """A report's facts.yaml. Raises `ReportError`."""
    said = read_yaml(report.folder / "facts.yaml")
    kept, compared = said.get("kept", {}), said.get("compared", {})
    recorded = kept.get("recorded")
    return Declared(
        parameters=f"{report.name}_parameters",
        kept=_list(kept.get("tables")),
        kept_columns={file: _list(columns) for file, columns in kept.get("columns", {}).items()},
        recorded=None if recorded is None else Recorded(**recorded),
        units={name: Units(**one) for name, one in said["units"].items()},
        counted={table: tuple(Rule(**one) for one in rules) for table, rules in said["counted"].items()},
        facts={name: FactQuery(**one) for name, one in said.get("facts", {}).items()},
        not_told=_list(said.get("not_told")),
        exact=tuple(said.get("exact", ())),
        stays=said["stays"],
        rests_on=said["rests_on"],
        reported=compared.get("reported", ""),
        rests_on_people=compared.get("rests_on", ""),
        quality=tuple(QualityCounts(**one) for one in compared.get("quality", ())),
        tables=tuple(_table(dict(one)) for one in compared.get("tables", ())),
    )


def _table(said: dict[str, Any]) -> FactTable:
    lists: dict[str, Any] = {part: _list(said.pop(part, "")) for part in ("keys", "needs", "without")}
    return FactTable(**said, **lists)


def _list(text: str | None) -> tuple[str, ...]:
    return tuple((text or "").split())
