"""What a form is about to store, as the rows that checks look at: HUD's files, the columns that are known.

Keys are made up: only that they are the same on both sides counts. What the user may not see is blank, so
that nothing is said from which it could be told.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
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
_ONE = "one"  # the key of what all have in common


@dataclass(frozen=True)
class Entered:
    """One person's answers of one stage. `records` as `hud.questions.Answered.records`; `enrollment`: the
    stored one, at a later stage than the start; `entry_date` and `relationship` as they will be stored;
    `exit_date`: only where an exit is entered."""

    client: Client
    project: Project
    records: Mapping[str, Mapping[str, Any]]
    day: date
    stage: int
    entry_date: date | None
    relationship: int | None
    enrollment: Enrollment | None = None
    exit_date: date | None = None

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

    def stay(self, key: str) -> Row:
        """The row of Enrollment, as it will be."""
        stored = stored_row(self.enrollment) if self.enrollment is not None else {}
        fixed = {
            "EnrollmentID": key,
            "PersonalID": key,
            "ProjectID": _ONE,
            "HouseholdID": _ONE,
            "EntryDate": self.entry_date,
            "RelationshipToHoH": self.relationship,
        }
        return {"DateCreated": _now()} | stored | dict(self.records.get("Enrollment", {})) | fixed

    def record(self, file: str, name: str, key: str) -> Row:
        """The row of one of the other records."""
        columns = {column.name for column in load(MODEL_YEAR).file(file).columns}
        fixed = {
            "EnrollmentID": key,
            "PersonalID": key,
            "InformationDate": self.day,
            "DataCollectionStage": self.stage,
            "ExitDate": self.exit_date,
            load(MODEL_YEAR).file(file).key: f"{key} {name}",
        }
        if file == _DISABILITIES:
            fixed["DisabilityType"] = int(name.partition("[")[2].removesuffix("]"))
        typed = dict(self.records.get(name, {}))
        return {column: value for column, value in fixed.items() if column in columns} | typed


@dataclass(frozen=True)
class World:
    """What several people of one project enter together. `rows`: by file those that are known; a file that is
    not there may have rows that nobody knows. `whose`: of each row whose it is, and the record's name."""

    rows: dict[str, list[Row]]
    whose: dict[str, list[tuple[int, str]]]


def world(together: Sequence[Entered]) -> World:
    """The rows of people of one project, each with a key of their own; all are one household."""
    project = together[0].project
    rows: dict[str, list[Row]] = {
        "Export": [{"ExportID": _ONE, "ExportDate": _now()}],
        "Project": [stored_row(project) | {"ProjectID": _ONE}],
        "Funder": [stored_row(one) | {"ProjectID": _ONE} for one in _funders(project)],
        "Client": [],
        "Enrollment": [],
        "Exit": [],
    }
    whose: dict[str, list[tuple[int, str]]] = {}
    for number, entered in enumerate(together):
        key = str(number)
        of_client = dict(entered.records.get("Client", {}))
        rows["Client"].append(stored_row(entered.client) | of_client | {"PersonalID": key})
        whose.setdefault("Client", []).append((number, "Client"))
        rows["Enrollment"].append(entered.stay(key))
        whose.setdefault("Enrollment", []).append((number, "Enrollment"))
        for file in entered.files:
            if file not in ("Client", "Enrollment"):
                names = entered.names(file)
                rows.setdefault(file, []).extend(entered.record(file, name, key) for name in names)
                whose.setdefault(file, []).extend((number, name) for name in names)
    return World(rows, whose)


def _now() -> datetime:
    return timezone.localtime().replace(tzinfo=None)


def stored_row(record: models.Model) -> Row:
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
