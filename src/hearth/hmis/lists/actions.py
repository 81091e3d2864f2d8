"""Keeping a view of a list, and forgetting it."""

from django.db import transaction

from hearth.hmis.access.models import User
from hearth.hmis.lists.models import KeptView

#: Views that a user may keep of one list; and lists that they may keep something of.
MOST_VIEWS = 30
_MOST_LISTS = 200


class TooMany(Exception):
    """The user keeps as many views as they may; the message says what to do."""


def keep_columns(*, by: User, name: str, columns: str) -> None:
    """The columns that the list is shown with from now on, as an address has them; '' for its own."""
    mine = KeptView.objects.restrict(by)
    if not columns:
        mine.filter(list=name, name="").delete()
    elif mine.filter(name="").exclude(list=name).count() < _MOST_LISTS:
        KeptView.objects.update_or_create(user=by, list=name, name="", defaults={"asked": columns})


@transaction.atomic
def keep_view(*, by: User, name: str, called: str, asked: str) -> None:
    """A view of the list under a name, instead of one that was called so. Raises `TooMany`."""
    mine = KeptView.objects.restrict(by).filter(list=name).exclude(name="").exclude(name=called)
    if mine.count() >= MOST_VIEWS:
        raise TooMany(f"A list keeps {MOST_VIEWS} views at most. Remove one first.")
    KeptView.objects.update_or_create(user=by, list=name, name=called, defaults={"asked": asked})


def remove_view(*, by: User, pk: int) -> bool:
    """Forget a view; whether there was one of this user."""
    return bool(KeptView.objects.restrict(by).filter(pk=pk).exclude(name="").delete()[0])
