"""A form made of the questions that the standards ask (`hearth.standards.form.questions`).

One field for each column. What hangs on other answers is shown as they open it (`ui/gates.js`; without
scripts all is shown), and the server decides: an answer behind a gate that is closed is not stored, and is
counted in `dropped`. A required question that nobody answered keeps nobody from saving: it stays
due, and is stored as "Data not collected" where HUD has a code for it.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.forms.utils import ErrorDict

from hearth.hmis.hud.answers import AnswerField, answers, not_collected
from hearth.hmis.hud.conditions import condition_words
from hearth.hmis.ui import formats
from hearth.hmis.ui.forms import DayField, PlainWords, TypedAhead
from hearth.hmis.ui.money import MoneyField
from hearth.standards import load
from hearth.standards.element import Element
from hearth.standards.form import HIDDEN, OPTIONAL, REQUIRED, Project, Question, questions
from hearth.standards.gates import (
    ALWAYS,
    Answers,
    Between,
    Blank,
    Compared,
    Either,
    Every,
    Gate,
    columns,
    put_in,
)
from hearth.standards.load import MODEL_YEAR
from hearth.standards.wording import ElementWords, wording

#: So many answers at most stand as rows; more are typed ahead.
MOST_ROWS = 9
#: Sources of income and the like: read out, and ticked where they apply; the rest is No. Other questions with
#: the same list are questions of their own: what nobody answered is not a No.
_TICKED, _SOURCES = "1.7", "IncomeBenefits"
_YES, _NO = "1", "0"
_DISABILITIES = "Disabilities"
#: Rows that are there whatever is asked; of other files one is made of answers.
_ALWAYS_THERE = frozenset({"Client", "Enrollment", "Exit"})
_HIV = load(MODEL_YEAR).list("1.3").names["HIV_AIDS"]


@dataclass(frozen=True, slots=True)
class Section:
    """One data element of the form: its fields in order. `is_sensitive`: folded, and asked alone. `last`:
    what was answered before, where the form offers it; `total`: the sum of its amounts, where it has one."""

    element: Element
    words: ElementWords | None
    fields: list[forms.BoundField]
    is_sensitive: bool
    last: Any = None
    total: "Total | None" = None

    @property
    def has_errors(self) -> bool:
        return any(one.errors for one in self.fields)


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of the amounts as they stand in a form; `ui/gates.js` counts it on. `gate`: when it is shown,
    as JSON; empty: always."""

    label: str
    amount: str
    gate: str


@dataclass(slots=True)
class Answered:
    """What a form says. `records`: by file, and of Disabilities by file and type ("Disabilities[5]"), the
    values of columns as they are stored; `given`: how many required questions have an answer; `due`: names of
    those without; `closed`: names of those that are not asked after these answers; `dropped`: how many
    answers were not stored because of that."""

    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    given: int = 0
    due: list[str] = field(default_factory=list)
    closed: set[str] = field(default_factory=set)
    dropped: int = 0


