"""Forms of consent documents."""

from datetime import date
from typing import Any

from django import forms

from hearth.hmis.consent.document_text import MOST_CHARACTERS
from hearth.hmis.ui import formats
from hearth.hmis.ui.forms import DayField, PlainWords


class DraftForm(PlainWords, forms.Form):
    """The words of a draft. `seen`: when the draft was last changed, as its page knew it."""

    title = forms.CharField(label="Title", max_length=200, help_text="In the language of the document.")
    form_version = forms.CharField(
        label="What it calls itself",
        required=False,
        max_length=60,
        help_text="As it is printed on the form, such as 2024-08. Answers that come from elsewhere say so."
        " Empty: the number of the version.",
    )
    text = forms.CharField(
        label="Text",
        strip=False,
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 24}),
    )
    seen = forms.DateTimeField(widget=forms.HiddenInput)


class PublishForm(PlainWords, forms.Form):
    """From which day a draft is in force, and who is asked again."""

    begins_on = DayField(label="First day in force")
    asks_again = forms.BooleanField(
        label="Ask everyone again",
        required=False,
        help_text="Everyone who answered on an earlier version in this language is listed as to be asked"
        " again. Their answers hold until then.",
    )

    def __init__(self, *args: Any, earliest: date, people: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if people is None:
            del self.fields["asks_again"]
        else:
            self.fields["asks_again"].label = f"Ask everyone again: {formats.counted(people, 'client')}"
        self.fields["begins_on"].initial = earliest
