"""What a form is about to store, as the rows that checks look at: HUD's files, the columns that are known.

Keys are made up: only that they are the same on both sides counts. What the user may not see is blank, so
that nothing is said from which it could be told.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.utils import timezone

from hearth.hmis.clients.models import Client
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.hud.records import is_sealed, stored_columns
from hearth.hmis.organizations.models import Project
from hearth.standards import load
from hearth.standards.load import MODEL_YEAR

Row = dict[str, Any]
_STAGES = load(MODEL_YEAR).list("5.03.1").names
#: Codes of DataCollectionStage (5.03).
START_STAGE, EXIT_STAGE = int(_STAGES["PROJECT_START"]), int(_STAGES["PROJECT_EXIT"])
_DISABILITIES = "Disabilities"
_KEY, _HOUSEHOLD = "this", "household"


@dataclass(frozen=True)
class Entered:
    """One person's answers of one stage. `records` as `hud.questions.Answered.records`; `enrollment`: the
    stored one, at a later stage than the start; `entry_date` and `relationship` as they will be stored;
    `exit_date`: only where an exit is entered. `household`: the other members with their clients, where all
    of them are known; none: nothing is said of the household."""

    client: Client
    project: Project
    records: Mapping[str, Mapping[str, Any]]
    day: date
    stage: int
    entry_date: date | None
    relationship: int | None
    enrollment: Enrollment | None = None
    exit_date: date | None = None
    household: Sequence[Enrollment] | None = None

    @property
    def files(self) -> list[str]:
        """The files that are entered, in HUD's order."""
        entered = {name.partition("[")[0] for name in self.records}
        if self.exit_date is not None:
            entered.add("Exit")
        return [file for file in load(MODEL_YEAR).files if file in entered]

    def names(self, file: str) -> list[str]:
        """The names of the records of a file, in the order of its rows."""
        return [name for name in self.records if name.partition("[")[0] == file] or [file]

    def rows(self) -> dict[str, list[Row]]:
        """By file the rows that are known; files that are not there may have rows that nobody knows."""
        found: dict[str, list[Row]] = {
            "Export": [{"ExportID": _KEY, "ExportDate": timezone.localtime().replace(tzinfo=None)}],
            "Project": [_stored(self.project) | {"ProjectID": _KEY}],
            "Funder": [_stored(one) | {"ProjectID": _KEY} for one in _funders(self.project)],
            "Client": [_stored(self.client) | {"PersonalID": _KEY}],
            "Enrollment": [self._enrollment()],
            "Exit": [],
        }
        for number, other in enumerate(self.household or ()):
            key = f"other {number}"
            found["Client"].append(_stored(other.client) | {"PersonalID": key})
            row = {"EnrollmentID": key, "PersonalID": key, "ProjectID": _KEY, "HouseholdID": _HOUSEHOLD}
            found["Enrollment"].append(_stored(other) | row)
        for file in self.files:
            if file != "Enrollment":
                found[file] = [self._record(file, name) for name in self.names(file)]
        return found

    def _enrollment(self) -> Row:
        stored = _stored(self.enrollment) if self.enrollment is not None else {}
        now = timezone.localtime().replace(tzinfo=None)
        return (
            {"DateCreated": now}
            | stored
            | dict(self.records.get("Enrollment", {}))
            | {
                "EnrollmentID": _KEY,
                "PersonalID": _KEY,
                "ProjectID": _KEY,
                "HouseholdID": _HOUSEHOLD,
                "EntryDate": self.entry_date,
                "RelationshipToHoH": self.relationship,
            }
        )

    def _record(self, file: str, name: str) -> Row:
        columns = {column.name for column in load(MODEL_YEAR).file(file).columns}
        fixed = {
            "EnrollmentID": _KEY,
            "PersonalID": _KEY,
            "InformationDate": self.day,
            "DataCollectionStage": self.stage,
            "ExitDate": self.exit_date,
            load(MODEL_YEAR).file(file).key: name,
        }
        if file == _DISABILITIES:
            fixed["DisabilityType"] = int(name.partition("[")[2].removesuffix("]"))
        typed = dict(self.records.get(name, {}))
        return {column: value for column, value in fixed.items() if column in columns} | typed


def _stored(record: models.Model) -> Row:
    """The columns of a stored record that were read and are not withheld."""
    file = type(record).__name__
    withheld = getattr(record, "withheld", frozenset())
    known = record.__dict__
    return {
        one.column: known[one.field]
        for one in stored_columns(file)
        if one.kind == "value"
        and one.field in known
        and one.field not in withheld
        and not is_sealed(file, one.field)
    }


def _funders(project: Project) -> Iterable[models.Model]:
    return project.funders.filter(date_deleted=None)
