"""Where and when somebody is enrolled: projects to choose from, and what makes a start impossible."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.clients.models import Client
from hearth.hmis.enrollments.drafts.about import About
from hearth.hmis.enrollments.models import Draft, Enrollment
from hearth.hmis.organizations.choices import by_organization
from hearth.hmis.organizations.models import Project
from hearth.hmis.ui import formats
from hearth.hmis.ui.forms import DayField, PlainWords, TypedAhead


def projects_for(user: User, on: date) -> QuerySet[Project]:
    """Projects in which the user enrolls people and that are open on a day."""
    own = Project.objects.restrict(user).filter(date_deleted=None, project_type__isnull=False)
    if not user.everywhere(Permission.ENROLLMENT_EDIT):
        own = own.filter(pk__any_of=user.projects(Permission.ENROLLMENT_EDIT))
    return own.exclude(operating_end_date__lt=on).exclude(operating_start_date__gt=on)


def why_not(user: User, client: Client, project: Project, start: date) -> tuple[str, str]:
    """(field, sentence) of what makes this start impossible; two empty texts where nothing does."""
    return why_not_each(user, [client], project, start).get(client.pk, ("", ""))


def why_not_each(
    user: User, clients: Iterable[Client], project: Project, start: date
) -> dict[int, tuple[str, str]]:
    """The same of several at once, by client; absent where nothing makes it impossible."""
    listed = list(clients)
    found = {}
    for client in listed:
        if sentence := wrong_day(client, project, start):
            found[client.pk] = ("start", sentence)
    stays = Enrollment.objects.restrict(user).filter(client__in=listed, project=project, date_deleted=None)
    for stay in stays.prefetch_related("exit_set"):
        until = _last_day(stay)
        if until is None or until > start:
            when = formats.day(stay.entry_date) if stay.entry_date else "a day that is not recorded"
            sentence = f"The client is enrolled there since {when}. Open that enrollment instead."
            found.setdefault(stay.client_id, ("project", sentence))
    return found


def wrong_day(client: Client, project: Project, start: date) -> str:
    """What makes a first day impossible whatever else is recorded, in a sentence; empty: nothing does."""
    if start > timezone.localdate():
        return "The day lies in the future. Enter the first day of the stay when it has come."
    if client.dob is not None and start < client.dob and "dob" not in client.withheld:
        return "The day is before the client's birth date. Correct one of the two."
    first, last = project.operating_start_date, project.operating_end_date
    if first is not None and start < first:
        return f"The project began on {formats.day(first)}. Enter a later day, or choose another project."
    if last is not None and start > last:
        return f"The project ended on {formats.day(last)}. Choose another project."
    return ""


def _last_day(stay: Enrollment) -> date | None:
    days = [one.exit_date for one in stay.exit_set.all() if one.date_deleted is None and one.exit_date]
    return max(days, default=None)


def is_open(user: User, about: About) -> bool:
    """Whether the start that a draft would be of is still possible."""
    client = Client.objects.restrict(user).filter(pk=about.client).first()
    place = projects_for(user, about.day).filter(pk=about.project).first() if about.day else None
    if client is None or place is None or about.day is None:
        return False
    return not why_not(user, client, place, about.day)[1]


def address(draft: Draft) -> str:
    """Where a draft of a start is resumed."""
    where = reverse("enrollments:start", args=[draft.client_id, draft.project_id])
    if draft.enrollment_id:
        where = reverse("enrollments:join_start", args=[draft.enrollment_id])
    asked = {"start": draft.day.isoformat() if draft.day else "", "who": draft.subject}
    said = {name: value for name, value in asked.items() if value}
    return f"{where}?{urlencode(said)}" if said else where


class ChooseForm(PlainWords, forms.Form):
    """Which project, and the first day of the stay."""

    project = forms.ChoiceField(label="Project", widget=TypedAhead)
    start = DayField(
        label="Project start date",
        help_text="Shelter: the first night. Street outreach: the first contact. Transitional housing: the"
        " day of moving in. Permanent housing: the day accepted. Other projects: the first service.",
    )

    def __init__(self, *args: Any, user: User, client: Client, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.client = user, client
        self._projects = projects_for(user, timezone.localdate())
        self.fields["project"].choices = [("", "Choose one"), *by_organization(self._projects)]
        self.fields["start"].initial = timezone.localdate()

    def clean(self) -> dict[str, Any]:
        """The project itself, and that the start is possible."""
        said = super().clean() or {}
        if said.get("project"):
            said["project"] = self._projects.get(pk=said["project"])
            if said.get("start"):
                field, sentence = why_not(self.user, self.client, said["project"], said["start"])
                if sentence:
                    self.add_error(field, sentence)
        return said
