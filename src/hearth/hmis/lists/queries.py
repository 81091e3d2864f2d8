"""What a user keeps of a list."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from hearth.hmis.access.models import User
from hearth.hmis.lists.models import KeptView
from hearth.hmis.ui.record_list import Keeping, Query, SavedView


def query(user: User, name: str, asked: Mapping[str, Any]) -> Query:
    """What an address asks of the list of that name, with what its user keeps of it."""
    kept = list(KeptView.objects.restrict(user).filter(list=name).order_by("name"))
    columns = next((one.asked for one in kept if not one.name), "")
    views = tuple(
        SavedView(one.name, f"?{one.asked}", reverse("lists:remove", args=[one.pk]))
        for one in kept
        if one.name
    )
    at = {part: reverse(f"lists:{part}", args=[name]) for part in ("columns", "views")}
    return Query(asked, Keeping(columns, views, at["columns"], at["views"]))
