"""What is asked at an update, at the annual assessment and after the exit, and of which day it may be."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from django import forms
from django.db.models import Min
from django.utils import timezone

from hearth.hmis.access.models import User
from hearth.hmis.enrollments import annual, queries
from hearth.hmis.enrollments.checks.form import CheckedForm, answered_before
from hearth.hmis.enrollments.checks.looked_at import Entered
from hearth.hmis.enrollments.disabling import DISABLING, NO, disabling_condition
from hearth.hmis.enrollments.last_answers import (
    LastAnswers,
    as_typed,
    files_of_stages,
    has_qualifying,
    typed_as,
    with_last,
)
from hearth.hmis.enrollments.models import Enrollment, Exit
from hearth.hmis.enrollments.start.questions import is_withheld, known_of, person_of
from hearth.hmis.hud.answers import not_collected
from hearth.hmis.hud.names import python_name
from hearth.hmis.hud.questions import Section, field_name, is_blank, place_of
from hearth.hmis.organizations.form_project import FormProjects, form_project
from hearth.hmis.ui import formats
from hearth.hmis.ui.forms import DayField
from hearth.standards import load
from hearth.standards.form import Project, Question, questions
from hearth.standards.form_days import days, stages
from hearth.standards.gates import columns
from hearth.standards.load import MODEL_YEAR

UPDATE, ANNUAL, POST_EXIT = "update", "annual", "post_exit"
#: The stages of this room, and what their forms are called.
TITLES = {UPDATE: "Update", ANNUAL: "Annual assessment", POST_EXIT: "After the exit"}
_AFTERCARE_DAY = "Exit.AftercareDate"
_HIV_ROW, _HIV_ANSWERS = "Disabilities[8]", ("DisabilityResponse", "IndefiniteAndImpairs")
_HIV = "Disabilities.DisabilityResponse[8]"


def recorded_as(stage: str) -> int | None:
    """The code of 5.03.1 that the records of a stage carry; None after the exit."""
    code = stages()[stage].recorded_as
    return int(code) if code else None


def asks(project: Project, stage: str, person: str) -> bool:
    """Whether anything is asked of a person at a stage."""
    return bool(questions(load(MODEL_YEAR), project, stage, person))


def offered(enrollment: Enrollment, end: Exit | None, places: FormProjects) -> list[tuple[str, str]]:
    """The stages, with their titles, at which something is asked in this enrollment now."""
    if enrollment.project.project_type is None or enrollment.date_deleted is not None:
        return []
    last = end.exit_date if end is not None and end.date_deleted is None else None
    today = timezone.localdate()
    day = min(last, today) if last else today
    place = places.on(enrollment.project, day)
    person = person_of(enrollment.client, enrollment.relationship_to_hoh or 0, day)
    return [
        (stage, title)
        for stage, title in TITLES.items()
        if (stage != POST_EXIT or last) and asks(place, stage, person)
    ]


def household_start(user: User, enrollment: Enrollment) -> date | None:
    """The earliest start of the household's members, from which anniversaries count; the person's own where
    they are in no household."""
    if not enrollment.household_id:
        return enrollment.entry_date
    rows = Enrollment.objects.restrict(user).filter(
        project=enrollment.project_id, household_id=enrollment.household_id, date_deleted=None
    )
    found: date | None = rows.aggregate(first=Min("entry_date"))["first"]
    return found or enrollment.entry_date


def exit_of(user: User, enrollment: Enrollment) -> Exit | None:
    """The exit that counts, or None."""
    rows = queries.visible(Exit, user).filter(enrollment=enrollment, date_deleted=None)
    return rows.order_by("is_faulty", "-id").first()


def why_not(user: User, enrollment: Enrollment, stage: str, day: date) -> str:
    """What makes a record of a stage on a day impossible, in a sentence; empty where nothing does."""
    if day > timezone.localdate():
        return "The day lies in the future. Enter the day on which it was asked."
    end = exit_of(user, enrollment)
    last = end.exit_date if end else None
    start = enrollment.entry_date
    if stage == POST_EXIT:
        if last is None:
            return "No exit is recorded. What is asked after it comes later."
        _, until = days(stage, entry=start or last, exit=last)
        if day < last or (until and day > until):
            return (
                f"What is asked after the exit is of a day from {formats.day(last)} to"
                f" {formats.day(until) if until else 'any day'}. Correct the day."
            )
        return ""
    if start is not None and day < start:
        return f"{formats.day(day)} is before the start, {formats.day(start)}. Correct one of the two."
    if last is not None and day > last:
        return f"{formats.day(day)} is after the exit, {formats.day(last)}. Correct one of the two."
    if same := _recorded(user, enrollment, stage, day):
        return f"One is recorded already, of {formats.day(same)}. Correct that one instead."
    return ""


def warning(user: User, enrollment: Enrollment, stage: str, day: date) -> str:
    """What is possible and looks wrong, in a sentence that can be answered; empty where nothing does."""
    if stage == ANNUAL:
        start = household_start(user, enrollment)
        if start is None or annual.window_of(start, day) is None:
            return (
                "The day is more than 30 days away from the anniversary of the household's start"
                f"{f', {formats.day(start)}' if start else ''}. HUD's reports do not count it."
            )
    if stage == UPDATE and day == enrollment.entry_date:
        return "An update on the day of the start would be the start's own answers, corrected."
    return ""


def _recorded(user: User, enrollment: Enrollment, stage: str, day: date) -> date | None:
    """The day of a record of this stage that a further one would double: of the same day, or, of an annual
    assessment, in the same window."""
    first = last = day
    if stage == ANNUAL and (start := household_start(user, enrollment)):
        window = annual.window_of(start, day)
        first, last = (window.first, window.last) if window else (day, day)
    code = recorded_as(stage)
    for model in files_of_stages().values():
        rows = queries.records(user, model, [enrollment.pk], date_deleted__isnull=True)
        found: date | None = rows.filter(
            data_collection_stage=code, information_date__range=(first, last)
        ).values_list("information_date", flat=True).first()  # fmt: skip
        if found:
            return found
    return None


class StageForm(CheckedForm):
    """The questions of a later stage of one enrollment on a day, with what was answered last.

    On a page of several people (`stages/of_household.py`) `asks` is the project as forms see it then, `last`
    and `answered` are read for all at once, and the day is said once for all (`has_own_day`).
    """

    own_words = frozenset({"annual_outside_window"})  # `warning`
    information_date = DayField(label="Day", help_text="The day on which it was asked")

    def __init__(
        self,
        *args: Any,
        user: User,
        enrollment: Enrollment,
        stage: str,
        day: date,
        asks: Project | None = None,
        last: LastAnswers | None = None,
        answered: Collection[tuple[str, str]] | None = None,
        has_own_day: bool = True,
        **kwargs: Any,
    ) -> None:
        self.user, self.enrollment, self.day, self.has_own_day = user, enrollment, day, has_own_day
        self.last = LastAnswers(user, enrollment, day) if last is None else last
        client = enrollment.client
        place = asks or form_project(enrollment.project, day)
        person = person_of(client, enrollment.relationship_to_hoh or 0, day)
        self._withholds = False
        super().__init__(
            *args, project=place, stage=stage, person=person, known=known_of(client),
            answered=answered_before(user, enrollment) if answered is None else answered, **kwargs,
        )  # fmt: skip
        self._add_known()
        self.fields["information_date"].initial = day
        if not has_own_day:
            del self.fields["information_date"]
        if stage == POST_EXIT and (end := exit_of(user, enrollment)):
            for one in self.questions:
                self.fields[field_name(one.name)].initial = getattr(end, python_name(one.column.name))
        said = self.data.get(self.add_prefix("information_date"), "") if self.is_bound else ""
        if said and self._warned():
            self.fields["is_right"] = forms.BooleanField(label="Yes, this is right", required=False)

    def kept(self, asked: list[Question]) -> list[Question]:
        """Without the day, which stands on top, and what is not for this user."""
        found = [one for one in asked if one.name != _AFTERCARE_DAY and not is_withheld(self.user, one.name)]
        self._withholds = any(is_withheld(self.user, one.name) for one in asked)
        return found

    @property
    def sections(self) -> Iterator[Section]:
        """The questions by element, each with its last answers."""
        yield from with_last(self, super().sections, self.last if self.stage != POST_EXIT else None)

    def as_before(self, element: str = "") -> dict[str, Any]:
        """What to type for the last answers to an element, or to all of them, by the names of inputs."""
        found: dict[str, Any] = {}
        for section in self.sections:
            if section.last and element in ("", section.element.number):
                found |= as_typed(self, section.last)
        return found

    def unchanged(self) -> list[str]:
        """The numbers of the elements whose answers are those of before."""
        same = []
        for section in self.sections:
            if section.last is not None and all(
                self._typed(name, _stored(self.answered.records, name)) == self._typed(name, value)
                for name, value in section.last.values.items()
            ):
                same.append(section.element.number)
        return same

    def clean(self) -> dict[str, Any]:
        """Refuse an impossible day, and an update that says nothing; keep what is to be stored."""
        said = super().clean()
        if not self.has_own_day:
            if sentence := why_not(self.user, self.enrollment, self.stage, self.day):
                self.add_error(None, f"{self.of_whom}: {sentence}")
        elif day := said.get("information_date"):
            if sentence := why_not(self.user, self.enrollment, self.stage, day):
                self.add_error("information_date", sentence)
            elif (doubt := self._warned(day)) and not said.get("is_right"):
                self.add_error("information_date", f"{doubt} Correct the day, or say that it is right.")
        self._leave_out(said)
        if self.stage != POST_EXIT and not self.answered.records and not self.errors:
            self.add_error(None, "Nothing was answered. Answer what has changed, or say that nothing has.")
        return said

    def entered(self) -> Entered | None:
        """The answers as checks look at them, where their day is known."""
        day = self.cleaned_data.get("information_date") if self.has_own_day else self.day
        records = dict(self.answered.records)
        if day is None:
            return None
        last = None
        if self.stage == POST_EXIT:
            end = exit_of(self.user, self.enrollment)
            last = end.exit_date if end else None
            records["Exit"] = dict(records.get("Exit", {})) | {"AftercareDate": day}
        return Entered(
            client=self.enrollment.client,
            project=self.enrollment.project,
            records=records,
            day=day,
            stage=recorded_as(self.stage) or 0,
            entry_date=self.enrollment.entry_date,
            relationship=self.enrollment.relationship_to_hoh,
            enrollment=self.enrollment,
            exit_date=last,
        )

    def disabling(self) -> int | None:
        """What the disabling condition (3.08) becomes by these answers and earlier ones to what was not asked
        again; None where it stays. A Yes is taken back only where nothing is kept from this user, and no
        answer that is recorded makes it one."""
        rows = {name: row for name, row in self.answered.records.items() if name.startswith("Disabilities[")}
        if not rows or not any("DisabilityResponse" in row for row in rows.values()):
            return None
        for one in self.questions:
            record, column = place_of(one.name)
            if record.startswith("Disabilities[") and record not in self.answered.records:
                rows[record] = rows.get(record, {}) | {column: self.last.value(one.name)}
        code, _ = disabling_condition(rows)
        now = self.enrollment.disabling_condition
        if code == now or code == not_collected(DISABLING):
            return None
        if code == NO and (self._withholds or has_qualifying(self.user, self.enrollment)):
            return None
        return code

    def _typed(self, name: str, value: Any) -> Any:
        """A stored value as somebody would type it; None leaves the input out."""
        return typed_as(self.fields[field_name(name)], value)

    def _warned(self, day: date | None = None) -> str:
        if day is None:
            try:
                said = self.data.get(self.add_prefix("information_date"), "")
                day = self.fields["information_date"].clean(said)
            except forms.ValidationError:
                return ""
        return warning(self.user, self.enrollment, self.stage, day) if day else ""

    def _add_known(self) -> None:
        """Last answers to questions of other stages on which gates hang (W4 on 4.08, P24)."""
        asked = {one.name for one in self.questions}
        for one in self.questions:
            for name in columns(one.gate):
                if name not in asked and name not in self.known and "." in name:
                    value = self.last.value(name)
                    self.known[name] = None if value is None else str(value)

    def _leave_out(self, said: Mapping[str, Any]) -> None:
        """At an update only what was answered is stored. A row about HIV repeats that there is one (P24)."""
        answered = {
            place_of(one.name)[0] for one in self.questions if not is_blank(said.get(field_name(one.name)))
        }
        if self.stage == UPDATE:
            self.answered.records = {
                name: row for name, row in self.answered.records.items() if name in answered
            }
            self.answered.due = [one for one in self.answered.due if place_of(one)[0] in answered]
        row = self.answered.records.get(_HIV_ROW)
        if row is not None and _HIV_ANSWERS[0] not in row:
            if self.known.get(_HIV) is None or all(value is None for value in row.values()):
                del self.answered.records[_HIV_ROW]
            else:
                for column in _HIV_ANSWERS:
                    row[column] = self.last.value(f"Disabilities.{column}[8]")


def _stored(records: Mapping[str, Mapping[str, Any]], name: str) -> Any:
    record, column = place_of(name)
    return records.get(record, {}).get(column)
