"""How a report is opened: `facts.yaml` of its folder, read. The file itself says what each part is.

    declared_of(report).rule("lsa_calculated_averages", {"Cohort": "1"}, "household").facts

What cannot be declared is in `opened.py` of the folder, see `Own`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from hearth.reporting.runtime.codes import Codes
from hearth.reporting.runtime.report import Report, read_yaml

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
    stays_of_people: str
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


#: What a run keeps of HUD's files where facts.yaml has no `stays` of its own.
_KEPT = {
    "Enrollment": "EnrollmentID PersonalID HouseholdID ProjectID EntryDate RelationshipToHoH",
    "Exit": "EnrollmentID ExitDate",
    "Project": "ProjectID ProjectType",
}
#: From what a step counted by a member column of that name: of a person or a household all its enrollments.
_UNITS = {
    "enrollment": Units(
        "SELECT 'enrollment' AS Unit, e.PersonalID, NULL AS HouseholdType, e.EnrollmentID, NULL AS Amount,"
        " e.HouseholdID FROM counted AS c JOIN Enrollment AS e ON e.EnrollmentID = c.EnrollmentID"
    ),
    "person": Units(
        "SELECT 'person' AS Unit, e.PersonalID, NULL AS HouseholdType, NULL AS EnrollmentID, NULL AS Amount,"
        " e.HouseholdID FROM counted AS c JOIN Enrollment AS e ON e.PersonalID = c.PersonalID"
    ),
    "household": Units(
        "SELECT 'household' AS Unit,"
        " coalesce(min(CASE WHEN e.RelationshipToHoH = 1 THEN e.PersonalID END), min(e.PersonalID))"
        " AS PersonalID, NULL AS HouseholdType, NULL AS EnrollmentID, NULL AS Amount, e.HouseholdID"
        " FROM (SELECT DISTINCT HouseholdID FROM counted) AS c"
        " JOIN Enrollment AS e ON e.HouseholdID = c.HouseholdID GROUP BY e.HouseholdID",
        split="HouseholdID",
    ),
}
_STAYS = """
    SELECT DISTINCT u.Number, e.EnrollmentID, e.PersonalID, e.HouseholdID, e.ProjectID,
        CAST(p.ProjectType AS VARCHAR) AS ProjectType, e.EntryDate, CAST(NULL AS DATE) AS MoveInDate,
        x.ExitDate
    FROM unit AS u
    JOIN unit_household AS h ON h.Number = u.Number
    JOIN Enrollment AS e ON e.HouseholdID IS NOT DISTINCT FROM h.HouseholdID
    LEFT JOIN Exit AS x ON x.EnrollmentID = e.EnrollmentID
    LEFT JOIN Project AS p ON p.ProjectID = e.ProjectID
    WHERE CASE u.Unit
        WHEN 'person' THEN e.PersonalID = u.PersonalID WHEN 'enrollment' THEN e.EnrollmentID = u.EnrollmentID
        ELSE TRUE END
"""
#: All enrollments of everybody in the households concerned: more than most numbers rest on, never less.
_RESTS_ON = """
    SELECT Number, EnrollmentID FROM unit WHERE EnrollmentID IS NOT NULL
    UNION
    SELECT DISTINCT u.Number, n.EnrollmentID
    FROM unit AS u JOIN Enrollment AS n ON n.PersonalID = u.PersonalID
    UNION
    SELECT DISTINCT u.Number, n.EnrollmentID
    FROM unit_household AS u
    JOIN Enrollment AS m ON m.HouseholdID = u.HouseholdID
    JOIN Enrollment AS n ON n.PersonalID = m.PersonalID
"""
_RESTS_ON_PEOPLE = """
    SELECT p.PersonalID, e.EnrollmentID
    FROM asked AS p JOIN {schema}.Enrollment AS e ON e.PersonalID = p.PersonalID
    UNION
    SELECT p.PersonalID, n.EnrollmentID
    FROM asked AS p
    JOIN {schema}.Enrollment AS e ON e.PersonalID = p.PersonalID
    JOIN {schema}.Enrollment AS m ON m.HouseholdID = e.HouseholdID
    JOIN {schema}.Enrollment AS n ON n.PersonalID = m.PersonalID
"""
_STAYS_OF_PEOPLE = """
    SELECT e.PersonalID, CAST(e.ProjectID AS VARCHAR) AS ProjectID, e.EntryDate, x.ExitDate
    FROM {schema}.Enrollment AS e LEFT JOIN {schema}.Exit AS x ON x.EnrollmentID = e.EnrollmentID
"""

_RECORDED = (
    FactTable(
        "EnrollmentRecord", "Recorded enrollment", "SELECT * FROM {schema}.Enrollment", "PersonalID",
        ("EnrollmentID",), ("Enrollment",), RECORDED, hud="Enrollment",
    ),
    FactTable(
        "Exit", "Recorded exit",
        "SELECT e.PersonalID, x.* FROM {schema}.Exit AS x"
        " JOIN {schema}.Enrollment AS e ON e.EnrollmentID = x.EnrollmentID",
        "PersonalID", ("EnrollmentID",), ("Enrollment", "Exit"), RECORDED, hud="Exit",
    ),
)  # fmt: skip


@cache
def declared_of(report: Report) -> Declared:
    """A report's facts.yaml. Raises `ReportError`."""
    said = _named(report.codes, read_yaml(report.folder / "facts.yaml"))
    kept, compared = said.get("kept", {}), said.get("compared", {})
    usual = {} if said.get("stays") else _KEPT
    columns = usual | kept.get("columns", {})
    recorded = kept.get("recorded")
    return Declared(
        parameters=f"{report.name}_parameters",
        kept=(*usual, *_list(kept.get("tables")), f"{report.name}_parameters"),
        kept_columns={file: _list(listed) for file, listed in columns.items()},
        recorded=None if recorded is None else Recorded(**recorded),
        units=_UNITS | {name: Units(**one) for name, one in said.get("units", {}).items()},
        counted={table: tuple(Rule(**one) for one in rules) for table, rules in said["counted"].items()},
        facts={name: FactQuery(**one) for name, one in said.get("facts", {}).items()},
        not_told=_list(said.get("not_told")),
        exact=tuple(said.get("exact", ())),
        stays=said.get("stays", _STAYS),
        rests_on=said.get("rests_on", _RESTS_ON),
        reported=compared.get("reported", "SELECT PersonalID FROM {schema}.Enrollment"),
        rests_on_people=compared.get("rests_on", _RESTS_ON_PEOPLE),
        stays_of_people=compared.get("stays", _STAYS_OF_PEOPLE),
        quality=tuple(QualityCounts(**one) for one in compared.get("quality", ())),
        tables=tuple(_table(dict(one)) for one in compared.get("tables", ())) or _RECORDED,
    )


def _named(codes: Codes, said: Any) -> Any:
    """The same with codes for their names, in all texts."""
    if isinstance(said, str):
        return codes.filled(said)
    if isinstance(said, list):
        return [_named(codes, one) for one in said]
    return {key: _named(codes, one) for key, one in said.items()} if isinstance(said, dict) else said


def _table(said: dict[str, Any]) -> FactTable:
    lists: dict[str, Any] = {part: _list(said.pop(part, "")) for part in ("keys", "needs", "without")}
    return FactTable(**said, **lists)


def _list(text: str | None) -> tuple[str, ...]:
    return tuple((text or "").split())
