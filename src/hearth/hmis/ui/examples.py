"""The invented form and the invented list on the components page."""

from collections.abc import Mapping
from typing import Any

from django import forms

from hearth.hmis.ui.forms import DayField, PlainWords
from hearth.hmis.ui.record_list import Asked, Column, Filter, RecordList, arranged, page_of

_BEDS = (("Shelter A", "Shelter", 40), ("Rapid B", "Rapid re-housing", 12), ("Shelter C", "Shelter", 1280))


def records(query: Mapping[str, Any]) -> RecordList:
    """A list of three projects that can be filtered and sorted."""
    columns = (Column("name", "Project"), Column("kind", "Type"), Column("beds", "Beds", number=True))
    kinds = tuple((kind, kind) for kind in sorted({kind for _, kind, _ in _BEDS}))
    asked = Asked(query, columns=columns, filters=(Filter("kind", "Type", kinds),))
    found = arranged(
        _BEDS,
        asked,
        codes={"kind": lambda one: [one[1]]},
        keys={"name": lambda one: one[0], "kind": lambda one: one[1], "beds": lambda one: one[2]},
    )
    return RecordList(
        asked,
        page_of(found, 1, asked.size, len(found)),
        "Projects with beds",
        "project",
        "/help/components/",
        of=len(_BEDS),
        hidden=2,
        totals={"beds": f"{sum(one[2] for one in found):,}"},
        id="example-list",
    )


class ExampleForm(PlainWords, forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="Name of the project", help_text="As the agency calls it.")
    contact = forms.EmailField(label="E-mail of the contact", required=False)
    beds = forms.IntegerField(label="Beds", min_value=0)
    opened_on = DayField(label="Open since", help_text="mm/dd/yyyy", required=False)
    kind = forms.ChoiceField(label="Kind", choices=[("", "Choose"), ("es", "Shelter"), ("so", "Outreach")])
    shared = forms.ChoiceField(
        label="Shared with other organizations",
        choices=[("1", "Yes"), ("0", "No")],
        widget=forms.RadioSelect,
    )
    project_types = forms.MultipleChoiceField(
        label="Who is served",
        choices=[("adults", "Adults"), ("youth", "Youth"), ("families", "Families")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    is_open = forms.BooleanField(label="Takes new people", help_text="Shown on the bed list.", required=False)
    notes = forms.CharField(label="Notes", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    document = forms.FileField(label="Agreement", help_text="PDF, up to 10 MB.", required=False)
