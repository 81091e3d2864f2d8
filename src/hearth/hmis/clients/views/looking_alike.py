"""Telling somebody who is entered or corrected apart from those who are alike."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest

from hearth.hmis.clients import actions
from hearth.hmis.clients.intake import alike
from hearth.hmis.clients.queries import Found


def write_down(request: HttpRequest, values: Mapping[str, Any], today: date, found: list[Found]) -> None:
    """Whoever types an identity looks for people as in the search box, and is in the access log as such."""
    shown = [one.client.pk for one in found]
    shown += [member.pk for one in found if one.beside for member in one.beside.household]
    actions.record_search(
        by=request.user,
        kinds=alike.question(values, today).kinds,
        found=list(dict.fromkeys(shown)),
        total=len(found),
        page=1,
        again=False,
    )


def told_apart(request: HttpRequest, found: list[Found]) -> list[int]:
    """Of those who are alike, whom this user said not to be the same person."""
    said = set(request.POST.getlist("not_the_same"))
    return [one.client.pk for one in found if str(one.client.pk) in said]
