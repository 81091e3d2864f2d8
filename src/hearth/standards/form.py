"""Which questions the standards ask: of one person, at one stage, in one project, with the answers so far.

`questions` is the only place where requirements become a form. A form shows what it returns, a check on one
record looks at the same, and every question carries the requirements for which it is asked.

How the pieces come together (what HUD's texts leave open is decided in `elements/_readings.yaml`):

- The funding sources are those whose grant runs on the day of the answer; several add up, and what one of
  them leaves out another may ask. "Required" wins over "optional".
- An adult is 18 or older on that day. A head of household whose birth date is not known counts as an adult,
  another member as a child until it is known. What hangs on being a veteran or having HIV is a gate.
- A field of an element that is asked may hang on other answers: it is `conditional` while they are not known,
  `required` or `hidden` once they are. A gate on a field that is hidden itself does not open.

Source: HMIS Data Standards Manual FY2026 v1; HMIS CSV Format Specifications FY2026 v1.0.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from types import MappingProxyType

from hearth.standards.element import PERSONS, STAGES, SUBJECTS, Element, Field, Requirement
from hearth.standards.gates import ALWAYS, Answers, Gate, bare, columns, either, every
from hearth.standards.load import Registry
from hearth.standards.model import Column

REQUIRED, CONDITIONAL, OPTIONAL, HIDDEN = "required", "conditional", "optional", "hidden"
_NAMES = MappingProxyType({code: stage for stage, code in STAGES.items()})


@dataclass(frozen=True, slots=True)
class Project:
    """What a form needs to know of a project on the day of the answer.

    `project_type` is a code of list 2.02.6, `funders` codes of list 2.06.1 whose grants run on that day,
    `rrh_subtypes` codes of list 2.02.A (with both, what either asks). `facts` are other columns of its own
    and its settings, `CEParticipation.AccessPoint` → "1"; what is not there is taken as not so.
    """

    project_type: str
    funders: frozenset[str] = frozenset()
    rrh_subtypes: frozenset[str] = frozenset()
    facts: Mapping[str, str | None] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Question:
    """One field to ask. `asked` is required, conditional (see `gate`), optional or hidden.

    `name` is `File.Column`, with the DisabilityType in brackets for 4.05 to 4.10. `why` are the requirements
    it is asked for, demands before offers; each knows its line of the registry (`at`). `yes_if`: it is not
    put to anybody but follows from other answers, 1 where that gate holds and else 0. So it is with
    `total_of`, the sum of these, and with `yes_from` where what its conditions look at is asked.
    """

    element: Element
    column: Column
    name: str
    asked: str
    gate: Gate
    why: tuple[Requirement, ...]
    yes_if: Gate | None = None
    total_of: tuple[str, ...] = ()
    yes_from: tuple[Gate, ...] = ()

    @property
    def condition(self) -> str:
        """The gate in words of columns, without their files; empty when it is always open."""
        return bare(self.gate)


def questions(
    registry: Registry,
    project: Project,
    stage: str,
    person: str,
    answers: Answers | None = None,
    *,
    only: str | None = None,
) -> tuple[Question, ...]:
    """What is asked, in the manual's order; what the standards do not ask is not there.

    `stage` is one of record, setup, start, update, annual, exit, post_exit and occurrence; `person` one of
    hoh_adult, hoh_child, adult and child (at setup: project or organization). `answers` are codes by the
    names of questions, earlier answers of the person among them (`Client.VeteranStatus`); a name that is
    absent is not known yet, and None was left blank. Without `answers` no question is hidden. `only` is the
    number of one element: at the occurrence point each is a record of its own, and several share columns.

    KeyError when the registry's year has no such stage; ValueError for a person who is none.
    """
    if person not in PERSONS and person not in SUBJECTS:
        raise ValueError(f"There is no person {person}: use {', '.join((*PERSONS, *SUBJECTS))}.")
    found: list[Question] = []
    for element, requirements in _at(registry, _NAMES[stage], person):
        if only in (None, element.number):
            found += _of_element(element, requirements, project, person)
    return tuple(found) if answers is None else tuple(_answered(found, answers))


@cache
def _at(registry: Registry, stage: str, person: str) -> tuple[tuple[Element, tuple[Requirement, ...]], ...]:
    """The elements that any project asks of such a person at a stage, with the requirements that say so."""
    found = []
    for element in registry.elements.values():
        asking = (one for one in element.requirements if stage in one.collected_at and one.gates_for(person))
        if requirements := tuple(sorted(asking, key=lambda one: one.required != "yes")):
            found.append((element, requirements))
    return tuple(found)


def _of_element(
    element: Element, requirements: Iterable[Requirement], project: Project, person: str
) -> Iterator[Question]:
    why = tuple(
        one
        for one in requirements
        if one.applies(project.project_type, project.funders, project.rrh_subtypes, project.facts)
    )
    if not why:
        return
    demanded = [one for one in why if one.required == "yes"]
    opens = either(*(gate for one in demanded or why for gate in one.gates_for(person)))
    names = {one.name for one in element.asks}
    for one in _fields(element.asks, project):
        # What hangs on another field of the element is as open as that field.
        gate = one.gate if opens == ALWAYS or names & {*columns(one.gate)} else every(opens, one.gate)
        asked = OPTIONAL if one.optional or not demanded else REQUIRED if gate == ALWAYS else CONDITIONAL
        yield Question(
            element, one.column, one.name, asked, gate, why, one.yes_if, one.total_of, one.yes_from
        )


def _fields(asks: Iterable[Field], project: Project) -> Iterator[Field]:
    """The fields of a project, each once; what funding sources ask under several gates opens under any."""
    found: dict[str, Field] = {}
    for one in asks:
        if not one.applies(project.project_type, project.funders):
            continue
        if (before := found.get(one.name)) is not None:
            both = before.optional and one.optional
            one = Field(one.column, one.name, either(before.gate, one.gate), optional=both)
        found[one.name] = one
    yield from found.values()


def _answered(asked: Iterable[Question], answers: Answers) -> Iterator[Question]:
    """The questions once some answers are known: conditional ones become required, hidden, or stay open."""
    known = dict(answers)
    for one in asked:
        holds = one.gate.holds(known)
        state = one.asked
        if holds is False:
            state, known[one.name] = HIDDEN, None
        elif holds and state == CONDITIONAL:
            state = REQUIRED
        yield replace(one, asked=state)
