"""Every form says in words of its own what is missing, never "This field is required."."""

import ast
import re
from pathlib import Path

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.validators import RegexValidator

from hearth.hmis.ui.forms import DayField, PlainWords

SOURCE = Path(__file__).resolve().parents[2] / "src" / "hearth" / "hmis"
PATHS = sorted(path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)


def _forms(path: Path) -> list[ast.ClassDef]:
    """Classes of a file that are forms: a base is named so (Django's, or one of django-allauth's)."""
    classes = [one for one in ast.walk(ast.parse(path.read_text())) if isinstance(one, ast.ClassDef)]
    return [one for one in classes if any(ast.unparse(base).endswith("Form") for base in one.bases)]


FORMS = [(path, one) for path in PATHS for one in _forms(path)]


def test_forms_are_found() -> None:
    assert len(FORMS) >= 15


@pytest.mark.parametrize(("path", "one"), FORMS, ids=lambda value: getattr(value, "name", None))
def test_every_form_says_what_is_missing(path: Path, one: ast.ClassDef) -> None:
    of_the_rule = {
        "PlainWords",
        *(other.name for _, other in FORMS if other is not one),  # each of which follows it too
    }
    assert ast.unparse(one.bases[0]) in of_the_rule, f"{path}: {one.name}"


class _Asked(PlainWords, forms.Form):
    first = forms.DateField(label="First day")
    role = forms.ChoiceField(label="Role", choices=[("a", "A")])
    file = forms.FileField(label="Zip file")
    several = forms.MultipleChoiceField(choices=[("a", "A")], error_messages={"required": "Choose some."})

    def __init__(self, *args: dict[str, str]) -> None:
        super().__init__(*args)
        self.fields["first"].label = "Night"


def test_what_is_missing_is_named_with_the_label_that_is_shown() -> None:
    assert {key: list(said) for key, said in _Asked({}).errors.items()} == {
        "first": ["Enter: Night."],
        "role": ["Choose: Role."],
        "file": ["Choose: Zip file."],
        "several": ["Choose some."],
    }


def _all_kinds() -> list[type[forms.Field]]:
    """Django's kinds of fields that can be made without being told of anything."""
    found = [one for one in vars(forms).values() if isinstance(one, type) and issubclass(one, forms.Field)]
    return [one for one in found if one not in (forms.Field, forms.ModelChoiceField)]


_TOLD: dict[str, dict[str, object]] = {
    "ComboField": {"fields": [forms.CharField()]}, "FilePathField": {"path": str(SOURCE)},
    "RegexField": {"regex": "x"}, "MultiValueField": {"fields": [forms.CharField()]},
    "TypedChoiceField": {"choices": [("a", "A")]}, "ModelMultipleChoiceField": {"queryset": None},
    "SplitDateTimeField": {},
}  # fmt: skip
#: Texts that Django would say with what was typed in them, or in a programmer's words.
_DJANGO = re.compile(
    r"%\(value\)|%\(pk\)|Select a valid|valid choice|Ensure|Enter a|This field|submitted|%\(length\)"
)


@pytest.mark.parametrize("kind", _all_kinds(), ids=lambda one: one.__name__)
def test_no_field_speaks_as_django_does(kind: type[forms.Field]) -> None:
    class Asked(PlainWords, forms.Form):
        one = kind(label="Night", **_TOLD.get(kind.__name__, {}))

    form = Asked({})
    form.full_clean()
    said = form.fields["one"].error_messages
    assert said["required"].endswith(": Night.")
    assert {code: text for code, text in said.items() if _DJANGO.search(str(text))} == {}


_TYPED = "Zebulonia\x00"
_WRONG: tuple[tuple[forms.Field, object, str], ...] = (
    (forms.ChoiceField(choices=[("a", "A")]), "Zebulonia", "Choose from the list."),
    (forms.MultipleChoiceField(choices=[("a", "A")]), ["Zebulonia"], "Choose from the list."),
    (forms.TypedChoiceField(choices=[("a", "A")]), "Zebulonia", "Choose from the list."),
    (forms.IntegerField(), "Zebulonia", "Type a whole number, such as 12."),
    (forms.IntegerField(max_value=9), "10", "Type 9 or less."),
    (forms.IntegerField(min_value=2), "1", "Type 2 or more."),
    (forms.DecimalField(max_digits=3), "1234", "Type at most 3 digits."),
    (forms.DateField(), "Zebulonia", "Type the day as month/day/year, such as 06/29/1963."),
    (DayField(), "Zebulonia", "Type the day as month/day/year, such as 06/29/1963."),
    (forms.TimeField(), "Zebulonia", "Type the time, such as 14:30."),
    (forms.EmailField(), "Zebulonia", "Type a whole e-mail address, such as name@example.org."),
    (forms.URLField(), "http://Zebulonia:x", "Type a whole web address, such as https://example.org/."),
    (forms.CharField(max_length=3), "Zebulonia", "Shorten it to 3 characters."),
    (forms.CharField(min_length=30), "Zebulonia", "Type at least 30 characters."),
    (forms.CharField(), _TYPED, "Type it again; it has a character that no text has."),
    (forms.RegexField("x"), "Zebulonia", "It cannot be read. Type it again."),
    (forms.UUIDField(), "Zebulonia",
     "Type the whole identifier, such as 01234567-89ab-cdef-0123-456789abcdef."),
    (forms.JSONField(), "Zebulonia", "It cannot be read as JSON. Correct it."),
    (forms.IntegerField(error_messages={"invalid": "Own words."}), "Zebulonia", "Own words."),
    (forms.CharField(validators=[RegexValidator("x", "Own words.")]), "Zebulonia", "Own words."),
    (forms.CharField(validators=[RegexValidator("x")]), "Zebulonia", "It cannot be read. Type it again."),
)  # fmt: skip


@pytest.mark.parametrize(("field", "typed", "said"), _WRONG, ids=lambda one: type(one).__name__)
def test_what_is_wrong_is_said_with_what_to_do_and_without_what_was_typed(
    field: forms.Field, typed: object, said: str
) -> None:
    class Asked(PlainWords, forms.Form):
        one = field

    errors = list(Asked({"one": typed}).errors["one"])
    assert errors == [said] and "Zebulonia" not in "".join(errors)


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (SimpleUploadedFile("x.zip", b""), "The file is empty. Choose another."),
        (SimpleUploadedFile("Zebulonia.zip", b"x"),
         "The file's name is too long. Rename it to 5 characters or fewer."),
        ("Zebulonia", "The file did not arrive. Choose it and send it again."),
        (None, "Choose: One."),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file(file: object, said: str) -> None:
    class Asked(PlainWords, forms.Form):
        one = forms.FileField(max_length=5)

    assert list(Asked({}, {"one": file}).errors["one"]) == [said]
