"""Random answers typed into a form of questions, until it says nothing against them.

Whoever types puts right what the form calls impossible or unlikely: those answers are given anew, then left
open; what is unlikely of the people themselves is said to be right. What is open from the beginning is so on
purpose.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

from django import forms
from django.http import QueryDict

from hearth.hmis.enrollments.checks.found import Found
from hearth.hmis.hud.questions import field_name
from hearth.hmis.ui.forms import DayField
from hearth.reporting.sources.declared_checks import KINDS
from hearth.standards import load
from hearth.standards.load import MODEL_YEAR

#: Without them a record is one that HUD does not take: never left open.
DEMANDED = frozenset(
    f"{file}.{column}"
    for check in load(MODEL_YEAR).checks.values()
    if check.kind in KINDS and check.severity == "error" and check.says_missing
    for file in check.files
    for column in check.columns
)
Typed = dict[str, Any]
#: So often answers are given anew before the form is one that nobody can fill in.
MOST_TRIES = 40
#: From this try on, what is wrong is left open.
PATIENCE = 25
_WORDS = ("Lake House", "O'Neil & Sons", 'Ñandú, "the" café', "=1+1", "50 % off; now", "ᏣᎳᎩ", "a - b")


def query(typed: Mapping[str, Any]) -> QueryDict:
    """What a browser would send."""
    sent = QueryDict(mutable=True)
    for name, value in typed.items():
        sent.setlist(name, value if isinstance(value, list) else [value])
    return sent


def answer(random: Random, field: forms.Field, until: date) -> str:
    """A random answer of the kind that is asked for; empty where there is none."""
    if isinstance(field, forms.BooleanField):
        return random.choice(("on", ""))
    if isinstance(field, forms.ChoiceField):
        codes = [str(code) for code, _ in field.choices if code != ""]
        return random.choice(codes)
    if isinstance(field, DayField):
        return (until - timedelta(days=random.choice((0, 1, 20, 100, 400, 900)))).isoformat()
    if isinstance(field, forms.DecimalField):
        return random.choice(("0.01", "16", "1031.50", "250.00", "8000"))
    if isinstance(field, forms.IntegerField):
        low, high = field.min_value or 0, field.max_value if field.max_value is not None else 60
        return str(random.randint(low, min(high, low + 60)))
    return random.choice(_WORDS)


def _input(form: Any, name: str) -> str:
    added: str = form.add_prefix(field_name(name))
    return added


def unlikely(form: Any) -> list[Found]:
    """What a form that was read finds unlikely and nobody called right, at its fields and beside them."""
    at_fields = [one for field in form.fields.values() for one in field.__dict__.get("unlikely", ())]
    right = getattr(form, "right", ())
    return [one for one in (*at_fields, *getattr(form, "unlikely", ())) if one not in right]


def looked_at(form: Any, found: Found) -> list[str]:
    """The inputs that a finding names or looks at."""
    named = f"{found.check.columns} {found.check.where} {found.check.violates}"
    return [
        _input(form, one.name)
        for one in form.questions
        if one.column.file in found.check.files and one.column.name in named
    ]


def wrong(form: Any) -> list[str]:
    """Inputs of which a form that was read says something."""
    found = [form.add_prefix(name) for name in form.errors if name != "__all__"]
    for one in (*unlikely(form), *getattr(form, "impossible", ())):
        found += looked_at(form, one)
    return found


def is_right(form: Any) -> bool:
    """Whether the form can be saved and finds nothing unlikely; it is read, where it was not."""
    return form.is_valid() and not unlikely(form)


def fill(
    random: Random,
    make: Callable[[QueryDict | None], Iterable[Any]],
    until: date,
    fixed: Mapping[str, str],
    open_of_ten: int,
) -> None:
    """Type into the forms that `make` makes of what is sent, all on one page, until nothing is said against
    it; `make` is called last with what is right. `fixed`: what is typed whatever happens, by input;
    `open_of_ten`: of ten questions so many are left open on purpose."""
    typed: Typed = {}
    for form in make(None):
        for one in form.questions:
            demanded = f"{one.column.file}.{one.column.name}" in DEMANDED
            if random.randrange(10) >= open_of_ten or demanded:
                name = _input(form, one.name)
                typed[name] = answer(random, form.fields[field_name(one.name)], until)
    for number in range(MOST_TRIES):
        made = list(make(query(typed | fixed)))
        if [form for form in made if not is_right(form)] == []:  # all of them are read
            return
        for form in made:
            if of_people := [one.mark for one in unlikely(form) if not looked_at(form, one)]:
                typed[form.right_name] = of_people  # of who they are, which no answer here changes
            for name in wrong(form):
                if name in fixed:
                    continue
                field = form.fields[name.removeprefix(f"{form.prefix}-") if form.prefix else name]
                typed[name] = answer(random, field, until) if number < PATIENCE else ""
    said = [form.errors.as_json() for form in made]
    said += [one.check.id for form in made for one in unlikely(form)]
    raise AssertionError(f"Nobody can fill this in: {said}")
