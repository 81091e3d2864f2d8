"""Taking a signed paper, or a signature on the screen, for an organization."""

from collections.abc import Iterable
from typing import Any

from django import forms

from hearth.hmis.consent.file_fields import SealedFileField, SignatureField
from hearth.hmis.consent.models import ConsentDocument
from hearth.hmis.organizations.models import Organization
from hearth.hmis.ui.forms import PlainWords


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


class PaperForm(Taking):
    """A paper that was signed by hand, scanned or photographed."""

    document = forms.ChoiceField(label="What was signed", required=False)
    paper = SealedFileField(label="Signed paper", help_text="PDF, JPEG or PNG, up to 10 MB.")

    def __init__(self, *args: Any, documents: Iterable[ConsentDocument], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.documents = {str(one.pk): one for one in documents}
        choices = [(key, str(one)) for key, one in self.documents.items()]
        self.fields["document"].choices = [("", "Another or an older form"), *choices]

    def signed(self) -> ConsentDocument | None:
        """The version that was signed, of a valid form; None where it is not one in force."""
        return self.documents.get(self.cleaned_data["document"])
