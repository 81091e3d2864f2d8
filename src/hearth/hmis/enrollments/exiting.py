"""The end of a stay: what is asked then, who leaves together, and what makes an exit impossible."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.clients.templatetags.clients import full_name
from hearth.hmis.enrollments.checks.form import CheckedForm, answered_before
from hearth.hmis.enrollments.checks.looked_at import EXIT_STAGE, Entered
from hearth.hmis.enrollments.drafts.about import About
from hearth.hmis.enrollments.models import Draft, Enrollment, Exit
from hearth.hmis.enrollments.start.questions import HEAD, is_withheld, known_of, person_of
from hearth.hmis.hud.answers import answers
from hearth.hmis.organizations.form_project import form_project
from hearth.hmis.ui import formats
from hearth.hmis.ui.forms import DayField
from hearth.standards import load
from hearth.standards.form import Question
from hearth.standards.load import MODEL_YEAR

STAGE = "exit"
_DAY = "Exit.ExitDate"
#: What another of the household does, beside a code of a destination of their own.
STAYS, SAME = "stays", "same"
DECEASED = int(load(MODEL_YEAR).list("3.12.1").names["DECEASED"])
ONE_DEATH = (
    "A death is said of one person alone. Say of each of the others whether they stay or where they go."
)


def open_members(user: User, enrollment: Enrollment) -> list[Enrollment]:
    """Others of the household who are still enrolled, where this user works."""
    rows = Enrollment.objects.restrict(user).filter(
        project=enrollment.project_id, household_id=enrollment.household_id, date_deleted=None
    )
    if not enrollment.household_id:
        return []
    over = Exit.objects.restrict(user).filter(enrollment=OuterRef("pk"), date_deleted=None)
    rows = rows.exclude(pk=enrollment.pk).filter(~Exists(over)).select_related("client")
    if not user.everywhere(Permission.ENROLLMENT_EDIT):
        rows = rows.filter(project__any_of=user.projects(Permission.ENROLLMENT_EDIT))
    return list(rows.order_by("pk"))


def is_over(user: User, enrollment: Enrollment) -> bool:
    """Whether an exit is recorded, now."""
    return Exit.objects.restrict(user).filter(enrollment=enrollment, date_deleted=None).exists()


def is_open(user: User, about: About) -> bool:
    """Whether the exit that a draft would be of is still to be recorded."""
    enrollment = Enrollment.objects.restrict(user).filter(pk=about.enrollment, date_deleted=None).first()
    return enrollment is not None and not is_over(user, enrollment)


def address(draft: Draft) -> str:
    """Where a draft of an exit is resumed."""
    return reverse("enrollments:exit", args=[draft.enrollment_id])


def why_not(user: User, enrollment: Enrollment, day: date, together: list[int]) -> str:
    """What makes this exit impossible, in a sentence; empty where nothing does."""
    if is_over(user, enrollment):
        return "An exit is recorded already. Reload the page."
    if day > timezone.localdate():
        return "The day lies in the future. Record the exit when the client has left."
    start = enrollment.entry_date
    if start is not None and day < start:
        return f"{formats.day(day)} is before the start, {formats.day(start)}. Correct one of the two."
    others = [one.pk for one in open_members(user, enrollment)]
    if enrollment.relationship_to_hoh == HEAD and set(others) - set(together):
        return "The head of household cannot leave the others behind. Let all leave, or choose another head."
    return ""


class ExitForm(CheckedForm):
    """The day of the exit and its questions; who leaves with the client, where others are still there."""

    exit_date = DayField(label="Exit date", help_text="The last day of the stay, or of service")

    def __init__(self, *args: Any, user: User, enrollment: Enrollment, **kwargs: Any) -> None:
        self.user, self.enrollment = user, enrollment
        today, client = timezone.localdate(), enrollment.client
        super().__init__(
            *args,
            project=form_project(enrollment.project, today),
            stage=STAGE,
            person=person_of(client, enrollment.relationship_to_hoh or 0, today),
            known=known_of(client),
            answered=answered_before(user, enrollment),
            **kwargs,
        )
        self.members = open_members(user, enrollment)
        self.fields["exit_date"].initial = today
        if self.members:
            self.fields["together"] = forms.BooleanField(
                label="All of the household leave on this day, to the same place", required=False
            )
        for one in self.members:
            self.fields[f"of-{one.pk}"] = forms.ChoiceField(
                label=full_name(one.client), required=False,
                choices=[("", "As said above"), (STAYS, "Stays"), (SAME, "Leaves, to the same place"),
                         ("Leaves, to another place", answers("Exit.Destination"))],
            )  # fmt: skip

    def kept(self, asked: list[Question]) -> list[Question]:
        """Without the day, which stands on top, and what is not for this user."""
        return [one for one in asked if one.name != _DAY and not is_withheld(self.user, one.name)]

    def clean(self) -> dict[str, Any]:
        """Refuse a day that is impossible."""
        said = super().clean()
        together = [one.pk for one in self.leaving(said)]
        if day := said.get("exit_date"):
            if sentence := why_not(self.user, self.enrollment, day, together):
                self.add_error("exit_date", sentence)
            for one in self.leaving(said):
                if one.entry_date is not None and day < one.entry_date:
                    self.add_error("exit_date", "A member came later. Correct one of the two.")
                    break
        destination = self.answered.records.get("Exit", {}).get("Destination")
        if destination == DECEASED and any(where is None for where in self.places(said).values()):
            self.add_error("exit_date", ONE_DEATH)
        return said

    def entered(self) -> Entered | None:
        """The exit as checks look at it, where its day is known."""
        day = self.cleaned_data.get("exit_date")
        if day is None:
            return None
        return Entered(
            client=self.enrollment.client,
            project=self.enrollment.project,
            records=self.answered.records,
            day=day,
            stage=EXIT_STAGE,
            entry_date=self.enrollment.entry_date,
            relationship=self.enrollment.relationship_to_hoh,
            enrollment=self.enrollment,
            exit_date=day,
        )

    @property
    def of_members(self) -> list[forms.BoundField]:
        """What each of the others does, where it is not the same for all."""
        return [self[f"of-{one.pk}"] for one in self.members]

    def places(self, said: dict[str, Any]) -> dict[int, int | None]:
        """Who leaves with the client, by enrollment, and to which destination; None: to the same place."""
        found: dict[int, int | None] = {}
        for one in self.members:
            does = said.get(f"of-{one.pk}") or (SAME if said.get("together") else STAYS)
            if does != STAYS:
                found[one.pk] = None if does == SAME else int(does)
        return found

    def leaving(self, said: dict[str, Any]) -> list[Enrollment]:
        """Who leaves with the client."""
        going = self.places(said)
        return [one for one in self.members if one.pk in going]
