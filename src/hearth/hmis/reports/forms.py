"""What a person fills in to get a report."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from hearth.hmis.access.models import User
from hearth.hmis.organizations.choices import ProjectChooser, by_organization, cocs_of
from hearth.hmis.organizations.models import Region
from hearth.hmis.reports import catalog, scope
from hearth.hmis.reports.catalog import OfferedReport
from hearth.hmis.reports.request import ReportRequest, RequestError, coc_codes, projects_in
from hearth.hmis.ui.forms import DayField, PlainWords

_WEDNESDAY = 2
#: Made of what its asker sees; else the grant in whose scope it is made of everything.
_SEEN = "seen"
_ABOUT_NIGHT = "mm/dd/yyyy. HUD asks for one of the last ten nights of January; this is its last Wednesday."


def last_fiscal_year(today: date) -> tuple[date, date]:
    """The last federal fiscal year that is over: October 1 to September 30."""
    end = date(today.year if today.month >= 10 else today.year - 1, 9, 30)
    return date(end.year - 1, 10, 1), end


def last_count_night(today: date) -> date:
    """The last Wednesday of January, this year's or, before it, last year's."""

    def night(year: int) -> date:
        last = date(year, 1, 31)
        return last - timedelta((last.weekday() - _WEDNESDAY) % 7)

    return night(today.year) if night(today.year) <= today else night(today.year - 1)


class ReportForm(PlainWords, forms.Form):
    """CoC, time and, where the report is of chosen projects, projects. `user` limits the choices."""

    made_of = forms.ChoiceField(label="Made of")
    coc = forms.ChoiceField(label="Continuum of Care")
    start = DayField(label="First day", help_text="mm/dd/yyyy")
    end = DayField(label="Last day", help_text="mm/dd/yyyy. The last day belongs to the report.")
    projects = forms.MultipleChoiceField(
        label="Projects",
        widget=ProjectChooser,
        error_messages={"required": "Choose at least one project."},
        help_text="Those of the chosen Continuum of Care. A project may operate in several.",
    )

    accept_unreadable = forms.BooleanField(
        label="Count cells that cannot be read as blank",
        required=False,
        help_text="Without it, a report is not made where what another system sent and nobody can read, such"
        " as a date that may mean two days, decides who is counted. Either way the report says which.",
    )

    def __init__(self, *args: Any, user: User, report: OfferedReport, **kwargs: Any) -> None:
        today = timezone.localdate()
        first, last = last_fiscal_year(today)
        night = last_count_night(today)
        defaults = {"start": night if report.is_of_one_night else first, "end": last}
        super().__init__(*args, initial=defaults | kwargs.pop("initial", {}), **kwargs)
        self.user, self.report = user, report
        if report.is_of_one_night:
            del self.fields["end"]
            self.fields["start"].label = "Night"
            self.fields["start"].help_text = _ABOUT_NIGHT
        of_seen, grants = catalog.may_make_of_seen(user, report), catalog.grants_for(user, report)
        there = {code for grant in grants for code in scope.cocs(grant)}
        if not grants:
            del self.fields["made_of"]
        else:
            seen = [(_SEEN, "The records that you may see")] if of_seen else []
            self.fields["made_of"].choices = [*seen, *((str(one.pk), scope.words(one)) for one in grants)]
        if report.chooses_projects and of_seen:
            projects = projects_in(user, coc_codes(user))
            self.fields["projects"].choices = by_organization(projects)
            self.fields["projects"].required = not grants
            there |= {code for project in projects.prefetch_related("cocs") for code in cocs_of(project)}
        else:
            del self.fields["projects"]
            there |= coc_codes(user) if of_seen else set()
        names = {region.code: str(region) for region in Region.objects.restrict(user).filter(kind="coc")}
        choices = [(code, names.get(code, code)) for code in sorted(there)]
        self.fields["coc"].choices = choices if len(choices) == 1 else [("", "Choose one"), *choices]

    def clean(self) -> dict[str, Any]:
        """Build the request, so that a wrong one is told at its form."""
        values = super().clean() or {}
        if not self.errors:
            made_of = values.get("made_of", _SEEN)
            try:
                self.request = ReportRequest(
                    report=self.report,
                    coc=values["coc"],
                    start=values["start"],
                    end=values.get("end", values["start"]),
                    projects=tuple(int(pk) for pk in values.get("projects", ())) if made_of == _SEEN else (),
                    accept_unreadable=values.get("accept_unreadable", False),
                    of_grant=None if made_of == _SEEN else int(made_of),
                )
                self.request.check(self.user)
            except RequestError as error:
                raise forms.ValidationError(str(error), code="request") from error
        return values


class FlagFilter(PlainWords, forms.Form):
    """Which flags of a report are listed."""

    severity = forms.ChoiceField(label="Severity", required=False)

    def __init__(self, *args: Any, severities: list[tuple[str, str, int]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(code, f"{words} ({count})") for code, words, count in severities]
        self.fields["severity"].choices = [("", "All"), *choices]

    def chosen(self) -> str:
        """The severity; what is not one of the choices filters nothing."""
        return str(self.cleaned_data.get("severity", "")) if self.is_bound and self.is_valid() else ""


class RowFilter(PlainWords, forms.Form):
    """Which rows of a file are listed; the choices are the values that the file has."""

    def __init__(
        self, *args: Any, columns: Mapping[str, tuple[str, Iterable[tuple[str, str]]]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for column, (label, values) in columns.items():
            named = [
                (code, f"{words} ({code})" if words and words != code else code) for code, words in values
            ]
            self.fields[column] = forms.ChoiceField(
                label=label, required=False, choices=[("", "All"), *named]
            )

    def chosen(self) -> dict[str, str]:
        """The values by column; what is not one of the choices filters nothing."""
        if not self.is_bound:
            return {}
        self.is_valid()
        return {column: value for column, value in self.cleaned_data.items() if value}
