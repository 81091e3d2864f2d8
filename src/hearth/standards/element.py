"""A data element of HUD's manual and who must ask it, as frozen values that a program evaluates.

`form.questions` puts them together for one project, stage and person, `asked.asked_sql` for many rows; both
read nothing else, so that a form, a check and a report cannot disagree.

Source: HMIS Data Standards Manual FY2026 v1, the header and the response table of each element.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from hearth.standards.gates import ALWAYS, Answers, Gate, gate
from hearth.standards.model import NOWHERE, Column, Place

#: The stages of the manual, and what they are called where a program names one.
STAGES: Mapping[str, str] = MappingProxyType(
    {
        "record creation": "record",
        "project setup": "setup",
        "project start": "start",
        "occurrence point": "occurrence",
        "update": "update",
        "annual assessment": "annual",
        "project exit": "exit",
        "after exit": "post_exit",
    }
)
#: What makes somebody answer an element at the occurrence point.
EVENTS = (
    "move-in",
    "contact",
    "engagement",
    "bed night",
    "service",
    "financial assistance",
    "referral",
    "status determination",
    "voucher change",
    "coordinated entry assessment",
    "coordinated entry event",
)

HEADS = frozenset({"hoh_adult", "hoh_child"})
ADULTS = frozenset({"hoh_adult", "adult"})
#: Heads of household by age, and other members by age. An adult is 18 or older on the day of the answer.
PERSONS = ("hoh_adult", "hoh_child", "adult", "child")
EVERYBODY = frozenset(PERSONS)
#: What an element at project setup is about, in the place of a person.
SUBJECTS = ("project", "organization")


@dataclass(frozen=True, slots=True)
class Group:
    """Persons who are asked together, and the earlier answer on which it depends."""

    persons: frozenset[str]
    gate: Gate = ALWAYS


VETERAN = gate("Client.VeteranStatus = 1")
#: Whom a requirement may name, and who that is. A person may be in several groups.
WHO: Mapping[str, tuple[Group, ...]] = MappingProxyType(
    {
        "all clients": (Group(EVERYBODY),),
        "head of household": (Group(HEADS),),
        "head of household and adults": (Group(HEADS | ADULTS),),
        "head of household and veterans": (Group(HEADS), Group(ADULTS, VETERAN)),
        "adults": (Group(ADULTS),),
        "minors": (Group(frozenset({"child"})),),
        "veterans": (Group(ADULTS, VETERAN),),
        "household members with HIV/AIDS": (
            Group(EVERYBODY, gate("Disabilities.DisabilityResponse[8] = 1")),
        ),
        "projects": (Group(frozenset({"project"})),),
        "organizations": (Group(frozenset({"organization"})),),
    }
)


@dataclass(frozen=True, slots=True)
class Reading:
    """Which of two readings of HUD's texts holds here, and why: an entry of `elements/_readings.yaml`."""

    id: str
    differs: str
    holds: str
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Requirement:
    """Who must collect an element: one program, or `all`, and the funding sources of list 2.06.1.

    `project_types` are codes of list 2.02.6, empty for all of them; `rrh_subtypes` codes of list 2.02.A,
    empty for any or none; `where` a condition on the project's own columns (2.01 to 2.09) or settings.
    `required` is yes or optional. `asked_of` is a key of `WHO`, `collected_at` keys of `STAGES`.
    """

    program: str
    funders: tuple[str, ...]
    project_types: tuple[str, ...] = ()
    except_project_types: tuple[str, ...] = ()
    rrh_subtypes: tuple[str, ...] = ()
    where: Gate = ALWAYS
    required: str = "yes"
    collected_at: tuple[str, ...] = ()
    asked_of: str = ""
    disputed: tuple[Reading, ...] = ()
    reference: str = ""
    at: Place = field(default=NOWHERE, compare=False)

    def applies(
        self,
        project_type: str,
        funders: Iterable[str],
        rrh_subtypes: Iterable[str] = (),
        facts: Answers = MappingProxyType({}),
    ) -> bool:
        """Whether a project of that type with these funding sources comes under it.

        With several subtypes it is enough that one comes under it. `facts` are the project's own columns and
        settings (`CEParticipation.AccessPoint`, `Setting.ServesCategory2Or3`); what is not known is not so.
        """
        return (
            self.holds_for_type(project_type)
            and (not self.rrh_subtypes or not set(self.rrh_subtypes).isdisjoint(rrh_subtypes))
            and (self.program == "all" or not frozenset(funders).isdisjoint(self.funders))
            and (self.where == ALWAYS or self.where.holds(facts) is True)
        )

    def holds_for_type(self, project_type: str) -> bool:
        """Whether it speaks of projects of that type."""
        return (
            not self.project_types or project_type in self.project_types
        ) and project_type not in self.except_project_types

    def gates_for(self, person: str) -> tuple[Gate, ...]:
        """The gate of every group that the person is in; none when the person is not asked."""
        return tuple(group.gate for group in WHO[self.asked_of] if person in group.persons)


@dataclass(frozen=True, slots=True)
class Field:
    """One column of an element and when it is asked, if the element is.

    `name` is `File.Column`, with the DisabilityType in brackets for 4.05 to 4.10. `gate` names columns with
    their files. Without `funders` and types it is so in every project. `optional` fields may stay blank.
    What follows from other answers is asked of nobody: with `yes_if` 1 where the gate holds and else 0, with
    `total_of` the sum of these fields, and with `yes_from`, where what its parts look at is asked, 1 if one
    part holds, 0 where none does, and the code of what is not known as long as one is open.
    """

    column: Column
    name: str
    gate: Gate = ALWAYS
    funders: tuple[str, ...] = ()
    project_types: tuple[str, ...] = ()
    except_project_types: tuple[str, ...] = ()
    optional: bool = False
    yes_if: Gate | None = None
    yes_from: tuple[Gate, ...] = ()
    total_of: tuple[str, ...] = ()
    disputed: tuple[Reading, ...] = ()

    def applies(self, project_type: str, funders: Iterable[str]) -> bool:
        """Whether it is so in a project of that type with these funding sources."""
        return (
            (not self.project_types or project_type in self.project_types)
            and project_type not in self.except_project_types
            and (not self.funders or not frozenset(funders).isdisjoint(self.funders))
        )


@dataclass(frozen=True, slots=True)
class Element:
    """One data element of HUD's manual: what is asked, of whom, when, and who must ask it.

    `rows` is a condition on the rows of a shared file that belong to it (`RecordType = 143`).
    `columns` are those of the registry's year that name the element, `asks` those of them that are asked.
    `project_types` are the types of its header, empty for all. `event` is what makes somebody answer it.
    `same_for_all` are the names of its fields whose answers may be one for a whole household.
    """

    number: str
    name: str
    group: str
    question: str = ""
    files: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    rows: str | None = None
    fields: str = ""
    asked_of: str = ""
    collected_at: tuple[str, ...] = ()
    event: str = ""
    project_types: tuple[str, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    asks: tuple[Field, ...] = ()
    same_for_all: tuple[str, ...] = ()
    change: str = ""
    note: str = ""
    reference: str = ""
    since: int | None = None
    until: int | None = None
    at: Place = field(default=NOWHERE, compare=False)

    def requirements_for(self, project_type: str, funders: Iterable[str]) -> tuple[Requirement, ...]:
        """The requirements that a project of that type with these funding sources comes under."""
        chosen = tuple(funders)
        return tuple(r for r in self.requirements if r.applies(project_type, chosen))
