"""Everything that was recorded during one enrollment, for its page: kind by kind, record by record."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any

from django.db import models

from hearth.hmis.access.models import User
from hearth.hmis.audit import changes
from hearth.hmis.enrollments import queries
from hearth.hmis.enrollments.models import Disabilities, Enrollment, Exit, Services
from hearth.hmis.enrollments.models.base import EnrollmentRecord
from hearth.hmis.hud import display
from hearth.hmis.hud.display import Fact
from hearth.hmis.hud.records import models_of_files

#: Records of one kind beyond this many are counted and not listed.
MOST_RECORDS = 200

_TITLES = {
    "IncomeBenefits": "Income, benefits and insurance",
    "HealthAndDV": "Health and domestic violence",
    "EmploymentEducation": "Employment and education",
    "Disabilities": "Disabilities",
    "Services": "Services",
    "CurrentLivingSituation": "Contacts and living situations",
    "YouthEducationStatus": "Education of youth",
    "Assessment": "Coordinated entry assessments",
    "AssessmentQuestions": "Assessment questions",
    "AssessmentResults": "Assessment results",
    "Event": "Coordinated entry events",
}
#: Disabilities.DisabilityType of HIV/AIDS (list 1.3), and DisabilityResponse of no (list 4.10.2).
HIV, NO_DISABILITY = 8, 0
#: Files whose rows are lines of an assessment: the column that is asked, and the one that answers.
_OF_ASSESSMENTS = {
    "AssessmentQuestions": ("AssessmentQuestion", "AssessmentAnswer"),
    "AssessmentResults": ("AssessmentResultType", "AssessmentResult"),
}
_DAYS = ("information_date", "date_provided", "assessment_date", "event_date")
_IN_TITLE = frozenset(
    {"InformationDate", "DataCollectionStage", "DateProvided", "AssessmentDate", "EventDate"}
)
_SERVICE = frozenset({"RecordType", "TypeProvided"})
#: Columns that say the same for every record of a household's stay, or are shown elsewhere on the page.
_ENROLLMENT_HEAD = frozenset({"HouseholdID", "EntryDate", "RelationshipToHoH"})


@dataclass(frozen=True, slots=True)
class RecordShown:
    """One record: its day and stage, what it says, and where it came from. `sensitive` opens on demand."""

    day: date | None
    stage: str
    facts: list[Fact]
    sensitive: list[Fact]
    is_faulty: bool
    changed_at: datetime | None
    deleted_at: datetime | None
    stage_code: int | None = None
    file: str = ""
    pk: int = 0


@dataclass(frozen=True, slots=True)
class Kind:
    """The records of one file, the latest first. `left_out`: how many more there are."""

    file: str
    title: str
    records: list[RecordShown]
    left_out: int


def kinds(user: User, enrollment: Enrollment) -> list[Kind]:
    """The records of an enrollment, in HUD's order of files; bed nights and the exit are not among them."""
    found = []
    for file, title in _TITLES.items():
        model: Any = models_of_files()[file]
        rows = queries.records(user, model, [enrollment.pk])
        if model is Services:
            rows = rows.exclude(record_type=queries.BED_NIGHT)
        if file in _OF_ASSESSMENTS:
            rows = rows.select_related("assessment")
        ordered = list(rows.order_by(*_order(model, file))[: MOST_RECORDS + 1])
        left_out = rows.count() - MOST_RECORDS if len(ordered) > MOST_RECORDS else 0
        if ordered:
            shown = [shown_record(record) for record in ordered[:MOST_RECORDS]]
            if model is Disabilities:
                shown = _by_day(ordered[:MOST_RECORDS])
            elif file in _OF_ASSESSMENTS:
                shown = _by_assessment(ordered[:MOST_RECORDS], *_OF_ASSESSMENTS[file])
            found.append(Kind(file, title, shown, left_out))
    return found


