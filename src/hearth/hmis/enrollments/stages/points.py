"""What happens on one day of a stay, each on a small page of its own: what is asked, and of which day."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from hearth.hmis.access.models import User
from hearth.hmis.enrollments import queries
from hearth.hmis.enrollments.models import Enrollment, Exit
from hearth.hmis.enrollments.stages.questions import exit_of
from hearth.hmis.enrollments.stages.recorded import RecordedForm
from hearth.hmis.enrollments.start.questions import person_of
from hearth.hmis.hud.questions import field_name
from hearth.hmis.hud.records import model_of
from hearth.hmis.organizations.form_project import FormProjects
from hearth.hmis.ui import formats
from hearth.standards import load
from hearth.standards.form import Project, Question, questions
from hearth.standards.load import MODEL_YEAR

STAGE = "occurrence"


@dataclass(frozen=True, slots=True)
class Point:
    """One element that is recorded as it happens. `day`: the column that says when. `is_record`: each time is
    a record of its own; else the enrollment holds the one answer, which is corrected here, too."""

    slug: str
    element: str
    title: str
    day: str
    is_record: bool = False

    @property
    def file(self) -> str:
        return self.day.partition(".")[0]


#: In the order in which they are offered.
POINTS = (
    Point("move-in", "3.20", "Move-in date", "Enrollment.MoveInDate"),
    Point("contact", "4.12", "Contact", "CurrentLivingSituation.InformationDate", is_record=True),
    Point("engagement", "4.13", "Date of engagement", "Enrollment.DateOfEngagement"),
    Point("path", "P3", "PATH status", "Enrollment.DateOfPATHStatus"),
    Point("assessment", "4.19", "Coordinated entry assessment", "Assessment.AssessmentDate", is_record=True),
    Point("event", "4.20", "Coordinated entry event", "Event.EventDate", is_record=True),
)
BY_SLUG = {one.slug: one for one in POINTS}
#: Those of which each time is a record, by file.
BY_FILE = {one.file: one for one in POINTS if one.is_record}
#: Rows of an assessment's own questions and results, which a community defines (4.19).
_OF_A_COMMUNITY = ("AssessmentQuestions", "AssessmentResults")
_ASSESSMENT = "4.19"
_RESULT_DAY = "Event.ResultDate"


def is_asked(point: Point, project: Project, person: str) -> bool:
    """Whether the standards ask it of such a person in such a project."""
    return bool(questions(load(MODEL_YEAR), project, STAGE, person, only=point.element))


def offered(enrollment: Enrollment, end: Exit | None, places: FormProjects) -> list[Point]:
    """What can be recorded of this enrollment, as of today or its last day."""
    if enrollment.project.project_type is None or enrollment.date_deleted is not None:
        return []
    today = timezone.localdate()
    last = end.exit_date if end is not None and end.date_deleted is None else None
    day = min(last, today) if last else today
    person = person_of(enrollment.client, enrollment.relationship_to_hoh or 0, day)
    place = places.on(enrollment.project, day)
    return [one for one in POINTS if is_asked(one, place, person)]


def why_not(user: User, enrollment: Enrollment, day: date) -> str:
    """What makes it impossible on a day, in a sentence; empty where nothing does."""
    if day > timezone.localdate():
        return "The day lies in the future. Record it when it has come."
    start, end = enrollment.entry_date, exit_of(user, enrollment)
    if start is not None and day < start:
        return f"{formats.day(day)} is before the start, {formats.day(start)}. Correct one of the two."
    if end is not None and end.exit_date is not None and day > end.exit_date:
        return f"{formats.day(day)} is after the exit, {formats.day(end.exit_date)}. Correct one of the two."
    return ""


def record_of(user: User, enrollment: Enrollment, point: Point, pk: int) -> Any:
    """One record of a point that is there still; None where there is none."""
    rows = queries.records(user, model_of(point.file), [enrollment.pk], date_deleted__isnull=True)
    return rows.filter(pk=pk).first()


def hanging_on(user: User, point: Point, record: Any) -> list[Any]:
    """What goes with a record when it is removed: the questions and results of an assessment (4.19)."""
    if point.element != _ASSESSMENT:
        return []
    return [
        row
        for file in _OF_A_COMMUNITY
        for row in queries.records(
            user, model_of(file), [record.enrollment_id], date_deleted__isnull=True, assessment=record
        )
    ]


class PointForm(RecordedForm):
    """The questions of one point; its day is asked first and has to be said. `record`: the one that is
    corrected, where each time is one."""

    def __init__(
        self, *args: Any, point: Point, enrollment: Enrollment, record: Any = None, **kwargs: Any
    ) -> None:
        self.point = point
        stored = {} if point.is_record else {"Enrollment": enrollment}
        if record is not None:
            stored = {point.file: record}
        super().__init__(
            *args, enrollment=enrollment, stage=STAGE, stored=stored, only=(point.element,), **kwargs
        )
        if not self.questions:  # not asked of this client
            return
        day = self.fields[field_name(point.day)]
        if point.is_record and record is None:
            day.initial = timezone.localdate()
        if self.has_day:
            self.fields["take_back"] = forms.BooleanField(
                label=f"It did not happen: take the {point.title.lower()} back", required=False
            )
        self.order_fields([field_name(point.day)])

    @property
    def has_day(self) -> bool:
        """Whether the enrollment says when it was."""
        return not self.point.is_record and self.stored_value(self.point.day) is not None

    def kept(self, asked: list[Question]) -> list[Question]:
        """Without what a community asks by itself."""
        return [one for one in super().kept(asked) if one.column.file not in _OF_A_COMMUNITY]

    def clean(self) -> dict[str, Any]:
        """Refuse a day that is impossible; without a day nothing happened."""
        said = super().clean()
        name = field_name(self.point.day)
        if said.get("take_back"):
            self.answered.records = {"Enrollment": {one.column.name: None for one in self.questions}}
            return said
        if not (day := said.get(name)):
            if name not in self.errors:
                self.add_error(name, f"Enter: {self.fields[name].label}.")
        elif sentence := why_not(self.user, self.enrollment, day):
            self.add_error(name, sentence)
        self._refuse_blanks()
        result = said.get(field_name(_RESULT_DAY))
        if day and result and result < day:
            self.add_error(field_name(_RESULT_DAY), "The result is of a day before the event. Correct one.")
        return said

    def _refuse_blanks(self) -> None:
        """Of a record, what HUD's file may not leave blank and has no code for that nobody was asked."""
        for one in self.questions if self.point.is_record else ():
            name = field_name(one.name)
            is_blank = self.answered.records.get(one.column.file, {}).get(one.column.name) is None
            if is_blank and not one.column.nullable and name not in self.errors:
                self.add_error(name, f"Choose an answer: {self.fields[name].label}")
