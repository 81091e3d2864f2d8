"""Choosing who works with a client."""

from typing import Any

from django import forms
from django.utils import timezone

from hearth.hmis.access.models import User
from hearth.hmis.enrollments.case_workers import ManagerField
from hearth.hmis.ui.forms import DayField, PlainWords


class CaseManagerForm(PlainWords, forms.Form):
    """Who works with a client from a day on. `now`: who does, who may have left the project."""

    since = DayField(label="From", help_text="Whoever it was before ends on this day.")

    def __init__(self, *args: Any, project: int, now: User | None, has_others: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["manager"] = ManagerField(project=project, also=now, initial=now.pk if now else "")
        self.fields["since"].initial = timezone.localdate()
        if has_others:
            self.fields["all"] = forms.BooleanField(
                label="For everybody of the household who is enrolled", required=False, initial=True
            )
        self.order_fields(["manager", "since", "all"])

    @property
    def manager(self) -> User | None:
        """Who was chosen, once the form is valid."""
        field: Any = self.fields["manager"]
        found: User | None = field.people.get(self.cleaned_data["manager"])
        return found
