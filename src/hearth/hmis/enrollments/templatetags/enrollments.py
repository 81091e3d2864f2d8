"""How enrollments are shown: `{% load enrollments %}`."""

from django import template
from django.db import models
from django.utils.formats import date_format

from hearth.hmis.enrollments.queries import Stay
from hearth.hmis.hud import display

register = template.Library()


@register.filter
def hud_words(record: models.Model, field: str) -> str:
    """`{{ exit|hud_words:"destination" }}`: a HUD field's value in words; empty for none."""
    return display.words(record, field)


@register.filter
def stay_tone(stay: Stay) -> str:
    """Tone of a stay in a timeline: open stays stand out."""
    if stay.enrollment.date_deleted:
        return "error"
    return "neutral" if stay.exit else "success"


@register.filter
def stay_dates(stay: Stay) -> str:
    """`Jan 5, 2026 to Feb 1, 2026`, or `since Jan 5, 2026`."""
    entry = stay.enrollment.entry_date
    start = date_format(entry, "M j, Y") if entry else "an unknown day"
    end = stay.exit.exit_date if stay.exit else None
    return f"{start} to {date_format(end, 'M j, Y')}" if end else f"Since {start}"
