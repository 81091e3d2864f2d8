"""The local questions of one person as a form, drawn and gated as HUD's (`hearth.hmis.hud.questions`)."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms

from hearth.hmis.clients.models import Client
from hearth.hmis.enrollments.further import Asking, Beside
from hearth.hmis.hud.answers import Answers
from hearth.hmis.hud.names import python_name
from hearth.hmis.hud.questions import MOST_ROWS, as_data, field_name
from hearth.hmis.local.conditions import local_condition_words
from hearth.hmis.local.element import CODE, DAY, MONEY, NUMBER, LocalElement, LocalField, LocalRegistry
from hearth.hmis.local.form import LocalQuestion, local_questions
from hearth.hmis.ui.forms import DayField, PlainWords, TypedAhead
from hearth.hmis.ui.money import MoneyField
from hearth.standards.form import HIDDEN, OPTIONAL, REQUIRED
from hearth.standards.gates import ALWAYS, LOCAL_PROGRAM, Gate, columns, either

_LONGEST = 500
_MOST_NUMBER = 2**31 - 1

Key = tuple[str, int, str]
"""Element, version, field."""


@dataclass(frozen=True, slots=True)
class LocalSection:
    """One element of the form. `gate`: when there is anything to ask, as JSON; empty: always."""

    element: LocalElement
    fields: list[forms.BoundField]
    gate: str

    @property
    def words(self) -> LocalElement:
        """Who is asked, and what to do when the client does not know."""
        return self.element

    @property
    def has_errors(self) -> bool:
        return any(one.errors for one in self.fields)


@dataclass(slots=True)
class LocalAnswered:
    """What a form says: the values by element, version and field, the programs that were chosen, the names of
    required fields without an answer, and how many answers were closed by another one."""

    values: dict[Key, Any] = field(default_factory=dict)
    programs: frozenset[str] = frozenset()
    due: list[str] = field(default_factory=list)
    dropped: int = 0


class LocalQuestionForm(PlainWords, forms.Form):
    """The local questions of one person at one stage.

    `programs`: the money that the household has already, `attached` that of its project, which is never
    chosen. `chooses`: whether the household's money is chosen here. `said`: earlier answers by name of field.
    """

    def __init__(
        self,
        *args: Any,
        asking: Asking,
        registry: LocalRegistry,
        programs: frozenset[str],
        attached: frozenset[str],
        chooses: bool,
        said: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, prefix=asking.beside.prefix, **kwargs)
        self.asking, self.registry, self.of_whom = asking, registry, asking.beside.of_whom
        self.attached = sorted(attached)
        offered = [
            one for code, one in registry.programs.items() if code not in attached and
            one.span.holds(asking.day)
        ]  # fmt: skip
        self.offered = [one.code for one in offered] if chooses else []
        for one in offered if chooses else []:
            self.fields[field_name(f"{LOCAL_PROGRAM}.{one.code}")] = forms.BooleanField(
                label=f"{one.name} ({one.funder})", required=False, initial=one.code in programs
            )
        has = {code: "1" if code in attached | programs else "0" for code in registry.programs}
        self.known: dict[str, str | None] = {
            f"{LOCAL_PROGRAM}.{code}": said for code, said in has.items() if code not in self.offered
        }
        project, stage, person = asking.beside.project, asking.beside.stage, asking.beside.person
        asked = local_questions(registry, project, stage, person, asking.day)
        self.known |= known_of(asking.client, [one.gate for one in asked])
        # Money that is not chosen here cannot open anything while the page is open.
        settled = {name: code for name, code in self.known.items() if name.startswith(LOCAL_PROGRAM)}
        self.questions = [one for one in asked if one.gate.holds(settled) is not False]
        for each in self.questions:
            made: Any = _of_field(each.field, asking.day, (said or {}).get(each.field.name))
            made.gate = json.dumps(as_data(each.gate, self.add_prefix)) if each.gate != ALWAYS else ""
            made.condition = local_condition_words(each.gate)
            made.is_due = each.asked != OPTIONAL
            self.fields[field_name(each.name)] = made
        self.answered = LocalAnswered()

    @property
    def known_inputs(self) -> list[tuple[str, str]]:
        """Earlier answers as hidden inputs, for gates that hang on them; what is sent back is not read."""
        looked_at = {name for one in self.questions for name in columns(one.gate)}
        beside = {name for name, _ in self.asking.beside.known_inputs}
        known = ((self.add_prefix(field_name(name)), code) for name, code in self.known.items()
                 if name in looked_at and code is not None)  # fmt: skip
        return [(name, code) for name, code in known if name not in beside]

    @property
    def program_fields(self) -> list[forms.BoundField]:
        """The boxes of the programs."""
        return [self[field_name(f"{LOCAL_PROGRAM}.{code}")] for code in self.offered]

    @property
    def has_programs(self) -> bool:
        """Whether one of them is ticked, so that they stand open."""
        return any(one.value() or one.errors for one in self.program_fields)

    @property
    def attached_names(self) -> list[str]:
        """The programs of the project, which all its households have."""
        return [self.registry.programs[code].name for code in self.attached]

    @property
    def sections(self) -> Iterator[LocalSection]:
        """The fields by element."""
        by_element: dict[str, list[LocalQuestion]] = {}
        for one in self.questions:
            by_element.setdefault(one.element.number, []).append(one)
        for group in by_element.values():
            opens = either(*(one.gate for one in group))
            gate = json.dumps(as_data(opens, self.add_prefix)) if opens != ALWAYS else ""
            yield LocalSection(group[0].element, [self[field_name(one.name)] for one in group], gate)

    def clean(self) -> dict[str, Any]:
        """Work out what is stored. The form of HUD's questions was read before."""
        said = super().clean() or {}
        chosen = {code for code in self.offered if said.get(field_name(f"{LOCAL_PROGRAM}.{code}"))}
        typed = {one.name: said.get(field_name(one.name)) for one in self.questions}
        answers: dict[str, str | None] = dict(self.known) | said_beside(self.asking.beside)
        answers |= {f"{LOCAL_PROGRAM}.{code}": "1" if code in chosen else "0" for code in self.offered}
        answers |= {name: _code(value) for name, value in typed.items()}
        beside = self.asking.beside
        found = LocalAnswered(programs=frozenset(chosen))
        state = local_questions(
            self.registry, beside.project, beside.stage, beside.person, self.asking.day, answers
        )
        for one in state:
            value = typed.get(one.name)
            if one.asked == HIDDEN:
                found.dropped += value not in (None, "")
                value = None
            elif value in (None, "") and one.asked == REQUIRED:
                found.due.append(one.name)
            found.values[one.element.number, one.element.version, one.field.name] = (
                None if value == "" else value
            )
        self.answered = found
        return said


