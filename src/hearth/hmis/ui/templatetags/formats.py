"""`hearth.hmis.ui.formats` as filters, in every template without loading: `{{ run.created_at|moment }}`."""

from datetime import date

from django import template

from hearth.hmis.ui import formats

register = template.Library()

register.filter("day", formats.day)
register.filter("moment", formats.moment)
register.filter("iso", formats.iso)
register.filter("number", formats.number)
register.filter("percent", formats.percent)
register.filter("counted", formats.counted)
register.filter("units", formats.units)


@register.filter
def until(first: date | str | None, last: date | str | None) -> str:
    """`{{ stay.entry|until:stay.exit }}`: both days as a period."""
    return formats.period(first, last)
