"""What a person asks an export to hold."""

from typing import Any

from django import forms
from django.utils import timezone

from hearth.hmis.access.models import User
from hearth.hmis.exchange.exporting.request import ExportRequest, RequestError
from hearth.hmis.organizations.choices import ProjectChooser, by_organization
from hearth.hmis.organizations.models import Project, ProjectCoC, Region
from hearth.hmis.ui.forms import DayField, PlainWords


def _fiscal_year_start() -> Any:
    today = timezone.localdate()
    return today.replace(year=today.year if today.month >= 10 else today.year - 1, month=10, day=1)


class ExportForm(PlainWords, forms.Form):
    """Places, period and form of an export. `user` limits the choices to what the user may see."""

    start = DayField(label="First day", help_text="mm/dd/yyyy", initial=_fiscal_year_start)
    end = DayField(
        label="Last day",
        help_text="mm/dd/yyyy. The last day belongs to the period.",
        initial=timezone.localdate,
    )
    cocs = forms.MultipleChoiceField(
        label="Continuums of Care",
        required=False,
        help_text="The households whose head is of that CoC, in all projects that work there, or in those"
        " chosen below.",
        widget=forms.CheckboxSelectMultiple,
    )
    projects = forms.MultipleChoiceField(
        label="Projects",
        required=False,
        help_text="Without a choice here and above, all projects are exported, as far as you may see them.",
        widget=ProjectChooser,
    )
    hashed = forms.BooleanField(
        label="Hash names and Social Security numbers",
        required=False,
        help_text="As HUD specifies it (HashStatus 4). Dates of birth stay readable.",
    )
    deleted = forms.BooleanField(
        label="Also rows that are marked as deleted",
        required=False,
        help_text="Only for a system that must learn of deletions.",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {region.code: str(region) for region in Region.objects.restrict(user).filter(kind="coc")}
        codes = ProjectCoC.objects.restrict(user).filter(date_deleted__isnull=True, coc_code__isnull=False)
        for code in codes.values_list("coc_code", flat=True).distinct():
            names.setdefault(code, code)
        self.fields["cocs"].choices = sorted(names.items())
        projects = Project.objects.restrict(user).filter(date_deleted__isnull=True)
        if not user.sees_all:
            projects = projects.filter(pk__any_of=user.own_projects)
        self.fields["projects"].choices = by_organization(projects)

    def clean(self) -> dict[str, Any]:
        """Build the request, so that a wrong one is told at its form."""
        values = super().clean() or {}
        if not self.errors:
            try:
                self.request = ExportRequest(
                    start=values["start"],
                    end=values["end"],
                    cocs=tuple(values["cocs"]),
                    projects=tuple(int(pk) for pk in values["projects"]),
                    hashed=values["hashed"],
                    deleted=values["deleted"],
                )
            except RequestError as error:
                raise forms.ValidationError(str(error), code="request") from error
        return values
