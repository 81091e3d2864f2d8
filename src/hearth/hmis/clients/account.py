"""The account of who looked at a client's record, to print and hand to the client.

Whoever works with clients prints what they may know: looks of organizations that they know to serve the
client, without the names of staff, and of administrators. Nothing says whether there were others, not even a
number: the sentence about them stands on every account. Who reads the access log prints all of it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.utils import timezone

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.clients.models import Client
from hearth.hmis.organizations.choices import organization_names
from hearth.hmis.organizations.models import Organization

#: Said on every account that is not whole.
NOT_ALL = (
    "Organizations are named here that the one who prints this knows to serve this person. There may be"
    " others, or none: an administrator of this HMIS prints the whole account."
)
#: What an account does not hold, whoever prints it.
NOT_LISTED = (
    "Lists, search results, reports and exports in which this person was one of several are not listed. What"
    " was printed, exported or seen cannot be called back, also where this person shares no more."
)

_LOOKED = "SELECT at, account, organizations, is_administrator, action FROM hearth_who_looked(%s)"
_WHAT = {Access.CLIENT_VIEWED: "Record opened", Access.SSN_REVEALED: "Social Security number shown in full"}
_ADMINISTRATORS = "Administrators of this HMIS"
#: More days than this are not listed one by one; how many more there are is said.
MOST_LINES = 1_000


@dataclass(frozen=True, slots=True)
class Looked:
    """What was done on one day by people of the same organizations. `by`: who it was, where that is told."""

    day: date
    organizations: str
    by: str
    what: str
    times: int


@dataclass(frozen=True, slots=True)
class Account:
    """The latest day first. `is_whole`: nobody is left out; `more`: lines that are not listed."""

    lines: list[Looked]
    is_whole: bool
    more: int


def account_of(user: User, client: Client) -> Account:
    """What this user may hand to the client."""
    with connection.cursor() as cursor:
        cursor.execute(_LOOKED, [client.pk])
        rows = cursor.fetchall()
    wanted = {pk for row in rows for pk in row[2]}
    names = organization_names(Organization.objects.restrict(user).filter(pk__in=wanted))
    people = {one.pk: str(one) for one in User.objects.filter(pk__in={row[1] for row in rows if row[1]})}
    counted = Counter(
        (
            _day(at),
            _places(organizations, names, is_administrator),
            people.get(account, ""),
            _WHAT[Access(action)],
        )
        for at, account, organizations, is_administrator, action in rows
    )
    lines = [Looked(*key, times) for key, times in counted.items()]
    lines.sort(key=lambda one: one.day, reverse=True)
    is_whole = user.everywhere(Permission.ACCESS_LOG_VIEW)
    return Account(lines[:MOST_LINES], is_whole, max(0, len(lines) - MOST_LINES))


def _day(at: datetime) -> date:
    return timezone.localtime(at).date()


def _places(organizations: Sequence[int], names: dict[int, str], is_administrator: bool) -> str:
    said = [names.get(pk, "") for pk in organizations]
    if is_administrator:
        said.append(_ADMINISTRATORS)
    return ", ".join(filter(None, said)) or "No organization"
