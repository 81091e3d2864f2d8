"""Renders every Django form with USWDS markup, so that `{{ form }}` looks right everywhere.

Set as FORM_RENDERER. Templates of forms are in `templates/ui/forms/`; fields are written by
`field_groups.py`, inputs and lists by `widgets.py`. The class of an input comes from its widget's template,
plus an error class where the field has errors.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.forms.utils import pretty_name
from django.http import HttpRequest
from django.utils import timezone

from hearth.hmis.ui import widgets
from hearth.hmis.ui.field_groups import UswdsField
from hearth.hmis.ui.formats import IN_A_FIELD

_CLASSES = {
    "django/forms/widgets/textarea.html": "usa-textarea",
    "django/forms/widgets/select.html": "usa-select",
    "ui/forms/typed_ahead.html": "usa-select",
    "django/forms/widgets/checkbox.html": "usa-checkbox__input",
    # Not usa-file-input: its script reads the whole file for a picture of it, and an export has gigabytes.
    "django/forms/widgets/file.html": "usa-input",
    "django/forms/widgets/clearable_file_input.html": "usa-input",
}
_INPUTS = {
    f"django/forms/widgets/{kind}.html"
    for kind in ("text", "email", "number", "password", "date", "datetime", "time", "url", "tel", "search")
}


#: No day that anybody types lies before this year, or so many years ahead.
_FIRST_YEAR, _YEARS_AHEAD = 1900, 100


class DayField(forms.DateField):
    """A day, shown and typed as 06/29/1963. ISO, eight figures and the month as a word are read as well; a
    year has four figures, so that no century is guessed, and is one in which somebody lived or will."""

    input_formats = (
        IN_A_FIELD, "%Y-%m-%d", "%m%d%Y", "%m-%d-%Y", "%B %d, %Y", "%b %d, %Y", "%B %d %Y", "%b %d %Y",
    )  # fmt: skip
    default_error_messages = {
        "invalid": "Type the day as month/day/year, such as 06/29/1963.",
        "year": "Check the year.",
    }

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"placeholder": "mm/dd/yyyy", "autocomplete": "off", "inputmode": "numeric"}
        kwargs.setdefault("widget", forms.DateInput(attrs=attrs, format=IN_A_FIELD))
        super().__init__(**kwargs)

    def validate(self, value: Any) -> None:
        super().validate(value)
        latest = timezone.localdate().year + _YEARS_AHEAD
        if isinstance(value, date) and not _FIRST_YEAR <= value.year <= latest:
            raise forms.ValidationError(self.error_messages["year"], code="year")


class TypedAhead(forms.Select):
    """One of many: a list of more than a few choices is typed ahead; without scripts it is a plain list."""

    template_name = "ui/forms/typed_ahead.html"  # its name in widgets.py, which writes it


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
    """A form that says in words what is missing or wrong, and what to do: "Enter: First day." for Django's
    "This field is required.". None repeats what was typed, which may be of a client. First of the bases of
    every form; a field or validator with words of its own keeps them."""

    fields: dict[str, forms.Field]
    is_bound: bool

    def full_clean(self) -> None:
        """Give fields their words only now: a form may change its labels until it is read."""
        for key, field in self.fields.items() if self.is_bound else ():
            kind, own = type(field), field.error_messages
            theirs, kept = _of_django(kind), _codes_of_own_validators(field)
            verb = "Choose" if issubclass(kind, _CHOSEN) else "Enter"
            said = {"required": f"{verb}: {field.label or pretty_name(key)}."} | _words(kind)
            for code, words in said.items():
                before, django = own.get(code, ""), theirs.get(code, "")
                if code not in kept and (before is django or str(before) == str(django)):
                    own[code] = words
        super().full_clean()


#: Fields of which something is chosen rather than typed.
_CHOSEN = (forms.ChoiceField, forms.FileField, forms.BooleanField)


@cache
def _words(kind: type[forms.Field]) -> dict[str, str]:
    """By code, what a field of a kind says; the limits are filled in by Django."""
    again = "The file did not arrive. Choose it and send it again."
    listed = "Choose from the list."
    return {
        "invalid": again if issubclass(kind, forms.FileField) else _form_of(kind),
        "invalid_choice": listed,
        "invalid_list": listed,
        "invalid_pk_value": listed,
        "invalid_date": _form_of(forms.DateField),
        "invalid_time": _form_of(forms.TimeField),
        "incomplete": "Fill in all of it.",
        "overflow": "Type a shorter time.",
        "missing": again,
        "empty": "The file is empty. Choose another.",
        "contradiction": "Choose a file, or that there is none, not both.",
        "invalid_image": "Choose a picture.",
        "invalid_extension": "Choose a file of another kind: %(allowed_extensions)s.",
        "max_length": (
            "The file's name is too long. Rename it to %(max)d characters or fewer."
            if issubclass(kind, forms.FileField)
            else "Shorten it to %(limit_value)d characters."
        ),
        "min_length": "Type at least %(limit_value)d characters.",
        "max_value": "Type %(limit_value)s or less.",
        "min_value": "Type %(limit_value)s or more.",
        "step_size": "Type a multiple of %(limit_value)s.",
        "max_digits": "Type at most %(max)s digits.",
        "max_decimal_places": "Type at most %(max)s digits after the point.",
        "max_whole_digits": "Type at most %(max)s digits before the point.",
        "null_characters_not_allowed": "Type it again; it has a character that no text has.",
        "surrogate_characters_not_allowed": "Type it again; it has a character that no text has.",
    }


#: How something is typed, by the kind of its field, the narrower first.
_FORMS: tuple[tuple[type[forms.Field], str], ...] = (
    (forms.FloatField, "Type a number, such as 12.5."),
    (forms.DecimalField, "Type a number, such as 12.50."),
    (forms.IntegerField, "Type a whole number, such as 12."),
    (forms.SplitDateTimeField, "Type the day and the time, such as 06/29/1963 and 2:30 PM."),
    (forms.DateTimeField, "Type the day and the time, such as 06/29/1963 14:30."),
    (forms.DateField, "Type the day as month/day/year, such as 06/29/1963."),
    (forms.TimeField, "Type the time, such as 14:30."),
    (forms.DurationField, "Type how long, such as 1:30:00."),
    (forms.EmailField, "Type a whole e-mail address, such as name@example.org."),
    (forms.URLField, "Type a whole web address, such as https://example.org/."),
    (forms.GenericIPAddressField, "Type an IP address, such as 192.0.2.1."),
    (forms.UUIDField, "Type the whole identifier, such as 01234567-89ab-cdef-0123-456789abcdef."),
    (forms.JSONField, "It cannot be read as JSON. Correct it."),
)


def _form_of(kind: type[forms.Field]) -> str:
    return next((said for one, said in _FORMS if issubclass(kind, one)), "It cannot be read. Type it again.")


def _codes_of_own_validators(field: forms.Field) -> set[Any]:
    """What a validator says in words that are not Django's, which those of the field would hide."""
    return {
        getattr(one, "code", None)
        for one in field.validators
        if not type(one).__module__.startswith("django.")
        or getattr(one, "message", None) != getattr(type(one), "message", None)
    }


