"""Local questions of a stay that was written already: what HUD's form beside them would say, from what is
stored."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hearth.hmis.access import field_rights
from hearth.hmis.access.models import User
from hearth.hmis.enrollments.further import Asking
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.enrollments.start.questions import known_of as known_of_hud
from hearth.hmis.enrollments.start.questions import person_of
from hearth.hmis.hud.names import python_name
from hearth.hmis.hud.questions import Answered, field_name
from hearth.hmis.local import queries
from hearth.hmis.local.element import LOCAL, Span
from hearth.hmis.local.form import LocalQuestion, local_questions
from hearth.hmis.local.mn.registry import registry
from hearth.hmis.local.models import LocalAnswer
from hearth.hmis.local.questions import known_of, said_beside
from hearth.hmis.organizations.form_project import FormProjects, form_project
from hearth.standards.form import REQUIRED
from hearth.standards.form import Project as FormProject
from hearth.standards.gates import LOCAL_PROGRAM, columns

_ENROLLMENT, _START = "Enrollment", "start"


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


def asking_of(
    user: User, enrollment: Enrollment, stage: str, day: date, place: FormProject | None = None
) -> Asking:
    """The local questions of a stay at a stage on a day. `place`: its project as a form sees it on that day,
    where the caller has it for several stays already."""
    said: dict[str, Any] = {}
    for name in {each for one in registry().elements for f in one.fields for each in columns(f.gate)}:
        file, _, column = name.partition(".")
        if file == _ENROLLMENT and field_rights.may_see(user, name):
            said[column] = getattr(enrollment, python_name(column))
    beside = StoredBeside(
        project=place or form_project(enrollment.project, day),
        stage=stage,
        person=person_of(enrollment.client, enrollment.relationship_to_hoh or 0, day),
        answered=Answered(records={_ENROLLMENT: said}),
        known=known_of_hud(enrollment.client),
    )
    return Asking(user, enrollment.client, enrollment.project, day, beside, enrollment)


def due_at_start(user: User, enrollment: Enrollment, rows: Iterable[LocalAnswer]) -> list[str]:
    """The questions of the start that are required, with the answers that are stored, and have none. `rows`:
    the stay's answers."""
    day = enrollment.entry_date
    if day is None:
        return []
    asking = asking_of(user, enrollment, _START, day)
    has = queries.programs_of(user, enrollment, day)
    said = {one.field: one for one in rows if one.stage == _START}
    return [one.field.question for one in _due(asking, has, said)]


def due_at_starts(user: User, stays: Iterable[Enrollment]) -> dict[int, list[LocalQuestion]]:
    """What `due_at_start` says, of many stays with their clients and projects: by stay, if there is any. Four
    queries, however many."""
    known = list(stays)
    places = FormProjects({one.project_id: one.project for one in known}.values())
    said: dict[int, dict[str, LocalAnswer]] = defaultdict(dict)
    for row in reversed(queries.answers_of(user, [one.pk for one in known]).filter(stage=_START)):
        said[row.enrollment_id][row.field] = row
    money = queries.funding_in(user, {one.project_id for one in known})
    found = {}
    for stay in known:
        if (day := stay.entry_date) is None:
            continue
        asking = asking_of(user, stay, _START, day, places.on(stay.project, day))
        rows = money.get(queries.together(stay), ())
        has = frozenset(one.program for one in rows if Span(one.begins_on, one.ends_on).holds(day))
        if due := _due(asking, has, said[stay.pk]):
            found[stay.pk] = due
    return found


def _due(asking: Asking, programs: frozenset[str], said: Mapping[str, LocalAnswer]) -> list[LocalQuestion]:
    """The questions at the start that are required and not answered; `programs`: money of the household."""
    beside, known = asking.beside, registry()
    has = programs | queries.attached_to(beside.project)
    answers: dict[str, str | None] = {
        f"{LOCAL_PROGRAM}.{code}": "1" if code in has else "0" for code in known.programs
    }
    asked = local_questions(known, beside.project, beside.stage, beside.person, asking.day)
    answers |= said_beside(beside) | known_of(asking.client, [one.gate for one in asked])
    answers |= {one.name: None for one in asked}
    answers |= {f"{LOCAL}.{name}": one.value_code or str(one.value) for name, one in said.items()}
    state = local_questions(known, beside.project, beside.stage, beside.person, asking.day, answers)
    return [one for one in state if one.asked == REQUIRED and one.field.name not in said]


def stored_inputs(asking: Asking) -> list[tuple[str, str]]:
    """HUD's stored answers as hidden inputs, for gates in the browser; what is sent back is not read."""
    said = asking.beside.answered.records.get(_ENROLLMENT, {})
    return [
        (field_name(f"{_ENROLLMENT}.{column}"), str(value))
        for column, value in said.items()
        if value is not None
    ]
