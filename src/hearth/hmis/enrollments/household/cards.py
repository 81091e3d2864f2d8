"""The questions of people who are asked together: a card each, and what may be the same for all."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import QueryDict

from hearth.hmis.access.models import User
from hearth.hmis.clients.models import Client
from hearth.hmis.clients.templatetags.clients import full_name
from hearth.hmis.enrollments.actions import NewMember
from hearth.hmis.enrollments.case_workers import ManagerField
from hearth.hmis.enrollments.checks.form import CheckedForm, look_together
from hearth.hmis.enrollments.exiting import DECEASED
from hearth.hmis.enrollments.further import Asking, FurtherForm, further_form, is_valid
from hearth.hmis.enrollments.household.presenting import RELATION_WORDS
from hearth.hmis.enrollments.last_answers import LastAnswer, LastAnswers, as_typed
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.enrollments.start.questions import StartForm
from hearth.hmis.hud.questions import field_name
from hearth.hmis.organizations.form_project import form_project
from hearth.hmis.organizations.models import Project
from hearth.standards import load
from hearth.standards.load import MODEL_YEAR

#: By element, the columns that one press gives to the others who are asked them and have nothing answered, as
#: the registry says. Where they slept or go may be the same; how often somebody was homeless is asked
#: of each.
SAME: Mapping[str, tuple[str, ...]] = {
    number: one.same_for_all for number, one in load(MODEL_YEAR).elements.items() if one.same_for_all
}


#: Instead of a person's prefix, and instead of an element: of all.
ALL = "all"
CASE_MANAGER = "case_manager"
_WHERE, _DESTINATION = "3.12", field_name("Exit.Destination")


@dataclass(frozen=True, slots=True)
class Card:
    """The questions of one person; `enrollment`: at a later stage than the start, theirs."""

    client: Client
    relationship: int
    form: CheckedForm
    further: FurtherForm | None = None
    enrollment: Enrollment | None = None

    @property
    def forms(self) -> list[Any]:
        """HUD's questions, and those beside them."""
        return [self.form, self.further] if self.further else [self.form]

    @property
    def due(self) -> int:
        """How many answers stay due."""
        return len(self.form.answered.due) + (self.further.due if self.further else 0)

    @property
    def relation(self) -> str:
        return RELATION_WORDS.get(self.relationship, "Relationship not said")

    @property
    def is_ready(self) -> bool:
        """Nothing typed is wrong."""
        return is_valid(self.form, self.further)


def cards(
    user: User,
    people: Sequence[tuple[Client, int]],
    place: Project,
    start: date,
    typed: QueryDict | None,
    *,
    is_whole: bool = False,
) -> list[Card]:
    """A card for each; whoever is alone has no prefix before the names of inputs. `is_whole`: they are a
    whole household, of which something can be said."""
    asks = form_project(place, start)
    last = LastAnswers.before(user, [client for client, _ in people], start)
    made = []
    for client, relationship in people:
        form = StartForm(
            typed, user=user, client=client, place=place, start=start, relationship=relationship, asks=asks,
            last=last.get(client.pk),
            prefix=f"c{client.pk}" if len(people) > 1 else None,
        )  # fmt: skip
        if len(people) > 1:
            form.of_whom = full_name(client)
        further = further_form(typed, Asking(user, client, place, start, form))
        made.append(Card(client, relationship, form, further))
    _ask_case_manager(made[0].form, user, place)
    if typed is not None:
        look_together([one.form for one in made], is_whole=is_whole)
    return made


def _ask_case_manager(form: CheckedForm, user: User, place: Project) -> None:
    """Once for everybody on the page, on the first form: whoever enters them, unless another is chosen."""
    field = ManagerField(project=place.pk, help_text="Of everybody on this page, from the first day on")
    field.initial = user.pk if user.pk in field.people else ""
    form.fields[CASE_MANAGER] = field


def case_manager(household: Sequence[Card]) -> User | None:
    """Who was chosen, once the forms were read."""
    form = household[0].form
    field: Any = form.fields[CASE_MANAGER]
    found: User | None = field.people.get(form.cleaned_data.get(CASE_MANAGER))
    return found


def members(household: Iterable[Card]) -> list[NewMember]:
    """Who is enrolled, with what was answered."""
    return [
        NewMember(one.client, one.relationship, one.form.answered.records, one.form.right, one.further)
        for one in household
    ]


def give(
    typed: QueryDict, household: Sequence[Card], number: str
) -> tuple[QueryDict, list[Card], list[Card]]:
    """What was typed, with the first person's answers of an element given to the others who are asked it and
    have answered nothing of it; who got them; and who had answers of their own, and kept them."""
    given, got, kept = typed.copy(), [], []
    first, *others = household
    for one in others:
        columns = _columns(one.form, number)
        if not columns or not _columns(first.form, number):
            continue
        if any(given.get(one.form.add_prefix(name)) for name in columns):
            kept.append(one)
            continue
        for name in columns:
            if (answers := typed.getlist(first.form.add_prefix(name))) and answers != [""]:
                given.setlist(one.form.add_prefix(name), answers)
        got.append(one)
    return given, got, kept


def is_death(typed: QueryDict, household: Sequence[Card], number: str) -> bool:
    """Whether what would be given to others is that the first has died."""
    return number == _WHERE and typed.get(household[0].form.add_prefix(_DESTINATION)) == str(DECEASED)


def take_last(
    typed: QueryDict, household: Sequence[Card], wanted: str
) -> tuple[QueryDict, LastAnswer | None]:
    """What was typed, with the last answers of one person to one element (`c7:4.04`; of one alone
    `:4.04`), and the latest of them. `c7:all`: to all elements in which nothing is typed; `all:all`: of
    everybody."""
    prefix, _, number = wanted.rpartition(":")
    given, taken = typed.copy(), []
    for one in household:
        if prefix not in (ALL, one.form.prefix or ""):
            continue
        for section in one.form.sections:
            is_typed = any(any(typed.getlist(bound.html_name)) for bound in section.fields)
            is_wanted = section.element.number == number or (number == ALL and not is_typed)
            if not is_wanted or section.last is None:
                continue
            for name, value in as_typed(one.form, section.last).items():
                if value is None:
                    given.pop(name, None)
                else:
                    given[name] = str(value)
            taken.append(section.last)
    return given, max(taken, key=lambda last: last.day or date.min, default=None)


def _columns(form: CheckedForm, number: str) -> list[str]:
    return [
        field_name(one.name)
        for one in form.questions
        if one.element.number == number and one.name in SAME[number]
    ]


def can_be_given(household: Sequence[Card]) -> list[str]:
    """Elements whose answers may be the same, and that the first and somebody else are asked."""
    return list(_can_be_given(household)) if len(household) > 1 else []


def _can_be_given(household: Sequence[Card]) -> Iterator[str]:
    first, *others = household
    for number in SAME:
        if _columns(first.form, number) and any(_columns(one.form, number) for one in others):
            yield number
