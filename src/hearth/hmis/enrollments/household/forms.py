"""What is asked before something is put right in a household; each form makes its plan."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from hearth.hmis.access.models import User
from hearth.hmis.clients import queries as clients
from hearth.hmis.clients.models import Client
from hearth.hmis.clients.templatetags.clients import full_name
from hearth.hmis.enrollments.household import corrections, moving, undoing
from hearth.hmis.enrollments.household.plan import Plan
from hearth.hmis.enrollments.household.presenting import RELATIONS
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.enrollments.start.choose import projects_for
from hearth.hmis.enrollments.start.questions import HEAD
from hearth.hmis.hud.display import coc_words
from hearth.hmis.organizations.choices import by_organization, cocs_of
from hearth.hmis.ui.forms import DayField, PlainWords, TypedAhead

#: Why an exit is taken back; codes stand in the access log.
REASONS = (
    ("mistake", "The exit was recorded by mistake"),
    ("never_left", "The client never left"),
    ("other_person", "It was the exit of somebody else"),
)


class CorrectionForm(PlainWords, forms.Form):
    """Base. `plan` is made of what stands in the database when it is asked for; `details` go into the log."""

    title: ClassVar[str]
    lead: ClassVar[str]
    done: ClassVar[str]

    def __init__(self, *args: Any, user: User, enrollment: Enrollment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.enrollment = user, enrollment
        self.household = corrections.members(user, enrollment)

    def plan(self) -> Plan:
        """What would be changed."""
        raise NotImplementedError

    @property
    def details(self) -> dict[str, str]:
        return {}

    @property
    def joining(self) -> list[Client]:
        """People who would get an enrollment that is not theirs yet."""
        return []

    def fresh(self) -> list[Enrollment]:
        """The household as it stands in the database now."""
        return corrections.members(self.user, self.enrollment)

    def ask_relations(self, people: Sequence[Enrollment]) -> None:
        """How each is related to the head, once that is somebody else."""
        for one in people:
            self.fields[f"relation-{one.pk}"] = forms.TypedChoiceField(
                label=f"{full_name(one.client)} is to the new head", required=False, coerce=int,
                empty_value=None, choices=[("", "As it is"), *RELATIONS],
            )  # fmt: skip

    @property
    def relations(self) -> Mapping[int, int]:
        said = {name: code for name, code in self.cleaned_data.items() if name.startswith("relation-")}
        return {int(name.partition("-")[2]): code for name, code in said.items() if code is not None}

    def named(self, people: Sequence[Enrollment]) -> list[tuple[str, str]]:
        return [(str(one.pk), full_name(one.client)) for one in people]


class HeadForm(CorrectionForm):
    """Another head of household."""

    title = "Change the head of household"
    lead = (
        "HUD's files know one relationship for the whole stay: the new head is it from the first day on, and"
        " everybody's relationship is to them."
    )
    done = "The head of household was changed."
    head = forms.TypedChoiceField(label="New head of household", coerce=int, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = [one for one in self.household if one.relationship_to_hoh != HEAD]
        self.fields["head"].choices = self.named(others)
        self.ask_relations(self.household)

    def plan(self) -> Plan:
        return corrections.change_head(self.fresh(), self.cleaned_data["head"], self.relations)


class CoCForm(CorrectionForm):
    """Another CoC of the stay."""

    title = "Change the CoC of the stay"
    lead = (
        "In which CoC the household is served. HUD's files know one CoC for the whole stay: where the"
        " household moves, it is the one in which it is served now, and the change history says since when."
    )
    done = "The CoC was changed."
    coc = forms.ChoiceField(label="CoC of this stay", widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["coc"].choices = [(one, coc_words(one)) for one in cocs_of(self.enrollment.project)]
        head = next((one for one in self.household if one.relationship_to_hoh == HEAD), None)
        self.fields["coc"].initial = head.enrollment_coc if head else None

    def plan(self) -> Plan:
        return corrections.change_coc(self.fresh(), self.cleaned_data["coc"])


class StartDayForm(CorrectionForm):
    """Another first day."""

    title = "Correct the start date"
    lead = "What was dated by the start moves with it. You see each change before it is made."
    done = "The start date was corrected."
    day = DayField(label="Right start date")
    together = forms.BooleanField(
        label="Also of the others who started on the same day", required=False, initial=True
    )
    without_nights = forms.BooleanField(
        label="The bed nights before that day were none: remove them", required=False
    )

    def plan(self) -> Plan:
        people = [one for one in self.fresh() if one.pk == self.enrollment.pk]
        if self.cleaned_data["together"]:
            people = [one for one in self.fresh() if one.entry_date == self.enrollment.entry_date]
        nights = self.cleaned_data["without_nights"]
        return corrections.move_start(self.user, people, self.cleaned_data["day"], without_nights=nights)


class WholeForm(CorrectionForm):
    """Base of what is about one enrollment or the whole household."""

    whole = forms.BooleanField(label="Of the whole household", required=False)

    def people(self) -> list[Enrollment]:
        found = self.fresh()
        return (
            found
            if self.cleaned_data.get("whole")
            else [one for one in found if one.pk == self.enrollment.pk]
        )


class RemoveForm(WholeForm):
    """Entered by mistake."""

    title = "Remove an enrollment that was a mistake"
    lead = (
        "For a stay that never was. All that hangs on it goes with it; administrators still see it, and"
        " exports say that it was deleted. A stay that ended has an exit instead."
    )
    done = "The enrollment was removed."

    def plan(self) -> Plan:
        return corrections.remove(self.user, self.fresh(), self.people())


class ReopenForm(WholeForm):
    """The exit was a mistake."""

    title = "Take back the exit"
    lead = "For an exit that never was. Whoever was served again later is enrolled anew instead."
    done = "The enrollment is open again."
    reason = forms.ChoiceField(label="Why", choices=REASONS, widget=forms.RadioSelect)

    def plan(self) -> Plan:
        return corrections.reopen(self.user, self.fresh(), self.people())

    @property
    def details(self) -> dict[str, str]:
        return {"reason": self.cleaned_data["reason"]}


class PersonForm(CorrectionForm):
    """It was somebody else."""

    title = "Move to the right person"
    lead = (
        "For an enrollment that was entered for the wrong person. What was recorded in it goes along."
        " Look at the name and the client ID before you go on."
    )
    done = "The enrollment was moved to the right person."
    client = forms.IntegerField(
        label="Client ID of the right person", min_value=1, max_value=2**62,
        help_text="Search for the person first: the ID stands on their page",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("client") == self.enrollment.client_id:
            self.add_error("client", "This is the person whose enrollment it is. Enter the ID of another.")
        elif said.get("client") and not self.joining:
            self.add_error("client", "There is no client of that ID, as you see it.")
        return said

    @property
    def joining(self) -> list[Client]:
        found = clients.client(self.user, self.cleaned_data.get("client") or 0)
        return [found] if found and found.date_deleted is None else []

    def plan(self) -> Plan:
        people = self.fresh()
        stay = next((one for one in people if one.pk == self.enrollment.pk), None)
        if stay is None or not self.joining:
            return Plan(impossible="The enrollment or the person is not there any more. Open the page again.")
        return moving.to_person(self.user, people, stay, self.joining[0])


class ProjectForm(WholeForm):
    """It was another project."""

    title = "Move to the right project"
    lead = (
        "For an enrollment that was entered in the wrong project. What was recorded in it goes along; you"
        " work in both projects."
    )
    done = "The enrollment was moved to the right project."
    project = forms.ChoiceField(label="Right project", widget=TypedAhead)
    without_nights = forms.BooleanField(
        label="The right project keeps no bed nights: remove those that are recorded", required=False
    )
    field_order = ("project", "whole", "without_nights")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        day = self.enrollment.entry_date or timezone.localdate()
        self._projects = projects_for(self.user, day).exclude(pk=self.enrollment.project_id)
        self.fields["project"].choices = [("", "Choose one"), *by_organization(self._projects)]
        self.fields["whole"].initial = True
        if len(self.household) < 2:
            del self.fields["whole"]

    def plan(self) -> Plan:
        right = self._projects.prefetch_related("cocs").get(pk=self.cleaned_data["project"])
        nights = self.cleaned_data["without_nights"]
        people = self.people()
        if not people:
            return Plan(impossible="The enrollment is not there any more. Open the page again.")
        return moving.to_project(self.user, self.fresh(), people, right, without_nights=nights)


class SeparateForm(CorrectionForm):
    """One household becomes two."""

    title = "Make two households of one"
    lead = "For people who were enrolled together and are not one household. It holds from the first day on."
    done = "They are a household of their own."
    leaving = forms.TypedMultipleChoiceField(
        label="Who is another household", coerce=int, widget=forms.CheckboxSelectMultiple
    )
    head = forms.TypedChoiceField(label="Head of that household", coerce=int, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["leaving"].choices = self.fields["head"].choices = self.named(self.household)
        self.ask_relations(self.household)

    def plan(self) -> Plan:
        found, going = self.fresh(), set(self.cleaned_data["leaving"])
        leaving = [one for one in found if one.pk in going]
        return corrections.separate(found, leaving, self.cleaned_data["head"], self.relations)


class UniteForm(CorrectionForm):
    """Two households become one."""

    title = "Join another household"
    lead = "For people who were enrolled apart in one project and are one household. The other's head stays."
    done = "They are one household."
    client = forms.IntegerField(
        label="Client ID of somebody in the other household", min_value=1, max_value=2**62,
        help_text="Enrolled in the same project",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ask_relations(self.household)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("client") and not self.other():
            self.add_error(
                "client", "Nobody of that ID is in another household of this project, as you see it."
            )
        return said

    def other(self) -> list[Enrollment]:
        return corrections.open_household_of(self.user, self.enrollment, self.cleaned_data["client"])

    def plan(self) -> Plan:
        return corrections.unite(self.fresh(), self.other(), self.relations)


class UndoForm(CorrectionForm):
    """The user's own last action."""

    title = "Undo my last change"
    lead = (
        "Takes back what you wrote last in this household, within 24 hours, unless somebody changed it since."
    )
    done = "Your last change was undone."

    def plan(self) -> Plan:
        return undoing.undo(self.user, self.enrollment)


#: By what stands in the address.
FORMS: Mapping[str, type[CorrectionForm]] = {
    "head": HeadForm, "coc": CoCForm, "start": StartDayForm, "remove": RemoveForm, "reopen": ReopenForm,
    "separate": SeparateForm, "unite": UniteForm, "undo": UndoForm, "person": PersonForm,
    "project": ProjectForm,
}  # fmt: skip
