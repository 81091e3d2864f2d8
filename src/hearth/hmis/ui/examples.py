"""The invented form on the components page."""

from django import forms

from hearth.hmis.ui.forms import DayField


class ExampleForm(forms.Form):
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
