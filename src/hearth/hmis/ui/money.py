"""Money as it is typed and shown in a form: "1,077.40", with or without a dollar sign."""

import re
from decimal import Decimal
from typing import Any

from django import forms

#: The largest amount of any question, in dollars, either way.
_MOST = Decimal("999999.99")
_CENTS = 2
#: Thousands in groups of three with commas between, or none; ASCII figures only, as the browser adds them up.
_TYPED = re.compile(r"(-?)\$? ?([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(\.[0-9]*)?")


class MoneyField(forms.DecimalField):
    """An amount in dollars, below 0 only where it is `signed`. Shown with commas; read as "1,077.40",
    "$1,077.40" or "1077.4", and not what only looks like a number ("1_000", "1e3", "NaN", figures of other
    scripts)."""

    default_error_messages = {
        "invalid": "Type dollars and cents, such as 1,077.40.",
        "cents": "Type at most two figures for cents.",
        "max_value": f"Type {_MOST:,} or less.",
    }

    def __init__(self, *, signed: bool = False, **kwargs: Any) -> None:
        attrs = {"inputmode": "decimal", "autocomplete": "off", "data-money": True}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        super().__init__(min_value=-_MOST if signed else 0, max_value=_MOST, **kwargs)

    def to_python(self, value: Any) -> Decimal | None:
        """The amount; None of a blank. ValidationError where it is none."""
        said = str(value if value is not None else "").strip()
        if not said:
            return None
        found = _TYPED.fullmatch(said)
        whole, part = (found[2] or "", (found[3] or "").removeprefix(".")) if found else ("", "")
        if found is None or not (whole or part):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        if len(part) > _CENTS:
            raise forms.ValidationError(self.error_messages["cents"], code="cents")
        return Decimal(f"{found[1]}{whole.replace(',', '') or 0}.{part or 0}")

    def prepare_value(self, value: Any) -> Any:
        """An amount with commas; what somebody typed as they typed it."""
        return f"{value:,.2f}" if isinstance(value, Decimal) else value
