"""Filter of the access log."""

from datetime import date

from django import forms

from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.ui import formats
from hearth.hmis.ui.forms import DayField, PlainWords


class LogFilter(PlainWords, forms.Form):
    """Which entries to show; nothing given shows all."""

    who = forms.CharField(label="User (name or e-mail)", required=False, max_length=200)
    client = forms.IntegerField(label="Client ID", required=False, min_value=1, max_value=2**63 - 1)
    action = forms.ChoiceField(label="Action", required=False, choices=[("", "All"), *Access.choices])
    first = DayField(label="From", required=False)
    last = DayField(label="To", required=False)

    def said(self) -> list[tuple[str, str]]:
        """What is filtered by, in words; of what could not be read that it was not."""
        found = []
        for key, field in self.fields.items():
            value = self.cleaned_data.get(key)
            if key in self.errors:
                found.append((str(field.label), "could not be read, and was left out"))
            elif value not in (None, ""):
                words = dict(getattr(field, "choices", ())).get(value, value)
                found.append(
                    (str(field.label), formats.day(value) if isinstance(value, date) else str(words))
                )
        return found
