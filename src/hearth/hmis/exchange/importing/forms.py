"""The upload of an export, and the answers to what an import asks."""

from typing import Any

from django import forms
from django.conf import settings

from hearth.hmis.exchange.importing.settling import KEEP, REMOVE, SPARE, TAKE_BACK, Question
from hearth.hmis.ui.forms import PlainWords


class ImportForm(PlainWords, forms.Form):
    """An HMIS CSV export to import. `sources`: names of known data sources, as suggestions."""

    file = forms.FileField(
        label="Zip file of the export",
        help_text="As your software wrote it: all HMIS CSV files of FY2026, FY2024 or FY2022 in one zip.",
        widget=forms.ClearableFileInput(attrs={"accept": ".zip"}),
        error_messages={"empty": "The file is empty. Make the export again."},
    )
    source = forms.CharField(
        label="Data source",
        required=False,
        max_length=200,
        help_text="The database the records come from. Leave it blank to take what Export.csv says.",
    )
    folder = forms.CharField(
        label="Folder in the zip",
        required=False,
        max_length=400,
        help_text="Only where the zip holds several exports, each in a folder: the one to import.",
    )
    is_shared = forms.BooleanField(
        label="Every HMIS user may see the new enrollments",
        required=False,
        help_text="Otherwise only users of their organization do. What is here already stays as it is.",
    )

    def __init__(self, *args: Any, sources: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sources = sources
        self.fields["source"].widget.attrs["list"] = "known-sources"
        if settings.COMPARABLE_DATABASE:
            self.fields["is_shared"].disabled = True
            self.fields["is_shared"].help_text = "This is a comparable database: nothing is shared."

    def clean_file(self) -> Any:
        """Refuse at once what is too large; what else is wrong, the import says."""
        file = self.cleaned_data["file"]
        if file.size > settings.MAX_UPLOAD_BYTES:
            limit = settings.MAX_UPLOAD_BYTES // (1024 * 1024)
            raise forms.ValidationError(
                f"The file is larger than {limit:,} MB. Ask an administrator to import it on the server"
                " with `hearth import`.",
                code="too_large",
            )
        return file


class AnswerForm(PlainWords, forms.Form):
    """What is to be done with records that an import may not remove or take back by itself."""

    missing = forms.ChoiceField(
        label="Records that this full refresh lacks",
        choices=[
            (REMOVE, "Mark them as deleted: the sending system has deleted them"),
            (SPARE, "Mark them as deleted, but leave those that were changed here and what belongs to them"),
            (KEEP, "Leave them as they are"),
        ],
        widget=forms.RadioSelect,
    )
    newer = forms.ChoiceField(
        label="Records that are newer here, or were changed here",
        choices=[
            (KEEP, "Leave them as they are, and import the rest"),
            (TAKE_BACK, "Take the values of this export"),
        ],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, question: Question, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not question.missed:
            del self.fields["missing"]
        elif not question.missing_changed:
            field = self.fields["missing"]
            field.choices = [one for one in field.choices if one[0] != SPARE]
        if not question.kept:
            del self.fields["newer"]
