"""When a question is asked, in words: for whoever has no scripts, to whom all questions are shown at once."""

from collections.abc import Callable, Mapping
from functools import cache

from hearth.hmis.hud.answers import offered
from hearth.hmis.hud.display import column_words
from hearth.standards import load
from hearth.standards.gates import ALWAYS, Between, Blank, Compared, Either, Every, Gate
from hearth.standards.load import MODEL_YEAR
from hearth.standards.wording import wording

#: Of so many answers at most each is named.
_NAMED = 4


#: What is asked for a name in a gate, and its answers in words by code.
Named = Callable[[str], tuple[str, Mapping[str, str]]]


@cache
def condition_words(gate: Gate, named: Named | None = None) -> str:
    """`Asked after: “Is there any income?” – Yes`; empty where it is always asked. `named`: the questions
    that a gate hangs on, where they are not HUD's alone."""
    return f"Asked after: {_words(gate, named or hud_named)}." if gate != ALWAYS else ""


def hud_named(column: str) -> tuple[str, Mapping[str, str]]:
    """HUD's question for a column, and its answers."""
    return question_of(column), {one.code: one.label for one in offered(column)}


def _words(gate: Gate, named: Named) -> str:
    match gate:
        case Every(parts):
            return ", and ".join(_words(part, named) for part in parts)
        case Either(parts):
            return "; or ".join(_words(part, named) for part in parts)
        case Blank(column, negated):
            return f"“{named(column)[0]}” – {'any answer' if negated else 'no answer'}"
        case Between(column, low, high):
            within = [one for one in offered(column) if low <= int(one.code) <= high]
            kinds = [f"{one} situation" for one in dict.fromkeys(one.category for one in within) if one]
            return f"“{question_of(column)}” – {_any_of(kinds)}"
        case Compared(column, codes, negated):
            question, listed = named(column)
            said = [listed.get(code, code) for code in codes]
            return f"“{question}” – {'not ' if negated else ''}{_any_of(said)}"
    raise TypeError(f"{type(gate).__name__} is no gate")


def _any_of(named: list[str]) -> str:
    if len(named) > _NAMED:
        return f"one of {len(named)} answers, such as {named[0]}"
    return " or ".join(named)


@cache
def question_of(name: str) -> str:
    """What is asked for a column: the question in plain words, or its label."""
    plain = name.partition("[")[0]
    column = load(MODEL_YEAR).column(plain)
    for number, element in load(MODEL_YEAR).elements.items():
        words = wording().get(number)
        if words and column.name in words.fields and any(one.name == name for one in element.asks):
            return words.fields[column.name].question
    return column.label or column_words(plain)
