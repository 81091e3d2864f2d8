"""Taking a signed paper, or a signature on the screen, for an organization."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.conf import settings

from hearth.hmis.consent.file_fields import SealedFileField, SignatureField
from hearth.hmis.consent.models import Consent, ConsentDocument, ConsentTaking
from hearth.hmis.organizations.models import Organization
from hearth.hmis.ui import formats
from hearth.hmis.ui.forms import PlainWords


def taking_words(taking: ConsentTaking) -> str:
    """An answer as one chooses it: "Share, November 3, 2026 (signature due)"."""
    due = " (signature due)" if taking.signature_due else ""
    words = settings.CONSENT_SCHEME.words(taking.consent.choice)
    return f"{words}, {formats.day(taking.consent.given_on)}{due}"


class Taking(PlainWords, forms.Form):
    """Base of forms that take something for an organization; asked for only where there are several."""

    organization = forms.ChoiceField(label="Organization that takes it")

    def __init__(self, *args: Any, organizations: Iterable[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organizations = {str(one.pk): one for one in organizations}
        if len(self.organizations) == 1:
            del self.fields["organization"]
        else:
            choices = [(key, str(one)) for key, one in self.organizations.items()]
            self.fields["organization"].choices = [("", "Choose the organization"), *choices]

    def taking(self) -> Organization:
        """The organization, of a valid form."""
        key = self.cleaned_data.get("organization") or next(iter(self.organizations))
        return self.organizations[key]


class SignForm(Taking):
    """A signature below the text that is shown."""

    signature = SignatureField(label="Signature")

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["signature"].widget.language = language


class PaperForm(Taking):
    """A paper that was signed by hand, scanned or photographed. `takings`: answers that it can show."""

    consent = forms.ChoiceField(label="Which answer it shows", required=False)
    document = forms.ChoiceField(label="What was signed", required=False)
    paper = SealedFileField(label="Signed paper", help_text="PDF, JPEG or PNG, up to 10 MB.")

    def __init__(
        self,
        *args: Any,
        documents: Iterable[ConsentDocument],
        takings: Sequence[ConsentTaking],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.consents = {str(one.consent_id): one.consent for one in takings}
        answers = [(str(one.consent_id), taking_words(one)) for one in takings]
        self.fields["consent"].choices = [*answers, ("", "None of these")]
        if not answers:
            del self.fields["consent"]
        self.documents = {str(one.pk): one for one in documents}
        choices = [(key, str(one)) for key, one in self.documents.items()]
        self.fields["document"].choices = [("", "Another or an older form"), *choices]

    def answer(self) -> Consent | None:
        """The answer that it shows, of a valid form."""
        return self.consents.get(self.cleaned_data.get("consent", ""))

    def signed(self) -> ConsentDocument | None:
        """The version that was signed, of a valid form; None where it is not one in force."""
        return self.documents.get(self.cleaned_data["document"])
