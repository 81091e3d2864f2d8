"""Recording what a client answered, and then the signature or the signed paper that shows it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone

from hearth.hmis.consent.choices import Applies, Method
from hearth.hmis.consent.file_fields import SealedFileField, SignatureField
from hearth.hmis.consent.file_kinds import CheckedFile
from hearth.hmis.consent.models import ConsentDocument
from hearth.hmis.consent.models.document import DocumentState
from hearth.hmis.consent.paper_forms import Taking
from hearth.hmis.ui import formats
from hearth.hmis.ui.forms import DayField, PlainWords

#: The code of a form that is none of the documents.
ANOTHER = "another"


def form_words(document: ConsentDocument, today: date) -> str:
    """A version of the release as one chooses it: "Spanish, version 2 (2024-08)", an old one with its end."""
    words = str(document).removeprefix(f"{document.get_kind_display()}, ")
    if document.state_on(today) == DocumentState.IN_FORCE:
        return words
    return f"{words}, until {formats.day(document.replaced_on)}"


class AnswerForm(Taking):
    """One answer: what, and how it was given."""

    choice = forms.ChoiceField(
        label="Who may see the client’s enrollments, services and assessments?", widget=forms.RadioSelect
    )
    applies = forms.ChoiceField(
        label="What it applies to", choices=Applies.choices, initial=Applies.ALL, widget=forms.RadioSelect
    )
    method = forms.ChoiceField(label="How it was given", choices=Method.choices, widget=forms.RadioSelect)
    given_on = DayField(label="Day of the answer", initial=timezone.localdate)
    form = forms.ChoiceField(label="Form that it was given on")
    language = forms.ChoiceField(label="Language of another form", required=False)
    form_version = forms.CharField(
        label="What the other form calls itself",
        required=False,
        max_length=60,
        help_text="As it is printed on it, such as 2024-08. Only for a form that is not in the list above.",
    )
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
        help_text="Who heard an answer by word, or was there when it was signed.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    field_order = (
        "choice", "applies", "method", "organization", "given_on", "form", "language", "form_version",
        "guardian", "witness",
    )  # fmt: skip

    def __init__(self, *args: Any, releases: Iterable[ConsentDocument], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.releases = {str(one.pk): one for one in releases}
        scheme = settings.CONSENT_SCHEME
        self.fields["choice"].choices = [(code, answer.words) for code, answer in scheme.answers.items()]
        today = timezone.localdate()
        self.fields["form"].choices = [
            *((key, form_words(one, today)) for key, one in self.releases.items()), (ANOTHER, "Another form"),
        ]  # fmt: skip
        self.fields["language"].choices = [("", "As chosen above"), *settings.CONSENT_LANGUAGES.items()]

    def clean(self) -> dict[str, Any]:
        """What shows the answer is of the way in which it was given."""
        values = super().clean() or {}
        form = values.get("form")
        if form == ANOTHER:
            if not values.get("language"):
                self.add_error("language", "Choose the language of the form.")
            if not values.get("form_version"):
                self.add_error("form_version", "Enter what the form calls itself.")
        elif form:
            values |= {"language": self.releases[form].language, "form_version": self.releases[form].form}
        if values.get("method") == Method.SIGNED_ON_SCREEN:
            self._check_on_screen(values)
        return values

    def said(self) -> list[tuple[str, str]]:
        """What was entered, in words: (label, value), of a valid form."""
        values = self.cleaned_data
        form = self.releases.get(values["form"])
        other = f"{settings.CONSENT_LANGUAGES[values['language']]}, {values['form_version']}"
        method = str(Method(values["method"]).label)
        said = [
            ("Answer", settings.CONSENT_SCHEME.words(values["choice"])),
            ("Applies to", str(Applies(values["applies"]).label)),
            ("Given", f"{method}, {formats.day(values['given_on'])}"),
            ("Taken by", str(self.taking())),
            ("Form", form_words(form, timezone.localdate()) if form else other),
            ("Guardian", values["guardian"]),
            ("Witness", values["witness"]),
        ]
        return [(label, value) for label, value in said if value]

    def _check_on_screen(self, values: dict[str, Any]) -> None:
        """What is signed here is signed today, on a form that can be shown."""
        today, form = timezone.localdate(), self.releases.get(values.get("form", ""))
        if values.get("given_on") not in (None, today):
            self.add_error("given_on", "What is signed on the screen is signed today: enter today.")
        if values.get("form") and (form is None or form.state_on(today) != DocumentState.IN_FORCE):
            self.add_error("form", "Choose a form that is in force: it is shown to be signed.")


class ShownBy(PlainWords, forms.Form):
    """What shows an answer that was checked: the signature below the form, or the signed paper."""

    signature = SignatureField(label="Signature")
    witness_signature = SignatureField(
        label="Signature of the witness", required=False, help_text="Only where your agency asks for it."
    )
    paper = SealedFileField(
        label="Signed paper",
        required=False,
        help_text="PDF, JPEG or PNG, up to 10 MB. Without it the signature stays due.",
    )

    def __init__(self, *args: Any, answer: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        method = answer["method"]
        wanted = {Method.SIGNED_ON_SCREEN: {"signature"}, Method.SIGNED_PAPER: {"paper"}}.get(method, set())
        if answer["witness"] and method == Method.SIGNED_ON_SCREEN:
            wanted = {*wanted, "witness_signature"}
        for name in set(self.fields) - wanted:
            del self.fields[name]
        if "signature" in self.fields:
            self.fields["signature"].widget.language = answer["language"]
            if answer["guardian"]:
                self.fields["signature"].label = f"Signature of {answer['guardian']}"
        if "witness_signature" in self.fields:
            self.fields["witness_signature"].label = f"Signature of the witness, {answer['witness']}"

    @property
    def file(self) -> CheckedFile | None:
        """The signature or the paper, of a valid form."""
        return self.cleaned_data.get("signature") or self.cleaned_data.get("paper")

    @property
    def witness(self) -> CheckedFile | None:
        """The witness's signature, of a valid form."""
        return self.cleaned_data.get("witness_signature")
