"""Forms about clients."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from hearth.hmis.clients.search.question import LONGEST
from hearth.hmis.organizations.models import Organization
from hearth.hmis.ui.forms import DayField, PlainWords


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


class RestrictForm(PlainWords, forms.Form):
    """Why a client is restricted, in whose name, and until when. `names`: organizations to choose from;
    `everywhere`: none of them is a choice, too."""

    reason = forms.CharField(
        label="Reason",
        max_length=2000,
        help_text="Read by the administrators of this organization and of the installation, and nobody else.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    last_day = DayField(label="Last day", required=False, help_text="Leave it empty where no end is known.")
    organization = forms.ModelChoiceField(
        label="In the name of",
        queryset=Organization.objects.none(),
        help_text="Its administrators may read the reason and end the restriction.",
    )

    def __init__(self, *args: Any, names: QuerySet[Organization], everywhere: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organization"]
        field.queryset = names.order_by("organization_name", "pk")
        field.required = not everywhere
        field.empty_label = "The whole installation" if everywhere else "Choose one"
        if not everywhere and names.count() == 1:
            field.initial = names.get()


class EndRestrictionForm(PlainWords, forms.Form):
    """Why a restriction ends."""

    reason = forms.CharField(label="Why it ends", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
