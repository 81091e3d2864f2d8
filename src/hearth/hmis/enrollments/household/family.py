"""Who presented together is kept as a family: the form that asks for it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from hearth.hmis.access.models import User
from hearth.hmis.clients.family.queries import family_of, sees_stay
from hearth.hmis.clients.models import Client
from hearth.hmis.clients.models.family import Kinship
from hearth.hmis.clients.templatetags.clients import full_name
from hearth.hmis.enrollments.household.presenting import AS_FAMILY
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.enrollments.start.questions import HEAD
from hearth.hmis.ui.forms import PlainWords


class FamilyForm(PlainWords, forms.Form):
    """What each member is to the head, who are no family of the head yet. Without fields where there is
    nobody: no head, one who is restricted, or all are family already."""

    def __init__(self, *args: Any, user: User, members: Iterable[Enrollment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everybody = list(members)
        heads = [one.client for one in everybody if one.relationship_to_hoh == HEAD]
        self._head: Client | None = heads[0] if len(heads) == 1 else None
        if self._head is None or len(everybody) < 2 or not sees_stay(user, self._head):
            return
        known = {one.client.pk for one in family_of(user, self._head)} | {self._head.pk}
        for one in everybody:
            if one.client_id in known or one.is_restricted:
                continue
            self.fields[f"kin-{one.client_id}"] = forms.ChoiceField(
                label=f"{full_name(one.client)} is to the head", required=False,
                choices=[("", "Do not keep"), *Kinship.choices],
                initial=AS_FAMILY.get(one.relationship_to_hoh or 0, ""),
            )  # fmt: skip

    @property
    def head(self) -> Client:
        """Whose family it is."""
        assert self._head is not None
        return self._head

    @property
    def chosen(self) -> Mapping[int, Kinship]:
        """By client, what they are to the head."""
        said = {name: value for name, value in self.cleaned_data.items() if value}
        return {int(name.removeprefix("kin-")): Kinship(value) for name, value in said.items()}
