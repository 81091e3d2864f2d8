"""The end of a stay: what is asked then, who else is still there, and what makes an exit impossible."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.enrollments.checks.form import CheckedForm, answered_before
from hearth.hmis.enrollments.checks.looked_at import EXIT_STAGE, Entered
from hearth.hmis.enrollments.drafts.about import About
from hearth.hmis.enrollments.last_answers import LastAnswers, with_last
from hearth.hmis.enrollments.models import Draft, Enrollment, Exit
from hearth.hmis.enrollments.start.questions import HEAD, is_withheld, known_of, person_of
from hearth.hmis.hud.questions import Section
from hearth.hmis.organizations.form_project import form_project
from hearth.hmis.ui import formats
from hearth.hmis.ui.forms import DayField
from hearth.standards import load
from hearth.standards.form import Project, Question
from hearth.standards.load import MODEL_YEAR

STAGE = "exit"
#: What the draft of a page about a whole household has as its subject.
HOUSEHOLD = "household"
_DAY = "Exit.ExitDate"
DECEASED = int(load(MODEL_YEAR).list("3.12.1").names["DECEASED"])
ONE_DEATH = "A death is said of one person alone. Answer on the cards of the others where they go."
BEHIND = "The head of household cannot leave the others behind. Let all leave, or choose another head."


def open_members(user: User, enrollment: Enrollment) -> list[Enrollment]:
    """Others of the household who are still enrolled, where this user works."""
    rows = Enrollment.objects.restrict(user).filter(
        project=enrollment.project_id, household_id=enrollment.household_id, date_deleted=None
    )
    if not enrollment.household_id:
        return []
    over = Exit.objects.restrict(user).filter(enrollment=OuterRef("pk"), date_deleted=None)
    rows = rows.exclude(pk=enrollment.pk).filter(~Exists(over)).select_related("client", "project")
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
    if draft.subject == HOUSEHOLD:
        return reverse("enrollments:stage_of_household", args=[draft.enrollment_id, STAGE])
    return reverse("enrollments:exit", args=[draft.enrollment_id])


def why_not(user: User, enrollment: Enrollment, day: date, together: Collection[int] = ()) -> str:
    """What makes this exit impossible, in a sentence; empty where nothing does. `together`: the enrollments
    that end with it."""
    if is_over(user, enrollment):
        return "An exit is recorded already. Reload the page."
    if day > timezone.localdate():
        return "The day lies in the future. Record the exit when the client has left."
    start = enrollment.entry_date
    if start is not None and day < start:
        return f"{formats.day(day)} is before the start, {formats.day(start)}. Correct one of the two."
    if enrollment.relationship_to_hoh == HEAD:
        others = {one.pk for one in open_members(user, enrollment)}
        if others - set(together):
            return BEHIND
    return ""


class ExitForm(CheckedForm):
    """The day of the exit and its questions, with what was answered last during the stay.

    On a page of several people (`stages/of_household.py`) `asks` is the project as forms see it, `last` and
    `answered` are read for all at once, and the day is said once for all (`has_own_day`).
    """

    exit_date = DayField(label="Exit date", help_text="The last day of the stay, or of service")

    def __init__(
        self,
        *args: Any,
        user: User,
        enrollment: Enrollment,
        day: date | None = None,
        asks: Project | None = None,
        last: LastAnswers | None = None,
        answered: Collection[tuple[str, str]] | None = None,
        has_own_day: bool = True,
        **kwargs: Any,
    ) -> None:
        self.user, self.enrollment, self.has_own_day = user, enrollment, has_own_day
        self.day, client = day or timezone.localdate(), enrollment.client
        self.last = LastAnswers(user, enrollment, self.day) if last is None else last
        super().__init__(
            *args,
            project=asks or form_project(enrollment.project, self.day),
            stage=STAGE,
            person=person_of(client, enrollment.relationship_to_hoh or 0, self.day),
            known=known_of(client),
            answered=answered_before(user, enrollment) if answered is None else answered,
            **kwargs,
        )
        self.fields["exit_date"].initial = self.day
        if not has_own_day:
            del self.fields["exit_date"]

    @property
    def sections(self) -> Iterator[Section]:
        """The questions by element, each with its last answers."""
        yield from with_last(self, super().sections, self.last)

    def kept(self, asked: list[Question]) -> list[Question]:
        """Without the day, which stands on top, and what is not for this user."""
        return [one for one in asked if one.name != _DAY and not is_withheld(self.user, one.name)]

    def clean(self) -> dict[str, Any]:
        """Refuse a day that is impossible; of whom leaves with others, that is said for all (`DayForm`)."""
        said = super().clean()
        if not self.has_own_day:
            if self.enrollment.entry_date is not None and self.day < self.enrollment.entry_date:
                self.add_error(None, f"{self.of_whom}: {why_not(self.user, self.enrollment, self.day)}")
        elif (day := said.get("exit_date")) and (sentence := why_not(self.user, self.enrollment, day)):
            self.add_error("exit_date", sentence)
        return said

    def entered(self) -> Entered | None:
        """The exit as checks look at it, where its day is known."""
        day = self.cleaned_data.get("exit_date") if self.has_own_day else self.day
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