class QuestionForm(PlainWords, forms.Form):
    """The questions of one person at one stage in one project on a day.

    `known`: codes of earlier answers by name ("Client.VeteranStatus"), on which gates may hang. Several
    people stand on one page by a `prefix` each; `of_whom` is said in the page's list of errors then.
    """

    of_whom = ""
    #: Whether it stands on the page and nothing of it is to be stored, so that nothing in it is wrong.
    is_left_out = False

    def __init__(
        self,
        *args: Any,
        project: Project,
        stage: str,
        person: str,
        known: Mapping[str, str | None] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.project, self.stage, self.person = project, stage, person
        self.known = dict(known or {})
        asked = self.asked()
        self._follows = {one.name: one for one in asked if one.yes_if is not None}
        self._totals = [one for one in asked if one.total_of]
        put = [self._put(one) for one in asked if not one.total_of and one.name not in self._follows]
        self.questions = self.kept(put)
        for one in self.questions:
            made: Any = _of_column(one)
            made.gate = json.dumps(as_data(one.gate, self.add_prefix)) if one.gate != ALWAYS else ""
            made.condition = condition_words(one.gate)
            made.is_due = one.asked != OPTIONAL and not _is_ticked(one)
            self.fields[field_name(one.name)] = made
        self.answered = Answered()

    def _put(self, question: Question) -> Question:
        """The question with a gate of answers that are given, not of what follows from them."""
        follows = {name: one.yes_if for name, one in self._follows.items() if one.yes_if is not None}
        return replace(question, gate=put_in(question.gate, follows))

    def asked(self, answers: Answers | None = None) -> tuple[Question, ...]:
        """What the standards ask here, with these answers so far (`hearth.standards.form.questions`)."""
        return questions(load(MODEL_YEAR), self.project, self.stage, self.person, answers)

    @property
    def following(self) -> list[Question]:
        """What is stored beside the answers and follows from them."""
        return list(self._follows.values())

    def kept(self, asked: list[Question]) -> list[Question]:
        """Which of the questions stand on this form; all, unless a form has more to say."""
        return asked

    @property
    def known_inputs(self) -> list[tuple[str, str]]:
        """Earlier answers as hidden inputs, for gates that hang on them; what is sent back is not read."""
        known = ((name, code) for name, code in self.known.items() if code is not None)
        return [(self.add_prefix(field_name(name)), code) for name, code in known]

    @property
    def state(self) -> tuple[int, int]:
        """How many answers are given and due, as `ui/gates.js` counts them on."""
        if self.is_bound and not self.is_left_out:
            self.errors  # noqa: B018  reads what was sent, where nobody did yet
            return self.answered.given, len(self.answered.due)
        answers = dict.fromkeys((one.name for one in self.questions), None) | self.known
        is_required = {one.name for one in self.asked(answers) if one.asked == REQUIRED}
        return 0, sum(one.name in is_required and not _is_ticked(one) for one in self.questions)

    @property
    def sections(self) -> Iterator[Section]:
        """The fields by element, in HUD's order."""
        by_element: dict[str, list[Question]] = {}
        for one in self.questions:
            by_element.setdefault(one.element.number, []).append(one)
        for group in by_element.values():
            yield Section(
                group[0].element,
                wording().get(group[0].element.number),
                [self[field_name(one.name)] for one in group],
                any(one.column.privacy == "sensitive" for one in group),
                total=self._total(group),
            )

    def _total(self, group: list[Question]) -> Total | None:
        """The sum of what stands in the fields of an element, whether it was sent or stored."""
        number = group[0].element.number
        total = next((one for one in self._totals if one.element.number == number), None)
        if total is None:
            return None
        says = {one.name: self[field_name(one.name)].value() for one in group}
        answers = self.known | {name: _code(value) for name, value in says.items()}
        amount = Decimal(0)
        for one in group:
            if one.name in total.total_of and one.gate.holds(answers):
                with suppress(forms.ValidationError):  # said at its field
                    amount += self.fields[field_name(one.name)].clean(says[one.name]) or 0
        words = wording().get(number)
        own = words.fields.get(total.column.name) if words else None
        gate = json.dumps(as_data(total.gate, self.add_prefix)) if total.gate != ALWAYS else ""
        return Total(own.question if own else total.column.label or "Total", formats.money(amount), gate)

    def full_clean(self) -> None:
        """Read what was sent, unless it is left out."""
        if self.is_left_out:
            self._errors, self.cleaned_data = ErrorDict(), {}
        else:
            super().full_clean()

    def clean(self) -> dict[str, Any]:
        """Work out what is stored."""
        said = super().clean() or {}
        typed = {one.name: said.get(field_name(one.name)) for one in self.questions}
        answers = self.known | {name: _code(value) for name, value in typed.items()}
        followed = {name: _followed(one, answers) for name, one in self._follows.items()}
        answers |= {name: _code(value) for name, value in followed.items()}
        state = {one.name: one.asked for one in self.asked(answers)}
        found = Answered()
        for one in self.questions:
            value = typed[one.name]
            is_asked = state.get(one.name, HIDDEN) != HIDDEN
            if not is_asked:
                found.closed.add(one.name)
                found.dropped += not is_blank(value)
                value = None
            elif _is_ticked(one):
                value = int(_YES if value else _NO)
            elif value in (None, ""):
                if state[one.name] == REQUIRED:
                    found.due.append(one.name)
                value = _not_collected(one) if state[one.name] == REQUIRED else None
            else:
                found.given += state[one.name] == REQUIRED
            record, column = place_of(one.name)
            found.records.setdefault(record, {})[column] = value
        for name, value in followed.items():
            record, column = place_of(name)
            found.records.setdefault(record, {})[column] = None if state[name] == HIDDEN else value
        _leave_out_empty(found)
        for one in self._totals:
            _add_total(found, one, answers)
        self.answered = found
        return said


def is_blank(value: Any) -> bool:
    """Whether nothing was answered: not so of 0, which is a No."""
    return value is None or value == "" or value is False


def _followed(question: Question, answers: Mapping[str, str | None]) -> int | None:
    """1 where its gate holds, 0 where not, None where an answer that it looks at is not there."""
    gate = question.yes_if or ALWAYS
    if any(answers.get(column) is None for column in columns(gate)):
        return None
    return int(_YES if gate.holds(answers) else _NO)


def place_of(name: str) -> tuple[str, str]:
    """The record and the column of a question. T-cells, viral load and treatment (W3, W4, W6) stand in the
    row of HIV/AIDS, without saying so in their names."""
    file, _, column = name.partition(".")
    column, _, row = column.removesuffix("]").partition("[")
    if file == _DISABILITIES:
        return f"{file}[{row or _HIV}]", column
    return file, column


def field_name(name: str) -> str:
    """The name of an input: `Disabilities.DisabilityResponse[5]` → `Disabilities-DisabilityResponse-5`."""
    return name.replace(".", "-").replace("[", "-").replace("]", "")


def _of_column(question: Question) -> forms.Field:
    column = question.column
    words = wording().get(question.element.number)
    own = words.fields.get(column.name) if words else None
    label, helps = (own.question, own.help) if own else (column.label or column.name, "")
    common: dict[str, Any] = {"label": label, "help_text": helps, "required": False}
    if _is_ticked(question):
        return forms.BooleanField(**common)
    if choices := answers(question.name):
        if len(choices) <= MOST_ROWS and column.type == "I":
            return AnswerField(question.name, **common)
        coerce = int if column.type == "I" else str
        return forms.TypedChoiceField(
            choices=[("", "Choose one"), *choices],
            coerce=coerce,
            empty_value=None,
            widget=TypedAhead,
            **common,
        )
    if column.type == "D":
        return DayField(**common)
    if column.type == "M":
        return MoneyField(signed=column.signed, **common)
    if column.type == "I":
        low = 0 if column.minimum is None else column.minimum
        high = 2**31 - 1 if column.maximum is None else column.maximum
        return forms.IntegerField(min_value=low, max_value=high, **common)
    made = forms.CharField(max_length=column.max_length, **common)
    if column.pattern:
        made.validators.append(
            RegexValidator(rf"^(?:{column.pattern})$", "Type it in the form that is asked.")
        )
    return made


def as_data(gate: Gate, named: Callable[[str], str] = str) -> dict[str, Any]:
    """A gate as `ui/gates.js` reads it; columns are names of inputs, as `named` of the form makes them."""
    match gate:
        case Compared(column, codes, negated):
            return {"input": named(field_name(column)), "codes": list(codes), "not": negated}
        case Between(column, low, high):
            return {"input": named(field_name(column)), "low": low, "high": high}
        case Blank(column, negated):
            return {"input": named(field_name(column)), "blank": not negated}
        case Every(parts):
            return {"every": [as_data(part, named) for part in parts]}
        case Either(parts):
            return {"either": [as_data(part, named) for part in parts]}
    raise TypeError(f"{type(gate).__name__} is no gate")


def _is_ticked(question: Question) -> bool:
    column = question.column
    return column.file == _SOURCES and column.list == _TICKED and question.gate != ALWAYS


def _code(value: Any) -> str | None:
    """An answer as gates compare it."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return _YES if value else _NO
    return value.isoformat() if isinstance(value, date) else str(value)


def _not_collected(question: Question) -> int | None:
    try:
        return not_collected(question.name)
    except LookupError:
        return None


def _leave_out_empty(found: Answered) -> None:
    """A row in which nothing was asked but what may stay blank, and all of it did, says nothing."""
    for name, row in list(found.records.items()):
        if name not in _ALWAYS_THERE and all(value is None for value in row.values()):
            del found.records[name]


def _add_total(found: Answered, total: Question, answers: Mapping[str, str | None]) -> None:
    """The sum of what was answered (4.02.18), where its gate is open; nothing where nobody can tell."""
    record, column = place_of(total.name)
    row, is_open = found.records.get(record), total.gate.holds(answers)
    if row is None or is_open is None:
        return
    parts = [row.get(place_of(name)[1]) for name in total.total_of]
    row[column] = sum((one for one in parts if one is not None), Decimal(0)) if is_open else None
