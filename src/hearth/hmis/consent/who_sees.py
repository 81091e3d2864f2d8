"""Who can see a client, and why, as the database's policies answer (`hearth_who_sees`, access/rights.sql).

Of stays that the viewer does not see, nothing is said, nor of who sees them, nor whether there are any: the
same sentence stands on every page.
"""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection

from hearth.hmis.access.field_rights import field_rights
from hearth.hmis.access.models import Grant, User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.access.roles import ROLES
from hearth.hmis.access.scopes import SCOPES
from hearth.hmis.clients.models import Client
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.organizations.models import Organization, Project, ProjectGroup

#: Said on every page but that of whoever sees everything.
NOT_ALL = (
    "Other organizations may serve this person, or none. Stays that you do not see are not listed here, and"
    " neither is who sees them: administrators of the whole installation see all of it."
)
_ASKED = "SELECT * FROM hearth_who_sees(%s)"
_PLACES = (
    "scope",
    "organization_id",
    "project_id",
    "project_group_id",
    "coc_code",
    "funder",
    "funding_grant_id",
)


@dataclass(frozen=True, slots=True)
class Seer:
    """People with one role in one place: `people` is how many, where the viewer may know. `place` is empty
    where its name is confidential; `without`: fields that the role does not show, in words."""

    role: str
    place: str
    without: tuple[str, ...]
    people: int | None = None


@dataclass(slots=True)
class Access:
    """Who sees something. `others`: everybody whose role shows such things at all; `in_common`: others with a
    stay in common."""

    seers: list[Seer] = field(default_factory=list)
    others: bool = False
    in_common: bool = False


@dataclass(frozen=True, slots=True)
class WhoSees:
    """Of the client, and of each stay that the viewer sees, the latest first."""

    client: Access
    stays: list[tuple[Enrollment, Access]]
    is_whole: bool


def who_sees(user: User, client: Client) -> WhoSees:
    """What the acting user may know of it. The viewer acts."""
    rows = asked(client.pk)
    counts = user.everywhere(Permission.CLIENT_VIEW)
    names = _names(rows)
    by_stay: dict[int | None, Access] = defaultdict(Access)
    people: dict[tuple[int | None, Seer], int] = defaultdict(int)
    for row in rows:
        access = by_stay[row["stay"]]
        access.others |= row["why"] == "all"
        access.in_common |= row["why"] == "common"
        if row["why"] == "grant":
            people[row["stay"], _seer(row, names)] += row["people"]
    for (stay, seer), count in people.items():
        by_stay[stay].seers.append(replace(seer, people=count if counts else None))
    for access in by_stay.values():
        access.seers.sort(key=lambda one: (one.place.casefold(), one.role))
    stays = Enrollment.objects.restrict(user).filter(client=client, date_deleted=None)
    ordered = stays.select_related("project", "organization").order_by("-entry_date", "-pk")
    return WhoSees(by_stay[None], [(one, by_stay[one.pk]) for one in ordered], user.sees_all)


def asked(client: int) -> list[dict[str, Any]]:
    """The rows of `hearth_who_sees`, while somebody acts."""
    with connection.cursor() as cursor:
        cursor.execute(_ASKED, [client])
        columns = [column.name for column in cursor.description or ()]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def _seer(row: dict[str, Any], names: dict[tuple[str, int], Any]) -> Seer:
    role = ROLES[row["role"]]
    without = tuple(one.words for one in field_rights() if one.permission not in role.permissions)
    return Seer(role.name, _place(row, names), without)


def _place(row: dict[str, Any], names: dict[tuple[str, int], Any]) -> str:
    if row["scope"] is None:
        return ""
    grant = Grant(**{column: row[column] for column in _PLACES})
    for relation in ("organization", "project", "project_group"):
        if (pk := row[f"{relation}_id"]) is not None:
            return str(names.get((relation, pk), SCOPES[row["scope"]].name))
    return grant.place


def _names(rows: list[dict[str, Any]]) -> dict[tuple[str, int], Any]:
    """The organizations, projects and groups of the rows, as the viewer may call them: one query for each."""
    models: dict[str, Any] = {"organization": Organization, "project": Project, "project_group": ProjectGroup}
    return {
        (name, one.pk): one
        for name, model in models.items()
        for one in model.objects.filter(pk__in={row[f"{name}_id"] for row in rows if row[f"{name}_id"]})
    }
