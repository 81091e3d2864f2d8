"""What was said to checks of a stay ("yes, this is right"), and whether it still holds, for its page.

Only a hash of the values was kept (`found.py`). Whether they are still those is told by looking at the stored
records as the forms did; of a check about a whole household it is not told.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from hearth.hmis.access.models import User
from hearth.hmis.enrollments import queries
from hearth.hmis.enrollments.checks.found import look
from hearth.hmis.enrollments.checks.looked_at import EXIT_STAGE, START_STAGE, Entered, stored_row
from hearth.hmis.enrollments.models import CheckAnswer, Enrollment, Exit
from hearth.hmis.enrollments.models.base import EnrollmentRecord
from hearth.hmis.hud import display
from hearth.hmis.hud.display import Fact
from hearth.hmis.hud.records import models_of_files
from hearth.standards import load
from hearth.standards.load import MODEL_YEAR

HOLDS, CHANGED, OF_HOUSEHOLD = "holds", "changed", "household"
_HOUSEHOLD = "household"
_DISABILITIES = "Disabilities"
_DAYS = ("information_date", "assessment_date", "event_date")


@dataclass(frozen=True, slots=True)
class AnsweredCheck:
    """One answer. `values`: what the check looks at, as it stands, where the answer still holds; without what
    needs care. `state`: holds, changed, or household where it is not told."""

    sentence: str
    said_by: str
    said_at: datetime
    state: str
    values: list[Fact]


def answered_checks(user: User, enrollment: Enrollment, end: Exit | None) -> list[AnsweredCheck]:
    """The answers of a stay, the latest first; one query where there are none. Who gave them is not said of a
    confidential project."""
    rows = CheckAnswer.objects.restrict(user).filter(enrollment=enrollment)
    given = list(rows.select_related("said_by").order_by("-said_at", "-id"))
    if not given:
        return []
    now = {
        (found.check.id, found.values): records
        for entered, records in _stages(user, enrollment, end)
        for found in look(entered, ())
        if not _is_of_household(found.check)
    }
    checks, told = load(MODEL_YEAR).checks, []
    for one in given:
        check, records = checks.get(one.check_id), now.get((one.check_id, one.values))
        state = HOLDS if records is not None else CHANGED
        if check is not None and _is_of_household(check):
            state = OF_HOUSEHOLD
        told.append(
            AnsweredCheck(
                check.sentence if check else f"{one.check_id}, which is no longer a check.",
                "" if enrollment.project.is_hidden else str(one.said_by),
                one.said_at,
                state,
                list(_values(check.columns, records)) if check and records is not None else [],
            )
        )
    return told


def _is_of_household(check: Any) -> bool:
    return check.level == _HOUSEHOLD or bool(check.per)


def _values(columns: tuple[str, ...], records: list[Any]) -> Iterator[Fact]:
    """Of the columns that a check points at what stands in the records; nothing that needs care."""
    for record in records:
        for fact in display.facts(record):
            if fact.column in columns and fact.privacy != "sensitive":
                yield fact


def _stages(user: User, enrollment: Enrollment, end: Exit | None) -> Iterator[tuple[Entered, list[Any]]]:
    """What is stored of each stage and day, contact, assessment and event, as the forms entered it."""
    groups: dict[tuple[int, date | None, int], dict[str, Any]] = {}
    start = (START_STAGE, enrollment.entry_date, 0)
    groups[start] = {"Enrollment": enrollment}
    if end is not None and end.date_deleted is None:
        groups[EXIT_STAGE, end.exit_date, 0] = {"Exit": end}
    for file, model in models_of_files().items():
        fields = {one.name for one in model._meta.get_fields()}
        day = next((name for name in _DAYS if name in fields), None)
        if day is None or not issubclass(model, EnrollmentRecord):
            continue
        for row in queries.records(user, model, [enrollment.pk], date_deleted__isnull=True):
            stage = getattr(row, "data_collection_stage", None)
            name = f"{file}[{row.disability_type}]" if file == _DISABILITIES else file
            key = (stage, getattr(row, day), 0) if stage else (0, getattr(row, day), row.pk)
            groups.setdefault(key, {})[name] = row
    for (stage, on, _), rows in groups.items():
        if on is not None:
            yield _entered(enrollment, end, stage, on, rows), list(rows.values())


def _entered(
    enrollment: Enrollment, end: Exit | None, stage: int, on: date, rows: Mapping[str, Any]
) -> Entered:
    return Entered(
        client=enrollment.client,
        project=enrollment.project,
        records={name: stored_row(row) for name, row in rows.items()},
        day=on,
        stage=stage,
        entry_date=enrollment.entry_date,
        relationship=enrollment.relationship_to_hoh,
        enrollment=enrollment,
        exit_date=end.exit_date if end is not None and stage == EXIT_STAGE else None,
    )
