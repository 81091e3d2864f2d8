"""Fields are written by the program and not by templates: what somebody typed or named is never markup."""

import pytest
from django import forms
from django.utils.safestring import SafeString

from hearth.hmis.hud.answers import Answers
from hearth.hmis.ui.forms import DayField, PlainWords, TypedAhead

EVIL = "<script>\"'&"


class Form(PlainWords, forms.Form):
    """One field of each kind that is written here."""

    words = forms.CharField(label=EVIL, help_text="<b>help</b>")
    secret = forms.CharField(widget=forms.PasswordInput, required=False)
    box = forms.BooleanField(label=EVIL, required=False, help_text="help")
    chosen = forms.ChoiceField(label="One", choices=[(EVIL, EVIL), ("g", [("2", EVIL)])])
    ahead = forms.ChoiceField(choices=[(f"{n}{EVIL}", EVIL) for n in range(20)], widget=TypedAhead)
    rows = forms.ChoiceField(
        choices=[("1", EVIL), ("9", "no")], widget=Answers(unknown=frozenset({"9"})), required=False
    )
    day = DayField(required=False)


@pytest.mark.parametrize("typed", [None, dict.fromkeys(Form.base_fields, EVIL)])
@pytest.mark.parametrize("name", list(Form.base_fields))
def test_nothing_that_is_put_in_is_markup(name: str, typed: dict[str, str] | None) -> None:
    html = Form(typed)[name].as_field_group()
    assert isinstance(html, SafeString)
    assert "<script" not in html
    assert EVIL not in html


def test_a_field_says_what_is_wrong_with_it_and_where_its_help_is() -> None:
    html = Form({})["words"].as_field_group()
    assert "usa-form-group--error" in html
    assert 'aria-describedby="id_words_helptext id_words_error"' in html
    assert '<div class="usa-hint" id="id_words_helptext"><b>help</b></div>' in html
    assert 'id="id_words_error"' in html
    assert '<abbr title="required"' in html


def test_rows_to_choose_from_show_the_answer_and_what_says_nothing() -> None:
    html = Form({"rows": "9"})["rows"].as_field_group()
    assert html.startswith('<div class="usa-form-group">\n<fieldset class="usa-fieldset">')
    assert 'value="9" id="id_rows_1" checked>' in html
    assert html.count(" checked") == 1
    assert html.count("hearth-answers__one--unknown") == 1


def test_a_long_list_is_typed_ahead_and_a_short_one_is_not() -> None:
    assert "usa-combo-box" in Form()["ahead"].as_field_group()
    assert "usa-combo-box" not in Form()["chosen"].as_field_group()
    assert '<optgroup label="g">' in Form()["chosen"].as_field_group()


def test_a_password_can_be_shown() -> None:
    assert 'aria-controls="id_secret"' in Form()["secret"].as_field_group()
