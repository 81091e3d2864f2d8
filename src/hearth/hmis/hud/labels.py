"""What a stored code means, in HUD's words."""

from typing import Any

from django.db import models

from hearth.hmis.hud.fields import MODEL_YEAR
from hearth.standards import load


def label(column: str, code: Any) -> str:
    """The label of a code in the pick list of `File.Column`; empty for no code.

    A code that HUD does not know is shown as it is: another vendor's faulty row is not hidden.
    Raises KeyError when the column has no pick list.
    """
    if code is None or code == "":
        return ""
    name = load(MODEL_YEAR).column(column).list
    if name is None:
        raise KeyError(f"{column} has no pick list")
    options = load(MODEL_YEAR).list(name)
    return options.label(code) if code in options else f"Unknown code {code}"


def label_of(record: models.Model, field: str) -> str:
    """The label of a record's field made by `hud_field`, by the name of the field."""
    return label(record._meta.get_field(field).hud, getattr(record, field))
