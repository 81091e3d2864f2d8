"""Labels of HUD codes in templates: `{% load hud %}`."""

from django import template
from django.db import models

from hearth.hmis.hud import display

register = template.Library()


@register.filter
def hud_label(record: models.Model, field: str) -> str:
    """`{{ project|hud_label:"project_type" }}`: what the code in that field means; empty for none."""
    return display.words(record, field)