def known_of(client: Client, gates: list[Gate]) -> dict[str, str | None]:
    """What is known of the client and gates look at; nothing that is withheld from whoever asks."""
    found: dict[str, str | None] = {}
    for name in {each for one in gates for each in columns(one) if each.startswith("Client.")}:
        of_model = python_name(name.partition(".")[2])
        if of_model not in client.withheld:
            found[name] = _code(getattr(client, of_model))
    return found


def said_beside(beside: Beside) -> dict[str, str | None]:
    """The answers to HUD's questions on the same page, as gates compare them."""
    found = {}
    for record, values in beside.answered.records.items():
        file, bracket, row = record.partition("[")
        for column, value in values.items():
            found[f"{file}.{column}{bracket}{row}"] = _code(value)
    return found


def _code(value: Any) -> str | None:
    if value is None or value == "":
        return None
    return value.isoformat() if isinstance(value, date) else str(value)


def _of_field(one: LocalField, day: date, initial: Any) -> forms.Field:
    common: dict[str, Any] = {
        "label": one.question, "help_text": one.help, "required": False, "initial": initial,
    }  # fmt: skip
    if one.type == CODE:
        choices = one.choices_on(day)
        listed = [(each.code, each.label) for each in choices]
        unknown = frozenset(each.code for each in choices if each.is_unknown)
        if len(listed) <= MOST_ROWS:
            return forms.TypedChoiceField(
                choices=listed, empty_value=None, widget=Answers(unknown=unknown), **common
            )
        offered = [("", "Choose one"), *listed]
        return forms.TypedChoiceField(choices=offered, empty_value=None, widget=TypedAhead, **common)
    if one.type == DAY:
        return DayField(**common)
    if one.type == MONEY:
        return MoneyField(**common)
    if one.type == NUMBER:
        return forms.IntegerField(min_value=0, max_value=_MOST_NUMBER, **common)
    return forms.CharField(max_length=_LONGEST, **common)
