"""An update, an annual assessment or an exit of a household on one page: the day once, a card for each."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone

from hearth.hmis.access.models import User
from hearth.hmis.clients.templatetags.clients import full_name
from hearth.hmis.enrollments.checks.form import CheckedForm, answered_before_each, look_together
from hearth.hmis.enrollments.exiting import BEHIND, ExitForm, open_members
from hearth.hmis.enrollments.exiting import STAGE as EXIT
from hearth.hmis.enrollments.further import Asking, further_forms
from hearth.hmis.enrollments.household.cards import Card
from hearth.hmis.enrollments.last_answers import LastAnswers
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.enrollments.stages.questions import ANNUAL, UPDATE, StageForm, warning
from hearth.hmis.enrollments.start.questions import HEAD
from hearth.hmis.organizations.form_project import form_project
from hearth.hmis.ui.forms import DayField, PlainWords

#: The stages that a household goes through together, and what their pages are called.
TITLES = {UPDATE: "Update", ANNUAL: "Annual assessment", EXIT: "Exit"}


def people(user: User, enrollment: Enrollment) -> list[Enrollment]:
    """Who of the household is enrolled still, where this user works: the head first."""
    found = [enrollment, *open_members(user, enrollment)]
    return sorted(found, key=lambda one: (one.relationship_to_hoh != HEAD, one.pk))


class DayForm(PlainWords, forms.Form):
    """What is said once for all: the day, and at an exit who leaves on it."""

    day = DayField(label="Day", help_text="The day on which they were asked")

    def __init__(
        self, *args: Any, stage: str, day: date, enrollment: Enrollment, household: Sequence[Enrollment],
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.household = household
        self.fields["day"].initial = day
        if stage != EXIT:
            return
        self.fields["day"] = DayField(
            label="Exit date", help_text="The last day of the stay, or of service", initial=day
        )
        all_go = enrollment.relationship_to_hoh == HEAD
        self.fields["leaving"] = forms.MultipleChoiceField(
            label="Who leaves on this day",
            widget=forms.CheckboxSelectMultiple,
            choices=[(str(one.pk), full_name(one.client)) for one in household],
            initial=[str(one.pk) for one in household if all_go or one.pk == enrollment.pk],
            error_messages={"required": "Choose who leaves."},
        )

    def clean(self) -> dict[str, Any]:
        """Refuse a day to come, and a head who leaves others behind."""
        said = super().clean() or {}
        if (day := said.get("day")) and day > timezone.localdate():
            self.add_error("day", "The day lies in the future. Enter it when it has come.")
        leaving = set(said.get("leaving", ()))
        left = [one for one in self.household if str(one.pk) not in leaving]
        heads_go = any(one.relationship_to_hoh == HEAD and str(one.pk) in leaving for one in self.household)
        if left and heads_go:
            self.add_error("leaving", BEHIND)
        return said

    def warn(self, sentences: Sequence[str]) -> None:
        """Say what is possible and looks wrong; it stands where it is said to be right."""
        if not sentences:
            return
        self.fields["is_right"] = forms.BooleanField(label="Yes, this is right", required=False)
        if not self.says_right:
            self.add_error("day", f"{' '.join(sentences)} Correct the day, or say that it is right.")

    @property
    def says_right(self) -> bool:
        """Whether an unusual day was said to be right."""
        return bool(self.data.get(self.add_prefix("is_right")))


def cards(
    user: User, household: Sequence[Enrollment], stage: str, day: date, typed: QueryDict | None
) -> list[Card]:
    """A card for each who is asked anything at the stage."""
    asks = form_project(household[0].project, day)
    last = LastAnswers.of_each(user, household, day)
    answered = answered_before_each(user, household)
    askings: list[Asking] = []
    for one in household:
        about: dict[str, Any] = {
            "user": user, "enrollment": one, "day": day, "asks": asks, "last": last[one.pk],
            "answered": answered[one.pk], "has_own_day": False, "prefix": f"c{one.client_id}",
        }  # fmt: skip
        form: CheckedForm = (
            ExitForm(typed, **about) if stage == EXIT else StageForm(typed, stage=stage, **about)
        )
        if not form.questions:
            continue
        form.of_whom = full_name(one.client)
        askings.append(Asking(user, one.client, one.project, day, form, one))
    further = further_forms(typed, askings) if askings else []
    return [
        Card(one.client, enrollment.relationship_to_hoh or 0, form, beside, enrollment)
        for one, beside in zip(askings, further, strict=True)
        if (enrollment := one.enrollment) is not None and isinstance(form := one.beside, CheckedForm)
    ]


def answered_cards(shown: DayForm, stage: str, household: Sequence[Card]) -> list[Card]:
    """The cards that are to be recorded, read and looked at together; the others stand as they are. At an
    exit they are of those who leave, else of those of whom anything was answered."""
    leaving = shown.cleaned_data.get("leaving", ()) if shown.is_valid() else shown.data.getlist("leaving")
    wanted = []
    for one in household:
        if stage == EXIT:
            is_wanted = one.enrollment is not None and str(one.enrollment.pk) in leaving
        else:
            is_wanted = one.form.has_changed() or (one.further is not None and one.further.has_changed())
        if is_wanted:
            wanted.append(one)
        else:
            one.form.is_left_out = True
    look_together([one.form for one in wanted], is_whole=False)
    return wanted


def warnings(user: User, stage: str, day: date, household: Sequence[Card]) -> list[str]:
    """What is possible and looks wrong about the day, each sentence once."""
    said = [warning(user, one.enrollment, stage, day) for one in household if one.enrollment is not None]
    return list(dict.fromkeys(filter(None, said)))
