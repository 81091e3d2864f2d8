"""A local data element, and who is asked it: what a state or a community asks beside HUD's elements.

The form is that of HUD's elements (`hearth.standards.element`): requirements are data that a program
evaluates, fields have a type and hang on other answers by gates. Since days decide and no fiscal year, an
element has versions, each with its first and last day; an answer keeps the version under which it was given.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from hearth.standards.element import WHO
from hearth.standards.gates import ALWAYS, Gate, every
from hearth.standards.model import NOWHERE, Place

#: The file that names of local answers begin with: `Local.CountyOfStay`.
LOCAL = "Local"
#: What a field holds: a code of a list, words, a whole number, money, a day.
CODE, TEXT, NUMBER, MONEY, DAY = "code", "text", "number", "money", "date"
TYPES = (CODE, TEXT, NUMBER, MONEY, DAY)
#: How an element is asked. What is computed shows its working; its fields are what the rule needs beside
#: HUD's.
KINDS = ("list", "lookup", "series", "computed", "dated record", "contact")
#: How sure its source is, from a form that was read (A) to a reading of our own (D).
CONFIDENCE = ("A", "B", "C", "D")


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `since` to `until`, both included; None is without end."""

    since: date | None = None
    until: date | None = None

    def holds(self, day: date) -> bool:
        """Whether the day is among them."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    def meets(self, other: "Span") -> bool:
        """Whether they have a day in common."""
        return (self.until is None or other.since is None or other.since <= self.until) and (
            other.until is None or self.since is None or self.since <= other.until
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """One code of a local list, on the days on which it may be given. `is_unknown`: the client does not know,
    or does not want to say."""

    code: str
    label: str
    span: Span = Span()
    is_unknown: bool = False


@dataclass(frozen=True, slots=True)
class Program:
    """A state or local program whose money a household may have. `funder` runs it."""

    code: str
    name: str
    funder: str
    span: Span = Span()
    reference: str = ""
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class LocalField:
    """One answer of an element. `name` is one of all local fields; `question` and `help` are its words.

    `choices` are those of its list. `optional`: a blank is an answer, nothing stays due.
    """

    name: str
    question: str
    help: str
    type: str
    list: str = ""
    choices: tuple[Choice, ...] = ()
    gate: Gate = ALWAYS
    optional: bool = False
    at: Place = field(default=NOWHERE, compare=False)

    @property
    def id(self) -> str:
        """`Local.CountyOfStay`, as gates name it."""
        return f"{LOCAL}.{self.name}"

    def choices_on(self, day: date) -> tuple[Choice, ...]:
        """The codes that may be given on a day."""
        return tuple(one for one in self.choices if one.span.holds(day))


@dataclass(frozen=True, slots=True)
class LocalRequirement:
    """Who is asked an element, as `hearth.standards.element.Requirement`; empty means all or any.

    `funders` are codes of HUD's list 2.06.1, of which the project has one at least; `where` is a condition on
    the household's state and local funding (`local_program in {…}`) and on earlier answers.
    """

    funders: tuple[str, ...] = ()
    project_types: tuple[str, ...] = ()
    except_project_types: tuple[str, ...] = ()
    where: Gate = ALWAYS
    required: bool = True
    collected_at: tuple[str, ...] = ()
    asked_of: str = ""
    span: Span = Span()
    reference: str = ""
    at: Place = field(default=NOWHERE, compare=False)

    def gates_for(
        self, project_type: str, funders: frozenset[str], stage: str, person: str, day: date
    ) -> tuple[Gate, ...]:
        """Under which conditions on answers it asks; none where it does not ask at all."""
        of_project = (
            (not self.project_types or project_type in self.project_types)
            and project_type not in self.except_project_types
            and (not self.funders or not funders.isdisjoint(self.funders))
        )
        if not of_project or stage not in self.collected_at or not self.span.holds(day):
            return ()
        groups = (group for group in WHO[self.asked_of] if person in group.persons)
        return tuple(every(self.where, group.gate) for group in groups)


@dataclass(frozen=True, slots=True)
class LocalElement:
    """One version of a local data element.

    `status` and `confidence` say how sure it is that it is asked today, `source` where that was read,
    `reason` what was decided here where the source leaves it open. `computed` names the rule of a computed
    element.
    """

    number: str
    version: int
    name: str
    group: str
    kind: str
    status: str
    confidence: str
    source: str
    reason: str
    who: str
    unknown: str
    fields: tuple[LocalField, ...]
    requirements: tuple[LocalRequirement, ...]
    computed: str = ""
    span: Span = Span()
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class LocalRegistry:
    """All local elements, by number and version, and the catalog of state and local programs.

    `not_asked`: number → (name, kind, status, why) of known elements that are no questions here.
    """

    elements: tuple[LocalElement, ...]
    programs: Mapping[str, Program]
    not_asked: Mapping[str, tuple[str, str, str, str]]

    def on(self, day: date) -> tuple[LocalElement, ...]:
        """The versions in force on a day, in the order of their numbers."""
        return tuple(one for one in self.elements if one.span.holds(day))

    def field(self, element: str, name: str, version: int | None = None) -> LocalField | None:
        """A field of an element's version, or of its latest version that has it; None where there is none."""
        for one in reversed(self.elements):
            if one.number == element and version in (None, one.version):
                for each in one.fields:
                    if each.name == name:
                        return each
        return None

    def element(self, number: str) -> LocalElement | None:
        """The latest version of an element; None where there is none."""
        return next((one for one in reversed(self.elements) if one.number == number), None)
