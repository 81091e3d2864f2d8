"""Form fields whose answers are a pick list of HUD: closed questions, answered by rows to choose from.

"Client doesn't know" and "Client prefers not to answer" are the client's answers and stand apart. "Data not
collected" is no answer but what is stored where nobody asked, so that no form offers it.
"""

from typing import Any

from django import forms

from hearth.hmis.hud.display import column_words
from hearth.standards import load
from hearth.standards.load import MODEL_YEAR

#: Categories of pick lists: the client does not know, prefers not to answer, nobody asked.
DOES_NOT_KNOW, PREFERS_NOT, MISSING = "dk", "pnta", "missing"


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


def answers(column: str) -> list[tuple[int, str]]:
    """(code, words) of what a client can answer to `File.Column`, in HUD's order."""
    return [(int(one.code), one.label) for one in _offered(column) if MISSING not in one.groups]


def not_collected(column: str) -> int:
    """The code that is stored in `File.Column` where nobody asked."""
    return next(int(one.code) for one in _offered(column) if MISSING in one.groups)


def why_unknown(column: str) -> list[tuple[int, str]]:
    """(code, words) of the answers by which a client does not say it."""
    return [
        (int(one.code), one.label)
        for one in _offered(column)
        if DOES_NOT_KNOW in one.groups or PREFERS_NOT in one.groups
    ]


def _offered(column: str) -> list[Any]:
    registry = load(MODEL_YEAR)
    number = registry.column(column).list
    assert number is not None, f"{column} has no pick list"
    return [one for one in registry.list(number).options if one.status == "current"]


class AnswerField(forms.TypedChoiceField):
    """One answer to a HUD column, as its code; None where there is none. `only_unknown`: only the reasons why
    it is not known, beside a field in which what is known is typed."""

    def __init__(self, column: str, *, only_unknown: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("label", column_words(column))
        kwargs.setdefault("required", False)
        super().__init__(
            choices=why_unknown(column) if only_unknown else answers(column),
            coerce=int,
            empty_value=None,
            widget=Answers(unknown=frozenset(str(code) for code, _ in why_unknown(column))),
            **kwargs,
        )
