"""Filter of the access log."""

from django import forms

from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.ui.forms import DayField, PlainWords


class LogFilter(PlainWords, forms.Form):
    """Which entries to show; nothing given shows all."""

    who = forms.CharField(label="User (name or e-mail)", required=False, max_length=200)
    client = forms.IntegerField(label="Client ID", required=False, min_value=1, max_value=2**63 - 1)
    action = forms.ChoiceField(label="Action", required=False, choices=[("", "All"), *Access.choices])
    first = DayField(label="From", required=False)
    last = DayField(label="To", required=False)
