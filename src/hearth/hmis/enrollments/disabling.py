"""The disabling condition (3.08) as it follows from the kinds of disability that were asked (4.05–4.10)."""

from collections.abc import Mapping
from typing import Any

from hearth.hmis.hud.answers import not_collected
from hearth.standards import load
from hearth.standards.gates import Gate, codes, columns
from hearth.standards.load import MODEL_YEAR

DISABLING = "Enrollment.DisablingCondition"
_RESPONSE, _LASTING = "DisabilityResponse", "IndefiniteAndImpairs"
YES = int(load(MODEL_YEAR).list("1.8").names["YES"])
NO = int(load(MODEL_YEAR).list("1.8").names["NO"])
_TYPES = load(MODEL_YEAR).list("1.3").names
#: By kind, what makes it a Yes, as the registry says: some by themselves, others where they are long-lasting
#: and make living alone hard.
_QUALIFIES: Mapping[str, Gate] = {
    name.partition("[")[2].removesuffix("]"): part
    for one in load(MODEL_YEAR).element("3.08").asks
    for part in one.yes_from
    for name in columns(part)
}


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
    settled = all(_holds(kind, row.get(_RESPONSE), row.get(_LASTING)) is False for kind, row in rows.items())
    return (NO if rows and settled else not_collected(DISABLING)), []


def qualifies(kind: str, response: int | None, lasting: int | None) -> bool:
    """Whether one answer makes the disabling condition a Yes. `kind`: a code of DisabilityType."""
    return _holds(kind, response, lasting) is True


def _holds(kind: str, response: int | None, lasting: int | None) -> bool | None:
    """Whether one answer makes it a Yes; None where it does not settle that."""
    qualifies_if = _QUALIFIES[kind]
    said = {f"Disabilities.{_RESPONSE}[{kind}]": response, f"Disabilities.{_LASTING}[{kind}]": lasting}
    counted = {*codes(qualifies_if), *((name, str(NO)) for name in said)}
    known = {name: str(code) for name, code in said.items() if (name, str(code)) in counted}
    if f"Disabilities.{_RESPONSE}[{kind}]" not in known:
        return None  # the client does not know or did not say: whatever else stands there
    return qualifies_if.holds(known)
