"""Local questions of a stay that was written already: what HUD's form beside them would say, from what is
stored."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hearth.hmis.access import field_rights
from hearth.hmis.access.models import User
from hearth.hmis.enrollments.further import Asking
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.enrollments.start.questions import known_of, person_of
from hearth.hmis.hud.names import python_name
from hearth.hmis.hud.questions import Answered, field_name
from hearth.hmis.local.mn.registry import registry
from hearth.hmis.organizations.form_project import form_project
from hearth.standards.form import Project as FormProject
from hearth.standards.gates import columns

_ENROLLMENT = "Enrollment"


@dataclass(slots=True)
class StoredBeside:
    """HUD's answers of a stay, in the place of the form beside which local questions stand."""

    project: FormProject
    stage: str
    person: str
    answered: Answered
    known: dict[str, str | None] = field(default_factory=dict)
    prefix: str | None = None
    of_whom: str = ""

    @property
    def known_inputs(self) -> list[tuple[str, str]]:
        """None stand on the page."""
        return []


def asking_of(user: User, enrollment: Enrollment, stage: str, day: date) -> Asking:
    """The local questions of a stay at a stage on a day."""
    said: dict[str, Any] = {}
    for name in {each for one in registry().elements for f in one.fields for each in columns(f.gate)}:
        file, _, column = name.partition(".")
        if file == _ENROLLMENT and field_rights.may_see(user, name):
            said[column] = getattr(enrollment, python_name(column))
    beside = StoredBeside(
        project=form_project(enrollment.project, day),
        stage=stage,
        person=person_of(enrollment.client, enrollment.relationship_to_hoh or 0, day),
        answered=Answered(records={_ENROLLMENT: said}),
        known=known_of(enrollment.client),
    )
    return Asking(user, enrollment.client, enrollment.project, day, beside, enrollment)


def stored_inputs(asking: Asking) -> list[tuple[str, str]]:
    """HUD's stored answers as hidden inputs, for gates in the browser; what is sent back is not read."""
    said = asking.beside.answered.records.get(_ENROLLMENT, {})
    return [
        (field_name(f"{_ENROLLMENT}.{column}"), str(value))
        for column, value in said.items()
        if value is not None
    ]
