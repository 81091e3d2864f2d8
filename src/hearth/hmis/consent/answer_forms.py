"""Recording what a client answered, with the signature or the signed paper."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone

from hearth.hmis.consent.choices import Applies, Method
from hearth.hmis.consent.file_fields import SealedFileField, SignatureField
from hearth.hmis.consent.paper_forms import Taking
from hearth.hmis.ui.forms import DayField


class AnswerForm(Taking):
    """One answer: what, how it was given, and what shows it."""

    choice = forms.ChoiceField(
        label="Who may see the client’s enrollments, services and assessments?", widget=forms.RadioSelect
    )
    applies = forms.ChoiceField(
        label="What it applies to", choices=Applies.choices, initial=Applies.ALL, widget=forms.RadioSelect
    )
    method = forms.ChoiceField(label="How it was given", choices=Method.choices, widget=forms.RadioSelect)
    given_on = DayField(label="Day of the answer", initial=timezone.localdate)
    language = forms.ChoiceField(label="Language of the form")
    form_version = forms.CharField(label="Version of the form", max_length=60)
    guardian = forms.CharField(
        label="Guardian",
        required=False,
        max_length=200,
        help_text="Only for a minor: who answered, and as what.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    witness = forms.CharField(
        label="Witness",
        required=False,
        max_length=200,
        help_text="Only for an answer by word: who heard it.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    paper = SealedFileField(
        label="Signed paper",
        required=False,
        help_text="PDF, JPEG or PNG, up to 10 MB. Without it the signature stays due.",
    )
    signature = SignatureField(
        label="Signature on the screen", required=False, help_text="Only where they sign here."
    )

    field_order = (
        "choice", "applies", "method", "organization", "given_on", "language", "form_version", "guardian",
        "witness", "paper", "signature",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scheme = settings.CONSENT_SCHEME
        self.fields["choice"].choices = [(code, answer.words) for code, answer in scheme.answers.items()]
        self.fields["language"].choices = list(settings.CONSENT_LANGUAGES.items())
        self.fields["form_version"].initial = scheme.form_version

    def clean(self) -> dict[str, Any]:
        """What shows the answer is of the way in which it was given."""
        values = super().clean() or {}
        method, drawn = values.get("method"), values.get("signature")
        if method == Method.SIGNED_ON_SCREEN and not drawn and "signature" not in self.errors:
            self.add_error("signature", "Sign in the box, or type the name and tick the line below it.")
        if drawn and method and method != Method.SIGNED_ON_SCREEN:
            self.add_error("signature", f"There is a signature: choose “{Method.SIGNED_ON_SCREEN.label}”.")
        if values.get("paper") and method and method != Method.SIGNED_PAPER:
            self.add_error("paper", f"There is a signed paper: choose “{Method.SIGNED_PAPER.label}”.")
        return values
