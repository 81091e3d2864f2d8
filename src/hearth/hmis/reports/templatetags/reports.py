"""How reports are shown: `{% load reports %}`."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from hearth.hmis.reports import people

register = template.Library()


@register.filter
def in_words(sentence: str) -> str:
    """A sentence of the report engine with its days as the pages write them."""
    return people.in_words(sentence, {})


@register.simple_tag
def bar(part: float, whole: float) -> SafeString:
    """A bar that is `part` of `whole` long, beside the same in figures; nothing where there is no whole."""
    if not whole:
        return SafeString("")
    share = min(100.0, round(100 * part / whole, 1))
    return format_html(
        '<svg class="hearth-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"'
        ' focusable="false"><rect class="hearth-bar__whole" width="100" height="8"></rect>'
        '<rect class="hearth-bar__part" width="{}" height="8"></rect></svg>',
        share,
    )
