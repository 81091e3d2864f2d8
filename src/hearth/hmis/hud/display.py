"""Records as people read them: HUD's columns in plain words, and codes as what they mean.

Both come from the standards registry: `Column.label` and the labels of pick lists.
"""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import models

from hearth.hmis.hud.names import python_name
from hearth.hmis.ui import formats
from hearth.standards import load
from hearth.standards.load import MODEL_YEAR

#: Elements about trafficking: as sensitive as what the registry marks so.
_SENSITIVE_ELEMENTS = frozenset({"R15", "R16"})


@dataclass(frozen=True, slots=True)
class Fact:
    """One column of one record: what it is, its value in words, and how sensitive it is.

    `came_as`: the text that another system sent where it could not be stored, or contradicts.
    `privacy` is the registry's class of the column: '', name, ssn, dob, contact, staff, sensitive, ….
    """

    column: str
    label: str
    value: str
    privacy: str = ""
    came_as: str = ""


def column_words(hud: str) -> str:
    """A HUD column (`HealthAndDV.WhenOccurred`) in plain words."""
    return load(MODEL_YEAR).column(hud).label


def code_words(hud: str, code: Any, record: models.Model | None = None) -> str | None:
    """What a code in `File.Column` means; None where the column has no pick list (in this record).

    Empty for no code. A code that HUD does not know is shown as it is: another vendor's faulty row is not
    hidden.
    """
    if code is None or code == "":
        return ""
    column = load(MODEL_YEAR).column(hud)
    number = column.list
    if number is None and column.list_by is not None and record is not None:
        other = getattr(record, python_name(column.list_by.column))
        number = column.list_by.cases.get(str(other), column.list_by.otherwise)
    if number is None:
        return None
    options = load(MODEL_YEAR).list(number)
    return options.label(code) if code in options else f"Unknown code {code}"


def words(record: models.Model, field: str) -> str:
    """The value of a record's HUD field in words; empty for none."""
    value = getattr(record, field)
    if value is None or value == "":
        return ""
    if isinstance(value, int) and (meaning := code_words(_hud(record, field), value, record)) is not None:
        return meaning
    if isinstance(value, str) and (meaning := _coded_text(record, field, value)):
        return meaning
    if isinstance(value, datetime):
        return formats.moment(value)
    if isinstance(value, date):
        return formats.day(value)
    if isinstance(value, Decimal):
        return formats.money(value)
    return str(value)


def facts(record: models.Model, leave_out: Container[str] = ()) -> Iterator[Fact]:
    """What a record says, in HUD's order of columns, blanks left out. `leave_out`: HUD columns.

    SSN and HUD's metadata are never among them: pages show those on their own terms.
    """
    came = record.as_it_came or {}
    for field, column, label, privacy in _shown_fields(type(record)):
        if column in leave_out:
            continue
        value, raw = words(record, field), str(came.get(column, ""))
        if value or raw:
            yield Fact(column, label, value, privacy, raw)


@cache
def privacy_of(hud: str) -> str:
    """How sensitive `File.Column` is: the registry's class, or `sensitive` for what it should say so of."""
    column = load(MODEL_YEAR).column(hud)
    return column.privacy or ("sensitive" if _SENSITIVE_ELEMENTS.intersection(column.elements) else "")


@cache
def _shown_fields(model: type[models.Model]) -> tuple[tuple[str, str, str, str], ...]:
    """Field, HUD column, its label and privacy class of what `facts` shows of a model."""
    registry = load(MODEL_YEAR)
    found = []
    for field in model._meta.local_concrete_fields:
        if hud := getattr(field, "hud", ""):
            column = registry.column(hud)
            if column.privacy != "ssn":
                found.append((field.name, column.name, column.label, privacy_of(hud)))
    return tuple(found)


def coc_words(code: str) -> str:
    """A CoC's code with its name, as HUD lists it; the code alone where it does not."""
    name = code_words("ProjectCoC.CoCCode", code)
    return code if not name or name == f"Unknown code {code}" else f"{code} {name}"


def _hud(record: models.Model, field: str) -> str:
    return record._meta.get_field(field).hud


def _coded_text(record: models.Model, field: str, value: str) -> str:
    """The label of a text code such as a CoC's, with the code; empty where there is none."""
    column = load(MODEL_YEAR).column(_hud(record, field))
    if column.list is None:
        return ""
    options = load(MODEL_YEAR).list(column.list)
    return f"{value} {options.label(value)}" if value in options else ""