def shown_record(record: EnrollmentRecord | Enrollment) -> RecordShown:
    """A record's facts apart from those that need care."""
    facts, sensitive = [], []
    leave_out = _ENROLLMENT_HEAD if isinstance(record, Enrollment) else _IN_TITLE
    if isinstance(record, Services):
        leave_out = _IN_TITLE | _SERVICE
    for fact in display.facts(record, leave_out=leave_out):
        (sensitive if fact.privacy == "sensitive" else facts).append(fact)
    day = next((getattr(record, name) for name in _DAYS if name in _names(type(record))), None)
    return RecordShown(
        day=day,
        stage=_title(record),
        facts=facts,
        sensitive=sensitive,
        is_faulty=record.is_faulty,
        changed_at=record.date_updated,
        deleted_at=record.date_deleted,
        stage_code=getattr(record, "data_collection_stage", None),
        file=type(record).__name__,
        pk=record.pk,
    )


def _title(record: EnrollmentRecord | Enrollment) -> str:
    """What stands beside a record's day: its stage, or which service it was."""
    if isinstance(record, Services):
        said = (display.words(record, "record_type"), display.words(record, "type_provided"))
        return ", ".join(words for words in said if words)
    if "data_collection_stage" in _names(type(record)):
        return display.words(record, "data_collection_stage")
    return ""


def _by_day(records: list[Disabilities]) -> list[RecordShown]:
    """Disabilities of one day and stage as one record: a fact for each kind, HIV among the sensitive."""
    days: dict[Any, RecordShown] = {}
    for record in records:
        one = shown_record(record)
        key = (one.day, one.stage, one.deleted_at)
        if key not in days:
            days[key] = replace(one, facts=[], sensitive=[])
        said = {fact.column: fact for fact in one.sensitive}
        kind, response = said.pop("DisabilityType", None), said.pop("DisabilityResponse", None)
        rest = [f"{fact.label}: {fact.value}" for fact in said.values() if fact.value]
        if record.disability_response == NO_DISABILITY:
            rest = []  # what follows from a disability is not asked without one
        value = "; ".join([response.value if response else "", *rest]).strip("; ")
        came = ", ".join(fact.came_as for fact in one.sensitive if fact.came_as)
        fact = Fact("DisabilityResponse", kind.value if kind else "Unknown kind", value, "sensitive", came)
        if record.is_faulty:
            days[key] = replace(days[key], is_faulty=True)
        target = days[key].sensitive if record.disability_type == HIV else days[key].facts
        target.append(fact)
    return list(days.values())


def _order(model: Any, file: str) -> list[str]:
    """The latest first; the lines of an assessment in its own order."""
    if file in _OF_ASSESSMENTS:
        asked = ["assessment_question_order"] if "assessment_question_order" in _names(model) else []
        return ["-assessment__assessment_date", "-assessment_id", *asked, "id"]
    day = next((name for name in _DAYS if name in _names(model)), None)
    return [f"-{day}", "-id"] if day else ["-id"]


def _by_assessment(records: list[Any], asked: str, answered: str) -> list[RecordShown]:
    """The lines of one assessment as one record of its day: a fact for each line."""
    found: dict[Any, RecordShown] = {}
    for record in records:
        one = shown_record(record)
        key = (record.assessment_id, one.deleted_at)
        if key not in found:
            day = record.assessment.assessment_date if record.assessment else None
            found[key] = replace(one, day=day, facts=[], sensitive=[])
        said = {fact.column: fact for fact in [*one.facts, *one.sensitive]}
        line, answer = said.get(asked), said.get(answered)
        came = ", ".join(fact.came_as for fact in said.values() if fact.came_as)
        label = line.value if line and line.value else "Not named"
        found[key].facts.append(
            Fact(answered, label, answer.value if answer else "", answer.privacy if answer else "", came)
        )
        if record.is_faulty:
            found[key] = replace(found[key], is_faulty=True)
    return list(found.values())


def history_kinds(user: User, enrollment: Enrollment) -> list[changes.Kind]:
    """The enrollment and every kind of record of it, for their history."""
    itself = queries.visible(Enrollment, user).filter(pk=enrollment.pk)
    ended = queries.records(user, Exit, [enrollment.pk])
    return [
        changes.Kind("Enrollment", "Enrollment", itself, tells_first=True),
        changes.Kind("Exit", "Exit", ended, tells_first=True),
        *(
            changes.Kind(file, title, queries.records(user, models_of_files()[file], [enrollment.pk]))
            for file, title in _TITLES.items()
        ),
    ]


@cache
def _names(model: type[models.Model]) -> frozenset[str]:
    return frozenset(field.name for field in model._meta.local_concrete_fields)
