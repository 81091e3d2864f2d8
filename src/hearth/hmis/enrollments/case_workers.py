"""Who can be a case manager in a project: those who enter enrollments there, to choose from."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from hearth.hmis.access.models import User

_NOBODY = "Nobody"


def people_of(project: int) -> QuerySet[User]:
    """Those who enter enrollments in a project by a grant. Nobody, where the user who acts does not."""
    rows = User.objects.filter(pk__in=RawSQL("SELECT hearth_case_workers(%s)", [project]))
    return rows.order_by("display_name", "email", "pk")


class ManagerField(forms.TypedChoiceField):
    """A user who enters enrollments in a project; None for nobody. The choices cost one query. `also`: who is
    offered, too, because they are it already."""

    def __init__(self, *, project: int, also: User | None = None, **kwargs: Any) -> None:
        self.people = {one.pk: one for one in people_of(project)}
        shown = {one.pk: one for one in (also,) if one is not None} | self.people
        choices = [("", _NOBODY), *((str(pk), str(one)) for pk, one in shown.items())]
        kwargs.setdefault("label", "Case manager")
        super().__init__(choices=choices, coerce=int, empty_value=None, required=False, **kwargs)
