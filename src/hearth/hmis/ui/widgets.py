"""Inputs, lists and choices of forms as HTML, written in Python.

Django writes each option of a list by two templates, and a page of questions has a thousand options: they
took most of the time that such a page takes. What is written is the same as by Django's templates, apart from
USWDS's classes around a choice.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

# What Django's widgets tell of themselves, for a template.
Widget = dict[str, Any]

#: A list of more choices than these is typed ahead.
LONG = 15


def written(template_name: str, widget: Widget) -> SafeString | None:
    """The HTML of a widget; None where its template has to write it."""
    write = _WRITERS.get(template_name)
    return None if write is None else mark_safe(write(widget))  # noqa: S308 - each part is escaped below


def _text(value: Any) -> str:
    return conditional_escape(str(value))


def _attributes(attrs: dict[str, Any]) -> str:
    return "".join(
        f" {_text(name)}" if value is True else f' {_text(name)}="{_text(value)}"'
        for name, value in attrs.items()
        if value is not False
    )


def _input(widget: Widget) -> str:
    value = "" if widget["value"] is None else f' value="{_text(widget["value"])}"'
    attributes = _attributes(widget["attrs"])
    return f'<input type="{_text(widget["type"])}" name="{_text(widget["name"])}"{value}{attributes}>'


def _textarea(widget: Widget) -> str:
    attributes = _attributes(widget["attrs"])
    return f'<textarea name="{_text(widget["name"])}"{attributes}>\n{_text(widget["value"] or "")}</textarea>'


def _select(widget: Widget) -> str:
    options = "".join(_groups(widget, _option, '\n  <optgroup label="{}">', "\n  </optgroup>"))
    return f'<select name="{_text(widget["name"])}"{_attributes(widget["attrs"])}>{options}\n</select>'


def _option(option: Widget) -> str:
    attributes = _attributes(option["attrs"])
    return f'\n  <option value="{_text(option["value"])}"{attributes}>{_text(option["label"])}</option>'


def _typed_ahead(widget: Widget) -> str:
    if len(widget["optgroups"]) <= LONG:
        return _select(widget)
    chosen = "".join(f' data-default-value="{_text(value)}"' for value in widget["value"] if value)
    return f'<div class="usa-combo-box" data-placeholder="Type to find"{chosen}>{_select(widget)}</div>'


def _choices(widget: Widget) -> str:
    own = {key: widget["attrs"].get(key) for key in ("id", "class")}
    attributes = _attributes({key: value for key, value in own.items() if value})
    choices = "".join(_groups(widget, _choice, "\n  <div><label>{}</label>", "\n  </div>"))
    return f"<div{attributes}>{choices}\n</div>"


def _choice(option: Widget) -> str:
    kind = f"usa-{_text(option['type'])}"
    told = option["attrs"].get("id")
    belongs = f' for="{_text(told)}"' if told else ""
    label = f'<label class="{kind}__label"{belongs}>{_text(option["label"])}</label>'
    box = _input(option).replace("<input ", f'<input class="{kind}__input" ', 1)
    return f'<div>\n    <div class="{kind}">{box}{label}</div></div>'


def _answers(widget: Widget) -> str:
    """Rows to choose one from (`hud/answers.py`)."""
    own = widget["attrs"]
    required = " required" if own.get("required") else ""
    rows = "".join(_row(option, required) for _, options, _ in widget["optgroups"] for option in options)
    named = f' id="{_text(own["id"])}"' if own.get("id") else ""
    return f'<div class="hearth-answers" data-answers{named}>\n{rows}</div>'


def _row(option: Widget, required: str) -> str:
    unknown = " hearth-answers__one--unknown" if option["is_unknown"] else ""
    told = _text(option["attrs"].get("id", ""))
    return (
        f'<div class="usa-radio hearth-answers__one{unknown}"><input class="usa-radio__input" type="radio"'
        f' name="{_text(option["name"])}" value="{_text(option["value"])}" id="{told}"'
        f"{' checked' if option['selected'] else ''}{required}>"
        f'<label class="usa-radio__label" for="{told}">{_text(option["label"])}</label></div>\n'
    )


def _groups(widget: Widget, write: Callable[[Widget], str], begin: str, end: str) -> Iterator[str]:
    for name, options, _ in widget["optgroups"]:
        if name:
            yield begin.format(_text(name))
        yield from map(write, options)
        if name:
            yield end


_INPUTS = (
    "text", "email", "number", "password", "date", "datetime", "time", "url", "tel", "search", "hidden",
    "checkbox", "file",
)  # fmt: skip
_WRITERS: dict[str, Callable[[Widget], str]] = {
    **{f"django/forms/widgets/{kind}.html": _input for kind in _INPUTS},
    "django/forms/widgets/textarea.html": _textarea,
    "django/forms/widgets/select.html": _select,
    "django/forms/widgets/radio.html": _choices,
    "django/forms/widgets/checkbox_select.html": _choices,
    "ui/forms/typed_ahead.html": _typed_ahead,
    "ui/forms/answers.html": _answers,
}
