"""Forms about other names."""

import re
from datetime import date
from typing import Any

from django import forms

from hearth.hmis.clients.models import NameKind
from hearth.hmis.ui.forms import DayField, PlainWords

LONGEST = 100
#: So many at once; more are added later, one by one.
MOST = 10
_LETTER = re.compile(r"\w")


def name_field(label: str, **kwargs: Any) -> forms.CharField:
    """A name in any script."""
    attrs = {"autocomplete": "off", "spellcheck": "false", "dir": "auto"}
    return forms.CharField(label=label, max_length=LONGEST, widget=forms.TextInput(attrs=attrs), **kwargs)


def read(text: str) -> str:
    """A name without blanks that say nothing. Raises ValidationError where it has no letter."""
    name = " ".join(text.split())
    if name and not _LETTER.search(name):
        raise forms.ValidationError("Type a name; it has no letter.")
    return name


def read_several(text: str) -> list[str]:
    """Names with commas or semicolons between them, each once. Raises ValidationError."""
    names = list(dict.fromkeys(name for part in re.split(r"[,;\n]", text) if (name := read(part))))
    if len(names) > MOST:
        raise forms.ValidationError(f"Type at most {MOST} names, and add others later.")
    if any(len(name) > LONGEST for name in names):
        raise forms.ValidationError(f"Shorten each name to {LONGEST} characters.")
    return names


class OtherNameForm(PlainWords, forms.Form):
    """One name that is added."""

    kind = forms.ChoiceField(label="What it is", choices=NameKind.choices)
    name = name_field("Name")
    since = DayField(label="Used since", required=False, help_text="Leave it empty where it is not known.")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_name(self) -> str:
        """In one line, and with a letter."""
        name = read(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError("Type a name.")
        return name

    def clean_since(self) -> date | None:
        """Not in the future."""
        since: date | None = self.cleaned_data["since"]
        if since is not None and since > self.today:
            raise forms.ValidationError("That day lies in the future. Check the year.")
        return since
