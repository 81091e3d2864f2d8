"""A local answer, or an old version of one, as it is read: its question, and its value in words."""

from typing import Any

from hearth.hmis.local.element import LocalField
from hearth.hmis.local.mn.registry import registry


def question_of(one: Any) -> str:
    """The question; the name of the field where nobody knows it any more."""
    field = _field(one)
    return field.question if field else one.field


def value_in_words(one: Any) -> str:
    """The value, of a code its words in the version under which it was given; empty for none."""
    field, code = _field(one), one.value_code
    if code is not None:
        known = field.choices if field else ()
        return next((each.label for each in known if each.code == code), code)
    values = (one.value_text, one.value_number, one.value_date)
    return next((str(value) for value in values if value is not None), "")


def _field(one: Any) -> LocalField | None:
    known = registry()
    return known.field(one.element, one.field, one.element_version) or known.field(one.element, one.field)
