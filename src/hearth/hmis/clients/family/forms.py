"""The form that adds somebody to a client's family."""

from datetime import date
from typing import Any

from django import forms

from hearth.hmis.access.models import User
from hearth.hmis.clients import queries
from hearth.hmis.clients.family.queries import sees_stay
from hearth.hmis.clients.models import Client
from hearth.hmis.clients.models.family import Kinship
from hearth.hmis.ui.forms import DayField, PlainWords

_LARGEST_ID = 2**63 - 1
#: The same for whom one may not know, and for whom one sees no stay of.
_NOBODY = "There is no client with this ID whose stays you see. Check it on their page."


class FamilyForm(PlainWords, forms.Form):
    """Somebody else, and what they are to the client. `cleaned_data["other"]` is a Client."""

    other = forms.IntegerField(
        label="Client ID of the other person",
        min_value=1,
        max_value=_LARGEST_ID,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    kinship = forms.ChoiceField(label="What they are to this client", choices=Kinship.choices)
    since = DayField(label="Since", required=False, help_text="Leave it empty where it is not known.")

    def __init__(self, *args: Any, user: User, client: Client, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.client, self.today = user, client, today

    def clean_other(self) -> Client:
        """Somebody else whom the user may know."""
        pk = self.cleaned_data["other"]
        if pk == self.client.pk:
            raise forms.ValidationError("That is this client. Type the ID of the other person.")
        other = queries.client(self.user, pk)
        if other is None or other.date_deleted is not None or not sees_stay(self.user, other):
            raise forms.ValidationError(_NOBODY)
        return other

    def clean_since(self) -> date | None:
        """Not in the future, and within a life."""
        since: date | None = self.cleaned_data["since"]
        if since is not None and not self.today.year - 120 <= since.year <= self.today.year:
            raise forms.ValidationError("Check the year.")
        if since is not None and since > self.today:
            raise forms.ValidationError("That day lies in the future. Check it.")
        return since
