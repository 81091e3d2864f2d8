"""A field of a form with its label, help and errors as HTML, written in Python; its input by `widgets.py`.

A page of questions has hundreds of fields, and the template engine took most of its time. Whatever is put in
is escaped; help texts alone are not, because Django and we write them with markup.
"""

from django.forms import BoundField
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString

_REQUIRED = ' <abbr title="required" class="usa-hint usa-hint--required">*</abbr>'
_SHOWS_TYPED = (
    '<button type="button" class="usa-show-password" aria-controls="{}" data-show-text="Show password"'
    ' data-hide-text="Hide password">Show password</button>\n'
)


class UswdsField(BoundField):
    """A field of any form: its label, help, errors and input as one group."""

    def as_field_group(self) -> SafeString:
        """The group, as HTML."""
        errors = self.errors
        has_errors = " usa-form-group--error" if errors else ""
        said = str(errors) if errors else ""
        kind = getattr(self.field.widget, "input_type", None)
        label = f"{conditional_escape(self.label)}{_REQUIRED if self.field.required else ''}"
        helps = f' id="{self.auto_id}_helptext"' if self.auto_id else ""
        if self.use_fieldset:
            ids = self.aria_describedby
            inside = (
                f'<fieldset class="usa-fieldset"{f" aria-describedby={_quoted(ids)}" if ids else ""}>\n'
                + (f'<legend class="usa-legend">{label}</legend>\n' if self.label else "")
                + f"{self._hint(helps)}{said}\n{self}\n</fieldset>\n"
            )
        elif kind == "checkbox":
            described = (
                f'<span class="usa-checkbox__label-description"{helps}>{self.help_text}</span>'
                if self.help_text
                else ""
            )
            inside = (
                f'{said}\n<div class="usa-checkbox">{self}<label class="usa-checkbox__label"'
                f" for={_quoted(self.id_for_label)}>{label}{described}</label></div>\n"
            )
        else:
            wrong = " usa-label--error" if errors else ""
            inside = (
                (
                    f'<label class="usa-label{wrong}" for={_quoted(self.id_for_label)}>{label}</label>\n'
                    if self.label
                    else ""
                )
                + f"{self._hint(helps)}{said}\n{self}\n"
                + (_SHOWS_TYPED.format(escape(self.id_for_label)) if kind == "password" else "")
            )
        return SafeString(f'<div class="usa-form-group{has_errors}">\n{inside}</div>')

    def _hint(self, named: str) -> str:
        return f'<div class="usa-hint"{named}>{self.help_text}</div>' if self.help_text else ""


def _quoted(value: str) -> str:
    return f'"{escape(value)}"'
