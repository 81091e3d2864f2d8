"""Forms of the pages of regions and organizations."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms

from hearth.hmis.organizations.models import Project, Region, TribalNation
from hearth.hmis.organizations.models.region import ContactRole
from hearth.hmis.organizations.queries import YES
from hearth.hmis.ui.forms import PlainWords
from hearth.standards import load
from hearth.standards.load import MODEL_YEAR


class OrganizationFilter(PlainWords, forms.Form):
    """What the list of organizations shows. Anything that fits nothing is ignored, not refused."""

    q = forms.CharField(label="Name of organization or project", required=False, max_length=200)
    region = forms.ChoiceField(label="CoC", required=False)
    type = forms.ChoiceField(label="Project type", required=False)

    def __init__(self, *args: Any, regions: Iterable[Region], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.regions = {region.code: region for region in regions}
        self.fields["region"].choices = [
            ("", "All CoCs"),
            *((region.code, str(region)) for region in self.regions.values()),
        ]
        types = load(MODEL_YEAR).list("2.02.6").options
        self.fields["type"].choices = [("", "All types"), *((o.code, o.label) for o in types)]

    def chosen(self) -> dict[str, Any]:
        """Arguments of `queries.organizations`."""
        self.is_valid()
        values = self.cleaned_data
        kind = values.get("type")
        return {
            "text": values.get("q", "").strip(),
            "region": self.regions.get(values.get("region") or ""),
            "project_type": int(kind) if kind else None,
        }


class NationForm(PlainWords, forms.Form):
    """Which tribal nation runs an organization."""

    nation = forms.ChoiceField(
        label="Tribal nation",
        required=False,
        help_text="An organization of a member nation belongs to that nation’s collaborative.",
    )

    def __init__(self, *args: Any, nations: Iterable[TribalNation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.nations = {str(nation.pk): nation for nation in nations}
        names = [(key, nation.name) for key, nation in self.nations.items()]
        self.fields["nation"].choices = [("", "None"), *names]

    def chosen(self) -> TribalNation | None:
        """The nation, of a valid form."""
        return self.nations.get(self.cleaned_data["nation"])


class ConfidentialNameForm(PlainWords, forms.Form):
    """Whether a project's name is confidential."""

    _ANSWERS: ClassVar[dict[str, bool | None]] = {"default": None, "yes": True, "no": False}

    name = forms.ChoiceField(label="Name of this project", widget=forms.RadioSelect)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        answer = next(key for key, value in self._ANSWERS.items() if value == project.name_is_confidential)
        super().__init__(*args, initial={"name": answer}, **kwargs)
        usual = "confidential" if project.organization.victim_service_provider == YES else "open"
        self.fields["name"].choices = [
            ("default", f"As usual for its organization: {usual}"),
            ("yes", "Confidential"),
            ("no", "Open: everybody who works with HMIS sees it"),
        ]

    def chosen(self) -> bool | None:
        """The answer, of a valid form; None: as its organization."""
        return self._ANSWERS[self.cleaned_data["name"]]


class ContactForm(PlainWords, forms.Form):
    """A contact of a region: a person, or an agency as such."""

    role = forms.ChoiceField(label="Role", choices=[("", "Choose a role"), *ContactRole.choices])
    name = forms.CharField(
        label="Name",
        required=False,
        max_length=200,
        help_text="The person at work. Leave it empty for an agency as such.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    organization = forms.CharField(
        label="Organization",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = forms.EmailField(
        label="E-mail", required=False, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    phone = forms.CharField(
        label="Phone",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not values.get("name") and not values.get("organization"):
            raise forms.ValidationError("Give a name or an organization.")
        return values
