"""Form fields whose answers are a pick list of HUD: closed questions, answered by rows to choose from.

"Client doesn't know" and "Client prefers not to answer" are the client's answers and stand apart. "Data not
collected" is no answer but what is stored where nobody asked, so that no form offers it.
"""

from typing import Any

from django import forms

from hearth.hmis.hud.display import column_words
from hearth.standards import load
from hearth.standards.load import MODEL_YEAR
from hearth.standards.model import Option

#: HUD's words in all lists: the client's answers that say nothing, and that nobody asked.
UNKNOWN = ("Client doesn't know", "Client prefers not to answer")
MISSING = "Data not collected"


class Answers(forms.RadioSelect):
    """Rows to choose one from. While one of them has the focus, a figure chooses the answer in that place, Y
    and N a yes or no, D and P the client's not knowing or not saying, and Backspace takes the answer back
    (`ui/answers.js`)."""

    template_name = "ui/forms/answers.html"

    def __init__(self, *, unknown: frozenset[str] = frozenset(), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.unknown = unknown

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        option["is_unknown"] = str(option["value"]) in self.unknown
        return option


def answers(column: str) -> list[tuple[str, str]]:
    """(code, words) of what a client can answer to `File.Column`, in HUD's order; what says nothing last."""
    known = [(one.code, one.label) for one in offered(column) if one.label not in (MISSING, *UNKNOWN)]
    return known + why_unknown(column)


def not_collected(column: str) -> int:
    """The code that is stored in `File.Column` where nobody asked. Raises LookupError where HUD has none."""
    for one in offered(column):
        if one.label == MISSING:
            return int(one.code)
    raise LookupError(f"{column} has no code for data that nobody collected")


def why_unknown(column: str) -> list[tuple[str, str]]:
    """(code, words) of the answers by which a client does not say it."""
    return [(one.code, one.label) for one in offered(column) if one.label in UNKNOWN]


def offered(column: str) -> list[Option]:
    """The current codes of a column's pick list; none for a column without one. A column whose list depends
    on another one names that code in brackets: `Disabilities.DisabilityResponse[10]`."""
    registry = load(MODEL_YEAR)
    column, _, row = column.removesuffix("]").partition("[")
    found = registry.column(column)
    number = found.list_by.cases.get(row, found.list_by.otherwise) if found.list_by and row else found.list
    if number is None:
        return []
    return [
        one
        for one in registry.list(number).options
        if one.status == "current" and (not found.use or not one.used_for or found.use in one.used_for)
    ]


class AnswerField(forms.TypedChoiceField):
    """One answer to a HUD column, as its code; None where there is none. `only_unknown`: only the reasons why
    it is not known, beside a field in which what is known is typed."""

    def __init__(self, column: str, *, only_unknown: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("label", column_words(column.partition("[")[0]))
        kwargs.setdefault("required", False)
        super().__init__(
            choices=why_unknown(column) if only_unknown else answers(column),
            coerce=int,
            empty_value=None,
            widget=Answers(unknown=frozenset(code for code, _ in why_unknown(column))),
            **kwargs,
        )
