"""Forms about how a client is reached."""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.validators import EmailValidator
from django.db.models import QuerySet

from hearth.hmis.clients.models import ContactKind
from hearth.hmis.organizations.models import Organization
from hearth.hmis.ui.forms import DayField, PlainWords

_LONGEST, _LONGEST_NAME, _LONGEST_LANGUAGE = 300, 100, 60
_FIGURES = (7, 15)  # of a telephone number, with the country's (ITU-T E.164)


def _attrs(**more: str) -> dict[str, str]:
    return {"autocomplete": "off", "spellcheck": "false", "dir": "auto", **more}


class ContactForm(PlainWords, forms.Form):
    """One way to reach a client. `names`: in whose name it is recorded."""

    kind = forms.ChoiceField(label="By", choices=ContactKind.choices)
    value = forms.CharField(
        label="Number, address or name",
        max_length=_LONGEST,
        help_text="A person with their number, such as: sister Ada, 651 555 0100",
        widget=forms.TextInput(attrs=_attrs()),
    )
    whose = forms.CharField(
        label="Whose it is, where it is not the client's",
        required=False,
        max_length=_LONGEST_NAME,
        widget=forms.TextInput(attrs=_attrs()),
    )
    may_call = forms.BooleanField(label="It is safe to call or to visit", required=False)
    may_text = forms.BooleanField(label="It is safe to text or to write", required=False)
    may_leave_word = forms.BooleanField(label="It is safe to leave word", required=False)
    since = DayField(label="Since", required=False, help_text="Leave it empty where it is not known.")
    until = DayField(
        label="Until", required=False, help_text="First day on which it does not hold, where it is known."
    )
    organization = forms.ModelChoiceField(
        label="In the name of",
        queryset=Organization.objects.none(),
        help_text="It is seen there, and where the client shares a stay with this organization.",
    )

    def __init__(self, *args: Any, names: QuerySet[Organization], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        field = self.fields["organization"]
        field.queryset = names
        field.empty_label = "Choose one"
        mine = list(names[:2])
        if len(mine) == 1:
            field.initial = mine[0]

    def clean_since(self) -> date | None:
        """Not in the future."""
        day: date | None = self.cleaned_data["since"]
        if day is not None and day > self.today:
            raise forms.ValidationError("That day lies in the future. Check the year.")
        return day

    def clean(self) -> dict[str, Any]:
        """Say at each field what is wrong and how to mend it."""
        said = super().clean() or {}
        value, kind = " ".join(said.get("value", "").split()), said.get("kind")
        said["value"], said["whose"] = value, " ".join(said.get("whose", "").split())
        if (
            kind == ContactKind.PHONE
            and value
            and not _FIGURES[0] <= len(re.findall(r"[0-9]", value)) <= _FIGURES[1]
        ):
            self.add_error("value", "Type a number of 7 to 15 figures, such as 651 555 0100.")
        if kind == ContactKind.EMAIL and value:
            try:
                EmailValidator()(value)
            except forms.ValidationError:
                self.add_error("value", "Type a whole e-mail address, such as name@example.org.")
        since, until = said.get("since"), said.get("until")
        if since and until and until < since:
            self.add_error("until", "It ends before it begins. Check both days.")
        return said


class LanguageForm(PlainWords, forms.Form):
    """The language that a client speaks best."""

    language = forms.CharField(
        label="Language",
        max_length=_LONGEST_LANGUAGE,
        help_text="The one that the client speaks best, a signed one too",
        widget=forms.TextInput(attrs=_attrs()),
    )
    needs_interpreter = forms.BooleanField(label="An interpreter is needed", required=False)

    def clean_language(self) -> str:
        """In one line, and with a letter."""
        language = " ".join(self.cleaned_data["language"].split())
        if not re.search(r"[^\W\d_]", language):
            raise forms.ValidationError("Type the name of a language.")
        return language
