"""Labels of HUD codes in templates: `{% load hud %}`."""

from django import template
from django.db import models

from hearth.hmis.hud import display

register = template.Library()


@register.filter
def coc(code: str | None) -> str:
    """`{{ "MN-500"|coc }}`: a CoC's code with its name at HUD; the code alone where HUD has none of it."""
    return display.coc_words(code or "")


@register.filter
def hud_label(record: models.Model, field: str) -> str:
    """`{{ project|hud_label:"project_type" }}`: what the code in that field means; empty for none."""
    return display.words(record, field)
