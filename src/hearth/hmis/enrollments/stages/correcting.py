"""The answers of a stage that are recorded, to be corrected or, as a whole, taken away."""

from datetime import date
from typing import Any

from hearth.hmis.access.models import User
from hearth.hmis.enrollments import queries
from hearth.hmis.enrollments.disabling import DISABLING
from hearth.hmis.enrollments.last_answers import files_of_stages
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.enrollments.stages.questions import ANNUAL, UPDATE, exit_of, recorded_as
from hearth.hmis.enrollments.stages.recorded import RecordedForm
from hearth.standards.form import Question

START, EXIT = "start", "exit"
#: The stages whose answers are corrected here, and what they are called.
TITLES = {START: "Project start", UPDATE: "Update", ANNUAL: "Annual assessment", EXIT: "Exit"}
#: By the code of 5.03.1 that records carry.
STAGE_OF_CODE = {recorded_as(stage): stage for stage in TITLES}
#: What a whole stage may be taken away of: a stay keeps its start, and an exit is undone elsewhere.
REMOVABLE = frozenset({UPDATE, ANNUAL})
#: Days and roles are changed by actions of their own.
_ELSEWHERE = frozenset(
    {"Enrollment.EntryDate", "Enrollment.RelationshipToHoH", "Enrollment.EnrollmentCoC", "Exit.ExitDate"}
)
_DISABILITIES = "Disabilities"


def stored_of(user: User, enrollment: Enrollment, stage: str, day: date) -> dict[str, Any]:
    """The records of a stage, by "IncomeBenefits" or "Disabilities[5]": of an update or annual assessment
    those of the day, of the start and the exit all; of several for one thing the latest."""
    found: dict[str, Any] = {}
    if stage == START:
        found["Enrollment"] = queries.visible(Enrollment, user).get(pk=enrollment.pk)
    elif stage == EXIT and (end := exit_of(user, enrollment)) is not None:
        found["Exit"] = end
    for file, model in files_of_stages().items():
        rows = queries.records(
            user, model, [enrollment.pk], date_deleted__isnull=True, data_collection_stage=recorded_as(stage)
        )
        if stage in REMOVABLE:
            rows = rows.filter(information_date=day)
        for row in rows.order_by("information_date", "id"):
            name = f"{file}[{row.disability_type}]" if file == _DISABILITIES else file
            found[name] = row
    return found


class CorrectForm(RecordedForm):
    """The questions of a stage with what was answered."""

    def kept(self, asked: list[Question]) -> list[Question]:
        """Without days and roles, and without what follows from other answers."""
        found = [one for one in super().kept(asked) if one.name not in _ELSEWHERE]
        if any(one.column.file == _DISABILITIES for one in found):
            found = [one for one in found if one.name != DISABLING]
        return found

    @property
    def kinds(self) -> list[str]:
        """The kinds of disability that are asked, as records are named."""
        rows = [one.name.partition("[")[2] for one in self.questions if ".DisabilityResponse[" in one.name]
        return [f"{_DISABILITIES}[{row}" for row in rows]
