"""Answers that are recorded already, to be corrected: shown as they are, changed where somebody changed them.

What was shown carries its version. Where a record has another one by the time it is saved, somebody else
wrote meanwhile: both values are shown, and nothing is written until they were looked at.
"""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date
from typing import Any

from hearth.hmis.access.models import User
from hearth.hmis.enrollments.checks.form import CheckedForm, answered_before
from hearth.hmis.enrollments.checks.found import Found
from hearth.hmis.enrollments.checks.looked_at import Entered
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.enrollments.stages.questions import recorded_as
from hearth.hmis.enrollments.start.questions import is_withheld, known_of, person_of
from hearth.hmis.enrollments.writing import fields_of
from hearth.hmis.hud import display
from hearth.hmis.hud.answers import MISSING, not_collected, offered
from hearth.hmis.hud.names import python_name
from hearth.hmis.hud.questions import field_name, place_of
from hearth.hmis.organizations.form_project import form_project
from hearth.standards.form import Question
from hearth.standards.gates import columns


@dataclass(frozen=True, slots=True)
class Both:
    """Two values of one question: what somebody else saved, and what was typed."""

    label: str
    theirs: str
    yours: str


class RecordedForm(CheckedForm):
    """The questions of a stage with what is stored. `stored`: by "IncomeBenefits" or "Disabilities[5]" the
    record, where there is one; `only`: the numbers of elements that stand on the form, all if empty.

    What checks find in elements that nobody changes is not said: it stood there before.
    """

    def __init__(
        self,
        *args: Any,
        user: User,
        enrollment: Enrollment,
        stage: str,
        day: date,
        stored: Mapping[str, Any],
        only: tuple[str, ...] = (),
        **kwargs: Any,
    ) -> None:
        self.user, self.enrollment, self.stored, self.only = user, enrollment, stored, only
        self.day = day
        super().__init__(
            *args,
            project=form_project(enrollment.project, day),
            stage=stage,
            person=person_of(enrollment.client, enrollment.relationship_to_hoh or 0, day),
            known=known_of(enrollment.client),
            answered=answered_before(user, enrollment),
            **kwargs,
        )
        for one in self.questions:
            value = self.stored_value(one.name)
            is_missing = value is not None and str(value) in _missing(one.name)
            self.fields[field_name(one.name)].initial = None if is_missing else value

    def kept(self, asked: list[Question]) -> list[Question]:
        """Those of the elements that are wanted, without what is not for this user."""
        wanted = [one for one in asked if not self.only or one.element.number in self.only]
        return [one for one in wanted if not is_withheld(self.user, one.name)]

    def stored_value(self, name: str) -> Any:
        """What is stored in answer to a question; None where nothing is."""
        record, column = place_of(name)
        row = self.stored.get(record)
        return None if row is None else getattr(row, python_name(column))

    @property
    def version(self) -> str:
        """What says which state of the records is shown."""
        return version_of(self.stored)

    def entered(self) -> Entered:
        """The answers as checks look at them."""
        end = self.stored.get("Exit")
        return Entered(
            client=self.enrollment.client,
            project=self.enrollment.project,
            records=self.answered.records,
            day=self.day,
            stage=recorded_as(self.stage) or 0,
            entry_date=self.enrollment.entry_date,
            relationship=self.enrollment.relationship_to_hoh,
            enrollment=self.enrollment,
            exit_date=end.exit_date if end is not None else None,
        )

    def concerns(self, found: Found) -> bool:
        """Only what stands here and was changed."""
        changed = self._changed()
        columns = {one.column.name for one in self.questions if one.element.number in changed}
        is_of_these = bool(found.column) and not columns.isdisjoint(found.check.columns)
        return is_of_these and super().concerns(found)

    def _changed(self) -> set[str]:
        """The numbers of the elements in which somebody changed something."""
        return {one.element.number for one in self.questions if field_name(one.name) in self.changed_data}

    def changes(self) -> dict[str, dict[str, Any]]:
        """By record the values, by names of fields, of the elements in which somebody changed something, of
        what follows from them, and of those that are not asked any more after such a change."""
        changed = self._changed()
        closed = self._closed(changed)
        found: dict[str, dict[str, Any]] = {}
        for one in (*self.questions, *self.following):
            if one.element.number not in changed and one.name not in closed:
                continue
            record, column = place_of(one.name)
            value = self.answered.records.get(record, {}).get(column)
            if value is None and record in self.stored and not one.column.nullable:
                value = not_collected(one.name)  # the answer is taken back, and the row stays
            if value != self.stored_value(one.name):
                found.setdefault(record, {}).update(fields_of({column: value}))
        if "4.02" in changed and "IncomeBenefits" in self.answered.records:
            total = self.answered.records["IncomeBenefits"].get("TotalMonthlyIncome")
            found.setdefault("IncomeBenefits", {})["total_monthly_income"] = total
        return found

    def _closed(self, changed: set[str]) -> set[str]:
        """Names of questions that are not asked any more because of what was changed. What stood there
        against its gate before, as it came from elsewhere, stays."""
        touched = {one.name for one in self.questions if one.element.number in changed}
        found = set()
        for one in self.questions:  # an answer stands before those that hang on it
            if one.name in self.answered.closed and not touched.isdisjoint(columns(one.gate)):
                found.add(one.name)
                touched.add(one.name)
        return found

    def both(self) -> list[Both]:
        """What is stored by now and what was typed, where they differ."""
        found = []
        for one in self.questions:
            record, column = place_of(one.name)
            typed = self.answered.records.get(record, {}).get(column)
            now = self.stored_value(one.name)
            if typed != now and (row := self.stored.get(record)) is not None:
                theirs = display.words(row, python_name(column))
                label = str(self.fields[field_name(one.name)].label)
                found.append(Both(label, theirs or "–", _in_words(row, column, typed) or "–"))
        return found


def _in_words(row: Any, column: str, value: Any) -> str:
    """A value as the record would show it."""
    like = copy(row)
    setattr(like, python_name(column), value)
    return display.words(like, python_name(column))


def version_of(stored: Mapping[str, Any]) -> str:
    """The state of records: when each was written last, and which there are."""
    return " ".join(f"{name}={row.pk}@{row.date_updated}" for name, row in sorted(stored.items()))


def _missing(name: str) -> set[str]:
    """The codes by which nobody was asked, which are no answers and stand blank on a form."""
    return {one.code for one in offered(name) if one.label == MISSING}