@cache
def _of_django(kind: type[forms.Field]) -> Mapping[str, Any]:
    """By code, what Django itself says of such a field; where it says nothing, a validator does."""
    found: dict[str, Any] = {}
    for one in reversed(kind.__mro__):
        if one.__module__.startswith("django."):
            found |= vars(one).get("default_error_messages", {})
    return found


class Together:
    """Several forms of one page, for its one list of errors. A form whose `of_whom` says something is named
    there by it."""

    def __init__(self, *together: forms.BaseForm) -> None:
        self.forms = together

    def is_valid(self) -> bool:
        """Whether all are; each is looked at, so that all errors are shown at once."""
        return not [one for one in self.forms if not one.is_valid()]

    @property
    def errors(self) -> list[str]:
        return [name for one in self.forms for name in one.errors]

    @property
    def non_field_errors(self) -> list[str]:
        return [str(said) for one in self.forms for said in one.non_field_errors()]

    def __iter__(self) -> Iterator[forms.BoundField]:
        return (field for one in self.forms for field in one)


class UswdsRenderer(TemplatesSetting):
    """Form renderer of the whole application."""

    form_template_name = "ui/forms/form.html"
    bound_field_class = UswdsField

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        """Render a form, field or widget; a widget first gets its USWDS class."""
        widget = context.get("widget")
        if isinstance(widget, dict):
            _add_class(template_name, widget["attrs"])
            if (html := widgets.written(template_name, widget)) is not None:
                return html
        return super().render(template_name, context, request)


def _add_class(template_name: str, attrs: dict[str, Any]) -> None:
    wanted = "usa-input" if template_name in _INPUTS else _CLASSES.get(template_name)
    if wanted is None:
        return
    classes = [str(attrs.get("class", "")), wanted]
    if attrs.get("aria-invalid") and wanted in ("usa-input", "usa-select", "usa-textarea"):
        classes.append(f"{wanted if wanted != 'usa-select' else 'usa-input'}--error")
    attrs["class"] = " ".join(filter(None, classes))
