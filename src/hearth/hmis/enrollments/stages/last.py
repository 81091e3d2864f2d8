"""What was answered last in an enrollment, with day and stage: shown beside questions, taken by a press."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from hearth.hmis.access.models import User
from hearth.hmis.enrollments import queries
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.hud import display
from hearth.hmis.hud.answers import MISSING, offered
from hearth.hmis.hud.names import python_name
from hearth.hmis.hud.questions import place_of
from hearth.hmis.hud.records import models_of_files
from hearth.standards.form import Question

_DISABILITIES = "Disabilities"


@dataclass(frozen=True, slots=True)
class LastAnswer:
    """The last answers to one element: its values by the names of questions, and in words."""

    day: date | None
    stage: str
    values: dict[str, Any]
    words: list[tuple[str, str]]


class LastAnswers:
    """The records of an enrollment's stages up to a day, as far as the user may see them; five queries."""

    def __init__(self, user: User, enrollment: Enrollment, until: date) -> None:
        self._records: dict[str, list[Any]] = {}
        for file, model in files_of_stages().items():
            rows = queries.records(user, model, [enrollment.pk], date_deleted__isnull=True)
            rows = rows.filter(information_date__lte=until).order_by("-information_date", "-id")
            for row in rows:
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
                return LastAnswer(row.information_date, stage, values, words)
        return None


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
