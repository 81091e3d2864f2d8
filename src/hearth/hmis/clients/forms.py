"""Forms about clients."""

from django import forms

from hearth.hmis.clients.search.question import LONGEST
from hearth.hmis.ui.forms import PlainWords


class SearchForm(PlainWords, forms.Form):
    """The search box. Takes anything; `search.question.read` makes sense of it."""

    q = forms.CharField(
        label="Name, date of birth, SSN or client ID",
        help_text="For example: maria lopez 4/1/1990 · lop mar 1990 · 6789 (last four of the SSN)",
        required=False,
        strip=True,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "maxlength": LONGEST, "type": "search"}
        ),
    )
    # The id of what was kept while the same person typed on this page; anything else is not looked at.
    kept = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
