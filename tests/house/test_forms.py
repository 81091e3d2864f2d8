"""Every form says in words of its own what is missing, never "This field is required."."""

import ast
from pathlib import Path

import pytest
from django import forms

from hearth.hmis.ui.forms import PlainWords

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
    assert ast.unparse(one.bases[0]) == "PlainWords", f"{path}: {one.name}"


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
