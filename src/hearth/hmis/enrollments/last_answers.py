"""What was answered last, in a stay or before it, with day, stage and project: shown beside questions and
taken by a press."""

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from django import forms

from hearth.hmis.access.models import User
from hearth.hmis.clients.models import Client
from hearth.hmis.enrollments import queries
from hearth.hmis.enrollments.disabling import YES, qualifies
from hearth.hmis.enrollments.models import Disabilities, Enrollment
from hearth.hmis.hud import display
from hearth.hmis.hud.answers import MISSING, offered
from hearth.hmis.hud.names import python_name
from hearth.hmis.hud.questions import QuestionForm, Section, field_name, place_of
from hearth.hmis.hud.records import models_of_files
from hearth.standards.form import Question

_DISABILITIES = "Disabilities"


@dataclass(frozen=True, slots=True)
class LastAnswer:
    """The last answers to one element: its values by the names of questions, and in words. `source`: the
    project, where it is not the one of the form; `typed`: as JSON, what a press types (`ui/last.js`)."""

    day: date | None
    stage: str
    source: str
    values: dict[str, Any]
    words: list[tuple[str, str]]
    typed: str = ""


class LastAnswers:
    """The records of an enrollment's stages up to a day, as far as the user may see them; five queries."""

    def __init__(self, user: User, enrollment: Enrollment, until: date) -> None:
        self._records: dict[str, list[Any]] = {}
        self._is_of_stay = True
        for file, row in _rows(user, [enrollment.pk], until):
            self._add(file, row)

    @classmethod
    def of_each(cls, user: User, enrollments: Iterable[Enrollment], until: date) -> "dict[int, LastAnswers]":
        """Those of several enrollments, by enrollment; five queries however many there are."""
        found: dict[int, LastAnswers] = {}
        for one in enrollments:
            found[one.pk] = answers = cls.__new__(cls)
            answers._records, answers._is_of_stay = {}, True
        for file, row in _rows(user, found, until):
            found[row.enrollment_id]._add(file, row)
        return found

    @classmethod
    def before(cls, user: User, clients: Iterable[Client], until: date) -> "dict[int, LastAnswers]":
        """Of each client the records of all stays that the user may see, up to a day; six queries."""
        stays = queries.visible(Enrollment, user).filter(client__in=list(clients), date_deleted__isnull=True)
        of = {one.pk: one for one in stays.select_related("project")}
        found: dict[int, LastAnswers] = {}
        for file, row in _rows(user, of, until) if of else ():
            stay = row.enrollment = of[row.enrollment_id]
            answers = found.get(stay.client_id)
            if answers is None:
                answers = found[stay.client_id] = cls.__new__(cls)
                answers._records, answers._is_of_stay = {}, False
            answers._add(file, row)
        return found

    def _add(self, file: str, row: Any) -> None:
        name = f"{file}[{row.disability_type}]" if file == _DISABILITIES else file
        self._records.setdefault(name, []).append(row)

    def value(self, name: str) -> Any:
        """The last answer to a question ("Disabilities.DisabilityResponse[8]"); None where there is none."""
        record, column = place_of(name)
        for row in self._records.get(record, ()):
            if _says(name, value := getattr(row, python_name(column))):
                return value
        return None

    def of(self, asked: Iterable[Question]) -> LastAnswer | None:
        """The last answers to the questions of one element, all of one record; None where nobody answered."""
        asked = list(asked)
        for row in self._records.get(place_of(asked[0].name)[0], ()):
            values = {one.name: getattr(row, python_name(place_of(one.name)[1])) for one in asked}
            if any(_says(name, value) for name, value in values.items()):
                words = [
                    (one.column.label or one.column.name, display.words(row, python_name(one.column.name)))
                    for one in asked
                    if values[one.name] not in (None, "", 0) or one is asked[0]
                ]
                stage = display.words(row, "data_collection_stage")
                source = "" if self._is_of_stay else str(row.enrollment.project)
                return LastAnswer(row.information_date, stage, source, values, words)
        return None


def has_qualifying(user: User, enrollment: Enrollment) -> bool:
    """Whether an answer of any day of the stay makes the disabling condition a Yes: HUD's checks and reports
    look at all of them (3.08)."""
    rows = queries.records(user, Disabilities, [enrollment.pk], date_deleted__isnull=True)
    return any(
        qualifies(str(one.disability_type), one.disability_response, one.indefinite_and_impairs)
        for one in rows
    )


def typed_as(field: forms.Field, value: Any) -> Any:
    """A stored value as somebody would type it into a field; None leaves the input out."""
    if isinstance(field, forms.BooleanField):
        return "on" if value == YES else None
    return None if value is None else field.prepare_value(value)


def offered_to(form: QuestionForm, last: LastAnswer | None) -> LastAnswer | None:
    """The last answers to what a form asks, with what a press on them types."""
    return replace(last, typed=json.dumps(as_typed(form, last), default=str)) if last else None


def with_last(
    form: QuestionForm, sections: Iterable[Section], last: LastAnswers | None, anew: Collection[str] = ()
) -> Iterator[Section]:
    """The sections of a form, each with what was answered to it last. `anew`: elements that are never offered
    from before."""
    for section in sections:
        asked = [one for one in form.questions if one.element == section.element]
        found = last.of(asked) if last is not None and section.element.number not in anew else None
        yield replace(section, last=offered_to(form, found))


def as_typed(form: QuestionForm, last: LastAnswer) -> dict[str, Any]:
    """What to type into a form for last answers, by the names of inputs."""
    return {
        form.add_prefix(field_name(name)): typed_as(form.fields[field_name(name)], value)
        for name, value in last.values.items()
    }


def _rows(user: User, stays: Iterable[int], until: date) -> Iterator[tuple[str, Any]]:
    """The records of stages, by file, the latest first."""
    for file, model in files_of_stages().items():
        rows = queries.records(user, model, stays, date_deleted__isnull=True)
        rows = rows.filter(information_date__lte=until).order_by("-information_date", "-id")
        for row in rows:
            yield file, row


@cache
def files_of_stages() -> dict[str, Any]:
    """The models whose records carry a data collection stage (5.03), by file."""
    return {
        file: model
        for file, model in models_of_files().items()
        if {"enrollment", "data_collection_stage"} <= {one.name for one in model._meta.get_fields()}
    }


def _says(name: str, value: Any) -> bool:
    """Whether it is an answer; that nobody asked is none."""
    return value not in (None, "") and value not in _not_collected(name)


@cache
def _not_collected(name: str) -> frozenset[int]:
    return frozenset(int(one.code) for one in offered(name) if one.label == MISSING)
