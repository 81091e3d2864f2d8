"""The disabling condition (3.08) as it follows from the kinds of disability that were asked (4.05–4.10)."""

from collections.abc import Mapping
from typing import Any

from hearth.hmis.hud.answers import not_collected
from hearth.standards import load
from hearth.standards.load import MODEL_YEAR

DISABLING = "Enrollment.DisablingCondition"
_RESPONSE, _LASTING = "DisabilityResponse", "IndefiniteAndImpairs"
YES = int(load(MODEL_YEAR).list("1.8").names["YES"])
NO = int(load(MODEL_YEAR).list("1.8").names["NO"])
_TYPES = load(MODEL_YEAR).list("1.3").names
#: Count by themselves; the others only where they are long-lasting and make living alone hard (3.08).
_BY_THEMSELVES = {str(_TYPES["DEVELOPMENTAL"]), str(_TYPES["HIV_AIDS"])}


def disabling_condition(records: Mapping[str, Mapping[str, Any]]) -> tuple[int, list[str]]:
    """The code of 3.08, and the kinds that make it a Yes. `records`: as of `hud.questions.Answered`. "Data
    not collected" where what was answered does not settle it."""
    rows = {
        key[len("Disabilities[") : -1]: row for key, row in records.items() if key.startswith("Disabilities[")
    }
    qualifying = [
        kind for kind, row in rows.items() if qualifies(kind, row.get(_RESPONSE), row.get(_LASTING))
    ]
    names = {str(code): name for name, code in _TYPES.items()}
    if qualifying:
        return YES, [names[kind] for kind in qualifying]
    settled = all(
        row.get(_RESPONSE) == NO or (_is_yes(kind, row.get(_RESPONSE)) and row.get(_LASTING) == NO)
        for kind, row in rows.items()
    )
    return (NO if rows and settled else not_collected(DISABLING)), []


def qualifies(kind: str, response: int | None, lasting: int | None) -> bool:
    """Whether one answer makes the disabling condition a Yes. `kind`: a code of DisabilityType."""
    return _is_yes(kind, response) and (kind in _BY_THEMSELVES or lasting == YES)


def _is_yes(kind: str, response: int | None) -> bool:
    """Substance use has three kinds of yes: alcohol, drugs, both (4.10)."""
    if kind == str(_TYPES["SUBSTANCE_USE"]):
        return response in (1, 2, 3)
    return response == YES
