"""What pages say of rights: `{% load access %}`."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from hearth.hmis.access import field_rights

register = template.Library()


@register.simple_tag(takes_context=True)
def withheld_fields(context: template.Context) -> SafeString | str:
    """A line that says which fields this user is not shown; nothing for whoever sees all of them. It does not
    depend on what the records of the page hold."""
    user: Any = context.get("user")
    words = field_rights.withheld_words(user) if user is not None and user.is_authenticated else []
    if not words:
        return ""
    return format_html('<p class="hearth-muted">{}</p>', field_rights.sentence(words))
