"""Where clients were last, and with whom, for lists of clients: only through enrollments one may see."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.clients.beside import Beside
from hearth.hmis.enrollments.models import Enrollment, Exit
from hearth.hmis.organizations.confidential import CONFIDENTIAL_ORGANIZATION, CONFIDENTIAL_PROJECT


def beside(user: User, clients: Iterable[int]) -> dict[int, Beside]:
    """By client: the visible enrollment that began last, its exit, and its household. Two queries."""
    if not user.may(Permission.ENROLLMENT_VIEW):
        return {}
    exits = _live(Exit, user).filter(enrollment=OuterRef("pk")).order_by("is_faulty", "-id")
    last = (
        _live(Enrollment, user)
        .filter(client__in=list(clients))
        .annotate(until=Subquery(exits.values("exit_date")[:1]))
        .order_by("client", F("entry_date").desc(nulls_last=True), "-id")
        .distinct("client")
    )
    rows = list(
        last.values_list(
            "client", "project", "household_id", "entry_date", "until",
            "project__project_name", "organization__organization_name",
        )
    )  # fmt: skip
    households = _households(user, {(project, key) for _, project, key, *_ in rows if key})
    return {
        client: Beside(
            project=name or "Project without a name",
            organization=CONFIDENTIAL_ORGANIZATION if name == CONFIDENTIAL_PROJECT else agency or "",
            since=since,
            until=until,
            household=[one for one in households.get((project, key), []) if one.pk != client],
        )
        for client, project, key, since, until, name, agency in rows
    }


def _households(user: User, wanted: set[tuple[int, str]]) -> dict[tuple[int, str], list[Any]]:
    """The people of households, the head first, each once."""
    members = (
        _live(Enrollment, user)
        .filter(household_id__in={key for _, key in wanted}, project__in={project for project, _ in wanted})
        .filter(client__date_deleted__isnull=True)
        .select_related("client")
        .only(
            "client", "project", "household_id", "relationship_to_hoh", "client__first_name",
            "client__middle_name", "client__last_name", "client__name_suffix",
        )
        .order_by("relationship_to_hoh", "client__dob", "id")
    )  # fmt: skip
    found: dict[tuple[int, str], dict[int, Any]] = defaultdict(dict)
    for member in members:
        found[member.project_id, member.household_id].setdefault(member.client_id, member.client)
    return {household: list(people.values()) for household, people in found.items()}


def _live(model: Any, user: User) -> QuerySet[Any]:
    return model.objects.restrict(user).filter(date_deleted__isnull=True)
