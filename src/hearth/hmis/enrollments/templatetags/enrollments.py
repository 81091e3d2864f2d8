"""How enrollments are shown: `{% load enrollments %}`."""

from django import template
from django.db import models
from django.urls import reverse

from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.enrollments.queries import Stay
from hearth.hmis.enrollments.record_facts import RecordShown
from hearth.hmis.enrollments.stages.correcting import STAGE_OF_CODE
from hearth.hmis.enrollments.stages.points import BY_FILE
from hearth.hmis.hud import display
from hearth.hmis.ui import formats

register = template.Library()


@register.filter
def hud_words(record: models.Model, field: str) -> str:
    """`{{ exit|hud_words:"destination" }}`: a HUD field's value in words; empty for none."""
    return display.words(record, field)


@register.filter
def corrected_at(record: RecordShown, enrollment: Enrollment) -> str:
    """Where the answers of a shown record are corrected; empty where they are not."""
    if not record.deleted_at and record.file in BY_FILE:
        return reverse(
            "enrollments:correct_record", args=[enrollment.pk, BY_FILE[record.file].slug, record.pk]
        )
    stage = STAGE_OF_CODE.get(record.stage_code)
    day = enrollment.entry_date if stage == "start" else record.day
    if stage is None or day is None or record.deleted_at:
        return ""
    return reverse("enrollments:correct_answers", args=[enrollment.pk, stage, day.isoformat()])


@register.filter
def stay_tone(stay: Stay) -> str:
    """Tone of a stay in a timeline: open stays stand out."""
    if stay.enrollment.date_deleted:
        return "error"
    return "neutral" if stay.exit else "success"


@register.filter
def stay_dates(stay: Stay) -> str:
    """January 5 – February 1, 2026, or Since January 5, 2026; the entry date is known in almost all."""
    said = formats.period(stay.enrollment.entry_date, stay.exit.exit_date if stay.exit else None)
    return f"{said[:1].upper()}{said[1:]}" or "Entry date not recorded"
