"""HMIS rows as a twin reads them: typed values, only what is live, and days counted on fingers."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from hearth.standards.load import LATEST, load

REGISTRY = load(LATEST)
# What a row belongs to: (file, column that names it), parents first.
BELONGS_TO = {
    "Project": [("Organization", "OrganizationID")],
    "ProjectCoC": [("Project", "ProjectID")],
    "HMISParticipation": [("Project", "ProjectID")],
    "Inventory": [("Project", "ProjectID")],
    "Funder": [("Project", "ProjectID")],
    "Affiliation": [("Project", "ProjectID")],
    "Enrollment": [("Client", "PersonalID"), ("Project", "ProjectID")],
    "Exit": [("Enrollment", "EnrollmentID")],
    "Services": [("Enrollment", "EnrollmentID")],
    "HealthAndDV": [("Enrollment", "EnrollmentID")],
    "Disabilities": [("Enrollment", "EnrollmentID")],
}


class Record(dict[str, Any]):
    """A row; a column that is not there is empty."""

    def __missing__(self, column: str) -> None:
        return None


def typed(table: str, row: Mapping[str, Any]) -> Record:
    """Dates as dates, codes as numbers, the rest as text."""
    return Record({column: _value(REGISTRY.file(table).column(column).type, row[column]) for column in row})


def _value(kind: str, value: Any) -> Any:
    if value is None or value == "":
        return None
    if kind == "D":
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    return int(value) if kind == "I" else str(value)


def plus_years(day: date, years: int) -> date:
    """The same day of another year; the 29th of February becomes the 28th."""
    return plus_months(day, 12 * years)


def plus_months(day: date, months: int) -> date:
    """The same day of another month, or that month's last."""
    month = day.year * 12 + day.month - 1 + months
    for last in range(day.day, 0, -1):
        try:
            return date(month // 12, month % 12 + 1, last)
        except ValueError:
            continue
    raise AssertionError


def plus(day: date, days: int) -> date:
    return day + timedelta(days)


def days(first: date, last: date) -> Iterator[date]:
    """Every day, both ends included; none when the last is before the first."""
    while first <= last:
        yield first
        first = plus(first, 1)


@dataclass
class World:
    """All rows, and the parameters of section 3.1."""

    rows: Mapping[str, Sequence[Mapping[str, Any]]]
    coc: str
    start: date
    end: date
    lookback: date
    scope: int
    projects: Sequence[str] = ()
    table: dict[str, list[Record]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, rows in self.rows.items():
            some = [typed(name, row) for row in rows]
            # 3.3: what is marked as deleted is never used
            self.table[name] = [row for row in some if row["DateDeleted"] is None]
        for name, parents in BELONGS_TO.items():
            for parent, column in parents:
                there = {row[column] for row in self.table[parent]}
                self.table[name] = [row for row in self.table[name] if row[column] in there]
        self.enrollment = {row["EnrollmentID"]: row for row in self.table["Enrollment"]}
        self.client = {row["PersonalID"]: row for row in self.table["Client"]}
        self.exit: dict[str, Record] = {}
        # Of several exits of an enrollment, which is a fault, the earliest counts; one without a date, last.
        for row in sorted(
            self.table["Exit"], key=lambda row: (row["ExitDate"] or date.max, row["ExitID"]), reverse=True
        ):
            self.exit[row["EnrollmentID"]] = row
        self.nights: defaultdict[str, set[date]] = defaultdict(set)
        for row in self.table["Services"]:
            if row["RecordType"] == 200:
                self.nights[row["EnrollmentID"]].add(row["DateProvided"])

    def quarters(self) -> dict[str, date]:
        """3.2: the point-in-time nights, in the report or not."""
        return {
            "October": date(self.start.year, 10, 31),
            "January": date(self.end.year, 1, 31),
            "April": date(self.end.year, 4, 30),
            "July": date(self.end.year, 7, 31),
        }

    def cohort(self, number: int) -> tuple[date, date]:
        """3.2: start and end of the active (1) and the exit cohorts (0, -1, -2)."""
        if number == 1:
            return self.start, self.end
        if number == 0:
            half = plus_months(self.end, -6)
            return self.start, self.end if half <= self.start else half
        return plus_years(self.start, number), plus_years(self.end, number)
