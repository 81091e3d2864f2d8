"""Forms about people: giving and ending a grant, a first password."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from hearth.hmis.access.requirements import REQUIREMENTS
from hearth.hmis.access.scopes import Scope
from hearth.hmis.accounts.people.places import Place
from hearth.hmis.organizations.models import Project
from hearth.hmis.ui.forms import DayField, PlainWords, TypedAhead


class GrantForm(PlainWords, forms.Form):
    """Where a role holds, from when until when, and why. `places`: those on offer, and no others."""

    place = forms.ChoiceField(label="Where", widget=TypedAhead)
    begins_on = DayField(label="First day")
    last_day = DayField(label="Last day", required=False, help_text="Leave it empty for a grant without end.")
    reason = forms.CharField(
        label="Reason", max_length=500, help_text="For whoever reads it later, such as “new case manager”."
    )

    def __init__(self, *args: Any, places: Sequence[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = {one.key: one for one in places}
        texts = [one.text for one in places]
        choices = [
            (one.key, one.text if texts.count(one.text) == 1 else f"{one.text} ({one.key})") for one in places
        ]
        self.fields["place"].choices = choices if len(choices) == 1 else [("", "Choose"), *choices]
        self.fields["begins_on"].initial = timezone.localdate()

    def clean_begins_on(self) -> date:
        """Today or later: nobody had rights yesterday because of today."""
        day: date = self.cleaned_data["begins_on"]
        if day < timezone.localdate():
            raise forms.ValidationError("A grant begins today or later.")
        return day

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        first, last = values.get("begins_on"), values.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", "The last day is not before the first.")
        return values

    def chosen(self) -> dict[str, Any]:
        """What a valid form says of the grant, as `access.actions.give_grant` takes it."""
        values = self.cleaned_data
        last = values["last_day"]
        return {
            "scope": self.scope,
            "begins_on": values["begins_on"],
            "ends_on": last and last + timedelta(days=1),
            "reason": values["reason"],
        }

    @property
    def scope(self) -> Scope:
        """Of a valid form."""
        return self.places[self.cleaned_data["place"]].scope


class AddForm(GrantForm):
    """A person to add, with their first grant."""

    field_order = ("email", "name")
    email = forms.EmailField(
        label="E-mail", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    name = forms.CharField(
        label="Name",
        max_length=200,
        help_text="As colleagues see it.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def chosen(self) -> dict[str, Any]:
        """As `people.actions.add` takes it."""
        return super().chosen() | {key: self.cleaned_data[key] for key in ("email", "name")}


class SheetForm(PlainWords, forms.Form):
    """A spreadsheet of people."""

    file = forms.FileField(
        label="Spreadsheet",
        help_text="Excel (.xlsx) or CSV UTF-8, up to 1,000 people. You see every line before anybody is"
        " added.",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,text/csv"}),
    )


class MetSheetForm(SheetForm):
    """A spreadsheet of who met which requirement."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[
            "file"
        ].help_text = (
            "Excel (.xlsx) or CSV UTF-8, up to 1,000 lines. You see every line before anything is recorded."
        )


class GroupNameForm(PlainWords, forms.Form):
    """What a group of projects is called."""

    name = forms.CharField(label="Name", max_length=100)


class PutForm(PlainWords, forms.Form):
    """A project to put into a group, of those on offer."""

    project = forms.TypedChoiceField(label="Project", coerce=int, widget=TypedAhead)

    def __init__(self, *args: Any, projects: Sequence[Project], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].choices = [
            ("", "Choose"),
            *((one.pk, f"{one} – {one.organization} ({one.pk})") for one in projects),
        ]


class EndForm(PlainWords, forms.Form):
    """Why a grant is ended."""

    reason = forms.CharField(label="Reason", max_length=500)


class MetForm(PlainWords, forms.Form):
    """The day on which somebody, or an organization, met a requirement."""

    met_on = DayField(label="Day")
    note = forms.CharField(
        label="Note", max_length=500, required=False, help_text="Such as the course, or where the paper is."
    )


class OrganizationMetForm(MetForm):
    """The same of an organization, with what it met."""

    field_order = ("kind",)
    kind = forms.ChoiceField(
        label="What",
        choices=[(code, one.name) for code, one in REQUIREMENTS.items() if one.of_organization],
    )


class RequirementForm(PlainWords, forms.Form):
    """What a requirement asks from some day on."""

    text = forms.CharField(
        label="Text", max_length=50_000, required=False, widget=forms.Textarea(attrs={"rows": 14}),
        help_text="What people read, and sign where it is an agreement. A blank line begins a paragraph.",
    )  # fmt: skip
    valid_days = forms.IntegerField(
        label="Holds for so many days", required=False, min_value=1, max_value=36_500,
        help_text="Counted from the day on which it was signed or taken. Empty: without end.",
    )  # fmt: skip
    counts_from = DayField(
        label="Closes access from", required=False,
        help_text="From this day on, grants whose role requires it do not count where it is missing. Empty:"
        " it closes nothing.",
    )  # fmt: skip
    asks_again = forms.BooleanField(
        label="Ask everybody again", required=False,
        help_text="What was signed or taken for earlier versions does not count for this one.",
    )  # fmt: skip


class WithdrawForm(PlainWords, forms.Form):
    """Why a record is withdrawn."""

    reason = forms.CharField(label="Reason", max_length=500)


class FirstPasswordForm(PlainWords, forms.Form):
    """A password to tell somebody in person, typed twice."""

    password1 = forms.CharField(
        label="Password",
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="Twelve characters or more. Tell it in person, never by mail. It is changed at the first"
        " sign-in.",
    )
    password2 = forms.CharField(
        label="Password again",
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("password1") and values.get("password2") and values["password1"] != values["password2"]:
            self.add_error("password2", "The two passwords are not the same.")
        return values
