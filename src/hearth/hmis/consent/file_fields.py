"""Form fields that take a file to be sealed: what they return was checked and is in memory alone."""

from datetime import UTC, datetime
from typing import Any, NamedTuple, NoReturn

from django import forms
from django.core.files.uploadedfile import UploadedFile

from hearth.hmis.consent.file_kinds import TOO_LARGE, CheckedFile, FileKind, NotTaken, checked
from hearth.hmis.site.uploads import MOST_SEALED_BYTES
from hearth.hmis.ui import formats


class SealedFileField(forms.FileField):
    """A PDF, JPEG or PNG of up to 10 MB, by its content. Cleans to a `CheckedFile`, or None.

    The view that has it must be one that `site.uploads.takes_sealed_files` marks: all others let Django write
    larger files to a disk.
    """

    widget = forms.FileInput(attrs={"accept": "application/pdf,image/jpeg,image/png"})

    def clean(self, data: Any, initial: Any = None) -> CheckedFile | None:
        """The file, when it is one that is taken; else a sentence at the field."""
        file = super().clean(data, initial)
        return checked_upload(file) if file else None


def checked_upload(file: UploadedFile) -> CheckedFile:
    """What was uploaded, checked. Raises ValidationError with the sentence."""
    if (file.size or 0) > MOST_SEALED_BYTES:  # its content was thrown away while it came in
        raise forms.ValidationError(TOO_LARGE, code="not_taken")
    try:
        return checked(file.read())
    except NotTaken as error:
        raise forms.ValidationError(str(error), code="not_taken") from error


MOST_OF_A_NAME = 200
NOT_A_SIGNATURE = "This is no signature. Sign in the box again, or type the name."


#: What a client reads at the box, by language. Nobody has written the others yet: they read English, which is
#: marked as such.
PAD_WORDS = {
    "en": {
        "answer": "The answer that is signed",
        "hint": "Sign with a finger, a pen or the mouse.",
        "box": "Box to sign in; to sign by keyboard, type the name below",
        "clear": "Clear the box",
        "signed": "Signed. Clear the box to sign again.",
        "or": "Or",
        "name": "Type the name of the person who signs",
        "agreed": "I sign by typing my name",
    },
    "es": {
        "answer": "La respuesta que se firma",
        "hint": "Firme con un dedo, un lápiz o el ratón.",
        "box": "Cuadro para firmar; para firmar con el teclado, escriba el nombre abajo",
        "clear": "Borrar el cuadro",
        "signed": "Firmado. Borre el cuadro para firmar de nuevo.",
        "or": "O",
        "name": "Escriba el nombre de la persona que firma",
        "agreed": "Firmo escribiendo mi nombre",
    },
}


class Given(NamedTuple):
    """What came of a signature: the picture of the box, the typed name, and the tick that makes it one."""

    drawn: UploadedFile | None
    typed: str
    agreed: bool


class SignaturePad(forms.Widget):
    """A box to sign in (`consent/sign.js` draws it), or a name to type: by keyboard, or without scripts."""

    template_name = "consent/forms/signature.html"
    #: Of the form that is signed; the words of the box are in it where they are written.
    language = "en"
    needs_multipart_form = True
    use_fieldset = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Given:
        """The three parts."""
        typed = str(data.get(f"{name}_typed") or "").strip()
        return Given(files.get(f"{name}_drawn"), typed, bool(data.get(f"{name}_agreed")))

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Whether the form had no such field."""
        return f"{name}_typed" not in data and f"{name}_drawn" not in files

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """What the template shows: a drawing has to be made again, a name stays."""
        given = value if isinstance(value, Given) else Given(None, "", False)
        context = super().get_context(name, None, attrs)
        context["widget"] |= {"typed": given.typed, "agreed": given.agreed, "most": MOST_OF_A_NAME}
        written = self.language if self.language in PAD_WORDS else "en"
        context["widget"] |= {"words": PAD_WORDS[written], "language": written}
        return context


class SignatureField(forms.Field):
    """A signature, drawn or typed. Cleans to a `CheckedFile`: the picture, or a text with the typed name."""

    widget = SignaturePad
    default_error_messages = {
        "required": "Sign in the box, or type the name and tick the line below it.",
        "both": "Sign in the box or type the name, not both. Clear the box, or empty the name.",
        "not_agreed": "Tick the line below the name: without it a typed name is no signature.",
        "no_name": "Type the name, or sign in the box.",
        "too_long": f"Shorten the name to {MOST_OF_A_NAME} characters.",
    }

    def clean(self, value: Any) -> CheckedFile | None:
        """The signature. Raises ValidationError with a sentence."""
        given = value if isinstance(value, Given) else Given(None, "", False)
        if given.drawn and given.typed:
            self._refuse("both")
        if given.drawn:
            file = checked_upload(given.drawn)
            if file.kind != FileKind.PNG:
                raise forms.ValidationError(NOT_A_SIGNATURE, code="not_taken")
            return file
        if given.typed and not given.agreed:
            self._refuse("not_agreed")
        if given.agreed and not given.typed:
            self._refuse("no_name")
        if len(given.typed) > MOST_OF_A_NAME:
            self._refuse("too_long")
        if not given.typed:
            if self.required:
                self._refuse("required")
            return None
        name = "".join(letter for letter in given.typed if letter.isprintable())
        said = f"Signed by typing the name, {formats.moment(datetime.now(UTC))}:\n{name}\n"
        return CheckedFile(FileKind.TEXT, said.encode())

    def _refuse(self, code: str) -> NoReturn:
        raise forms.ValidationError(self.error_messages[code], code=code)
