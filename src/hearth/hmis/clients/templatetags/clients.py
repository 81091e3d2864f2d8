"""How clients are shown: `{% load clients %}`."""

from datetime import date
from typing import Any

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


@register.filter
def withholds(record: Any, field: str) -> bool:
    """`{% if client|withholds:"dob" %}`: the viewer may not see that field (`access.field_rights`)."""
    return field in record.withheld


@register.filter
def full_name(client: Any) -> str:
    """First, middle and last name with suffix, as people say it; the number for who may not see names."""
    if "last_name" in client.withheld:
        return f"Client {client.pk}"
    names = (client.first_name, client.middle_name, client.last_name, client.name_suffix)
    return " ".join(name for name in names if name) or "Name not recorded"


@register.filter
def listed_name(client: Any) -> str:
    """Last name first, as lists have it: "Lopez Jr., Maria Ana"; the number for who may not see names."""
    if "last_name" in client.withheld:
        return f"Client {client.pk}"
    last = " ".join(name for name in (client.last_name, client.name_suffix) if name)
    first = " ".join(name for name in (client.first_name, client.middle_name) if name)
    return ", ".join(name for name in (last, first) if name) or "Name not recorded"
