"""How clients are shown: `{% load clients %}`."""

from datetime import date

from django import template
from django.utils import timezone

register = template.Library()


@register.filter
def age(born: date | None, on: date | None = None) -> int | str:
    """Age in whole years on a day, today without one; empty without a birth date or before the birth."""
    if born is None:
        return ""
    on = on or timezone.localdate()
    years = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    return years if years >= 0 else ""
