"""Widgets are written in Python as Django's own templates write them."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.template import Context, Engine
from django.utils.functional import lazystr
from django.utils.safestring import mark_safe

from hearth.hmis.ui import widgets
from hearth.hmis.ui.forms import TypedAhead, UswdsRenderer

HOSTILE = """<b a="1">'&amp;{}%s"""
CHOICES = [
    ("", "None"), (1, "One"), ("two", HOSTILE), (HOSTILE, "Three"), (None, "Four"), (5, 1234567), (6, 1.5),
    ("7", mark_safe("<i>safe</i>")), ("8", lazystr("late & lazy")),
    (HOSTILE, [("in", "a group"), ("in2", HOSTILE)]), ("Empty", []),
]  # fmt: skip
ATTRS: list[dict[str, Any]] = [
    {},
    {"id": "id_x", "class": "mine", "data-x": HOSTILE, HOSTILE: "", "required": True, "hidden": False},
    {"id": HOSTILE, "data-safe": mark_safe("<&>"), "data-late": lazystr("<")},
]  # fmt: skip
#: A choice with the classes of USWDS.
USWDS_OPTION = """\
<div class="usa-{{ widget.type }}"><input class="usa-{{ widget.type }}__input" type="{{ widget.type }}"\
 name="{{ widget.name }}"{% if widget.value != None %} value="{{ widget.value|stringformat:'s' }}"{% endif %}\
{% include "django/forms/widgets/attrs.html" %}><label class="usa-{{ widget.type }}__label"\
{% if widget.attrs.id %} for="{{ widget.attrs.id }}"{% endif %}>{{ widget.label }}</label></div>"""
VALUES = [None, "", 0, 1, "two", HOSTILE, mark_safe("<i>"), True, date(2026, 1, 31), 1.5]
ONE_VALUE = [
    forms.TextInput, forms.EmailInput, forms.NumberInput, forms.PasswordInput, forms.DateInput,
    forms.DateTimeInput, forms.TimeInput, forms.URLInput, forms.TelInput, forms.SearchInput,
    forms.HiddenInput, forms.CheckboxInput, forms.FileInput, forms.Textarea, forms.Select,
]  # fmt: skip


def written(widget: forms.Widget, value: Any, attrs: dict[str, Any]) -> tuple[str, str]:
    """By us, and by Django's own template."""
    told = widget.get_context("n<&", value, attrs)
    ours = widgets.written(widget.template_name, told["widget"])
    assert ours is not None
    return ours, DjangoTemplates().render(widget.template_name, told)


def without_empty_lines(html: str) -> str:
    """Of a list: one template for each option, with the newline at the end of its file."""
    return re.sub("\n+", "\n", html).strip()


@pytest.mark.parametrize("kind", ONE_VALUE)
def test_what_is_written_is_what_django_writes(kind: type[forms.Widget]) -> None:
    widget = kind(choices=CHOICES) if issubclass(kind, forms.Select) else kind()
    for value in VALUES:
        for attrs in ATTRS:
            ours, djangos = written(widget, value, dict(attrs))
            assert ours == djangos or (kind is forms.Select and ours == without_empty_lines(djangos))


def test_several_can_be_chosen() -> None:
    ours, djangos = written(forms.SelectMultiple(choices=CHOICES), ["1", "two"], {})
    assert ours == without_empty_lines(djangos)
    assert ours.count(" selected") == 2


@pytest.mark.parametrize("kind", [forms.RadioSelect, forms.CheckboxSelectMultiple])
def test_choices_are_boxes_with_their_label_behind_them(kind: type[forms.Widget]) -> None:
    option = kind.option_template_name  # type: ignore[attr-defined]
    django = Engine(
        loaders=[
            ("django.template.loaders.locmem.Loader", {option: USWDS_OPTION}),
            ("django.template.loaders.filesystem.Loader", [Path(forms.__file__).parent / "templates"]),
        ]
    )
    for value in (None, ["1"], ["two", HOSTILE], "7"):
        for attrs in ATTRS:
            told = kind(choices=CHOICES).get_context("n<&", value, dict(attrs))
            ours = widgets.written(kind.template_name, told["widget"])
            djangos = django.get_template(kind.template_name).render(Context(told))
            assert ours == without_empty_lines(djangos)


def test_a_long_list_is_typed_ahead() -> None:
    few, many = [[(str(one), f"{one}<") for one in range(count)] for count in (15, 16)]
    plain = TypedAhead(choices=few).render("x", "3", renderer=UswdsRenderer())
    assert plain == forms.Select(choices=few).render("x", "3", renderer=UswdsRenderer())
    long = TypedAhead(choices=many).render("x", '3"', renderer=UswdsRenderer())
    begin = '<div class="usa-combo-box" data-placeholder="Type to find" data-default-value="3&quot;"><select '
    assert long.startswith(begin)
    assert long.endswith("\n</select></div>")
    assert "data-default-value" not in TypedAhead(choices=many).render("x", None, renderer=UswdsRenderer())
