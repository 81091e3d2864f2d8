"""Which local questions are asked: of one person, at one stage, in one project on a day, with the answers so
far.

As `hearth.standards.form.questions` for HUD's. Which programs a household has the money of is among the
answers (`LocalProgram.FHPAP` → "1"); while that is not known, what hangs on it is conditional.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from hearth.hmis.local.element import LocalElement, LocalField, LocalRegistry, LocalRequirement
from hearth.standards.element import PERSONS, STAGES
from hearth.standards.form import CONDITIONAL, HIDDEN, OPTIONAL, REQUIRED, Project
from hearth.standards.gates import NEVER, Answers, Gate, either, every


@dataclass(frozen=True, slots=True)
class LocalQuestion:
    """One local field to ask. `asked` is required, conditional, optional or hidden; `gate` opens it, and
    `demanded` makes it required. `why` are the requirements it is asked for."""

    element: LocalElement
    field: LocalField
    asked: str
    gate: Gate
    demanded: Gate
    why: tuple[LocalRequirement, ...]

    @property
    def name(self) -> str:
        """`Local.CountyOfStay`."""
        return self.field.id


def local_questions(
    registry: LocalRegistry,
    project: Project,
    stage: str,
    person: str,
    day: date,
    answers: Answers | None = None,
) -> tuple[LocalQuestion, ...]:
    """What is asked, by numbers of elements; what no requirement asks is not there.

    `stage` and `person` as for HUD's questions. Without `answers` no question is hidden, and none is required
    that hangs on an answer. ValueError for a person or a stage that there is not.
    """
    if person not in PERSONS or stage not in STAGES.values():
        raise ValueError(f"Nobody asks a {person} at {stage}.")
    found: list[LocalQuestion] = []
    for element in registry.on(day):
        found += _of_element(element, project, stage, person, day)
    return tuple(found if answers is None else _answered(found, answers))


def _of_element(
    element: LocalElement, project: Project, stage: str, person: str, day: date
) -> Iterator[LocalQuestion]:
    asking: list[tuple[LocalRequirement, Gate]] = []
    for one in element.requirements:
        gates = one.gates_for(project.project_type, project.funders, stage, person, day)
        if gates:
            asking.append((one, either(*gates)))
    if not asking:
        return
    opens = either(*(gate for _, gate in asking))
    demands = either(*(gate for one, gate in asking if one.required))
    why = tuple(one for one, _ in sorted(asking, key=lambda pair: not pair[0].required))
    for each in element.fields:
        gate = every(opens, each.gate)
        demanded = NEVER if each.optional else every(demands, each.gate)
        asked = OPTIONAL if demanded == NEVER else REQUIRED if demanded.holds({}) else CONDITIONAL
        yield LocalQuestion(element, each, asked, gate, demanded, why)


def _answered(asked: list[LocalQuestion], answers: Answers) -> Iterator[LocalQuestion]:
    """Once some answers are known; a gate on a field that is hidden itself does not open."""
    known = dict(answers)
    for one in asked:
        is_open, is_due = one.gate.holds(known), one.demanded.holds(known)
        if is_open is False:
            known[one.name] = None
            yield replace(one, asked=HIDDEN)
        elif is_due is None:
            yield replace(one, asked=CONDITIONAL)
        else:
            yield replace(one, asked=REQUIRED if is_due else OPTIONAL)
