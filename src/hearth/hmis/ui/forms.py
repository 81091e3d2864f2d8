"""Renders every Django form with USWDS markup, so that `{{ form }}` looks right everywhere.

Set as FORM_RENDERER. Form and field templates are in `templates/ui/forms/`; the class of an input comes
from its widget's template, plus an error class where the field has errors.
"""

from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.forms.utils import pretty_name
from django.http import HttpRequest

from hearth.hmis.ui.formats import IN_A_FIELD

_CLASSES = {
    "django/forms/widgets/textarea.html": "usa-textarea",
    "django/forms/widgets/select.html": "usa-select",
    "django/forms/widgets/checkbox.html": "usa-checkbox__input",
    # Not usa-file-input: its script reads the whole file for a picture of it, and an export has gigabytes.
    "django/forms/widgets/file.html": "usa-input",
    "django/forms/widgets/clearable_file_input.html": "usa-input",
}
_INPUTS = {
    f"django/forms/widgets/{kind}.html"
    for kind in ("text", "email", "number", "password", "date", "datetime", "time", "url", "tel", "search")
}


class DayField(forms.DateField):
    """A day, shown and typed as 06/29/1963. ISO, eight figures and the month as a word are read as well; a
    year has four figures, so that no century is guessed."""

    input_formats = (
        IN_A_FIELD, "%Y-%m-%d", "%m%d%Y", "%m-%d-%Y", "%B %d, %Y", "%b %d, %Y", "%B %d %Y", "%b %d %Y",
    )  # fmt: skip
    default_error_messages = {"invalid": "Type the day as month/day/year, such as 06/29/1963."}

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"placeholder": "mm/dd/yyyy", "autocomplete": "off", "inputmode": "numeric"}
        kwargs.setdefault("widget", forms.DateInput(attrs=attrs, format=IN_A_FIELD))
        super().__init__(**kwargs)


class Chooser(forms.CheckboxSelectMultiple):
    """Many things to choose from: checkboxes under headings, in a box that scrolls; `ui/choose.js`, which the
    page loads, adds a box to search them by. A list to choose several from needs the Ctrl key, and a phone
    shows one line of it."""

    template_name = "ui/forms/choose.html"
    search_label = "Find"
    list_label = "Choices"
    empty = "There is nothing to choose."

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """What the template says of this list."""
        words = {"search_label": self.search_label, "list_label": self.list_label, "empty": self.empty}
        return super().get_context(name, value, attrs) | words


class PlainWords:
    """A form that says in words what is missing: "Enter: First day." or "Choose: Role." for Django's
    "This field is required.". First of the bases of every form; a field with words of its own keeps them."""

    fields: dict[str, forms.Field]

    def full_clean(self) -> None:
        """Give fields their words only now: a form may change its labels until it is read."""
        unsaid = str(forms.Field.default_error_messages["required"])
        for key, field in self.fields.items():
            if str(field.error_messages.get("required")) == unsaid:
                field.error_messages["required"] = _missing(field, key)
        super().full_clean()


def _missing(field: forms.Field, key: str) -> str:
    chosen = (forms.ChoiceField, forms.FileField, forms.BooleanField)
    return f"{'Choose' if isinstance(field, chosen) else 'Enter'}: {field.label or pretty_name(key)}."


class UswdsRenderer(TemplatesSetting):
    """Form renderer of the whole application."""

    form_template_name = "ui/forms/form.html"
    field_template_name = "ui/forms/field.html"

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        """Render a form, field or widget; a widget first gets its USWDS class."""
        widget = context.get("widget")
        if isinstance(widget, dict):
            _add_class(template_name, widget["attrs"])
        return super().render(template_name, context, request)


def _add_class(template_name: str, attrs: dict[str, Any]) -> None:
    wanted = "usa-input" if template_name in _INPUTS else _CLASSES.get(template_name)
    if wanted is None:
        return
    classes = [str(attrs.get("class", "")), wanted]
    if attrs.get("aria-invalid") and wanted in ("usa-input", "usa-select", "usa-textarea"):
        classes.append(f"{wanted if wanted != 'usa-select' else 'usa-input'}--error")
    attrs["class"] = " ".join(filter(None, classes))
