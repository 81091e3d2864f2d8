"""Reading enrollments and what hangs on them, for whoever may.

Each query is about all enrollments of a page at once, so that a page with thirty stays asks as many
questions as a page with one.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection, models
from django.db.models import Count, Max, Min, QuerySet

from hearth.hmis.access import field_rights
from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.clients.models import Client
from hearth.hmis.enrollments.models import Disabilities, Enrollment, Exit, Services
from hearth.hmis.enrollments.models.base import EnrollmentRecord
from hearth.hmis.hud import display

#: Services.RecordType of a night in a bed (list 1.4).
BED_NIGHT = 200
#: Relationship to the head of household: the head (list 3.15.1).
HEAD = 1

_BED_NIGHTS = """
    SELECT enrollment_id, min(night), max(night), count(*) FROM (
        SELECT enrollment_id, night,
            night - (row_number() OVER (PARTITION BY enrollment_id ORDER BY night))::integer AS run
        FROM (SELECT DISTINCT enrollment_id, date_provided AS night FROM enrollments_services
              WHERE enrollment_id = ANY (%s) AND record_type = %s AND date_provided IS NOT NULL
                AND date_deleted IS NULL) AS nights
    ) AS runs GROUP BY enrollment_id, run ORDER BY 2
"""


@dataclass(frozen=True, slots=True)
class Nights:
    """Bed nights without a gap, from the first to the last."""

    first: date
    last: date
    count: int


@dataclass(frozen=True, slots=True)
class Member:
    """One person of a household, through their own enrollment."""

    enrollment: Enrollment
    relationship: str

    @property
    def is_head(self) -> bool:
        return self.enrollment.relationship_to_hoh == HEAD


@dataclass(slots=True)
class Stay:
    """One enrollment with its exit, its household (the others only) and its bed nights."""

    enrollment: Enrollment
    exit: Exit | None = None
    others: list[Member] = field(default_factory=list)
    nights: list[Nights] = field(default_factory=list)

    @property
    def night_count(self) -> int:
        return sum(nights.count for nights in self.nights)


def visible(model: type[models.Model], user: User) -> QuerySet[Any]:
    """Rows that the user may see; deleted ones only for administrators. That HIV was asked about is not shown
    to whoever may not see what was answered."""
    rows = model.objects.restrict(user)
    if model is Disabilities and (places := field_rights.places_without(user, Permission.HIV_VIEW)):
        rows = rows.exclude(places, disability_type=field_rights.HIV)
    return rows if user.sees_all else rows.filter(date_deleted__isnull=True)


def enrolled_with(user: User, key: str) -> Enrollment | None:
    """The enrollment that this user made with a key; None where there is none."""
    rows = visible(Enrollment, user)
    return rows.filter(hud_id=key, created_by=user, data_source__is_hearth=True).first()


def stays_of(user: User, client: Client) -> list[Stay]:
    """The enrollments of a client that the user may see, the latest first."""
    return _stays(user, visible(Enrollment, user).filter(client=client))


def stay(user: User, pk: int) -> Stay | None:
    """One enrollment, or None when there is none that the user may see; of a deleted client neither."""
    rows = visible(Enrollment, user).filter(pk=pk)
    if not user.sees_all:
        rows = rows.filter(client__date_deleted__isnull=True)
    found = _stays(user, rows)
    return found[0] if found else None


def together(user: User, stay: Stay) -> list[Stay]:
    """A stay and those of the others of its household, who left too, as far as the user may see them; the
    head first."""
    ids = [stay.enrollment.pk, *(one.enrollment.pk for one in stay.others)]
    rows = _stays(user, visible(Enrollment, user).filter(pk__in=ids, date_deleted=None))
    return sorted(rows, key=lambda one: (one.enrollment.relationship_to_hoh != HEAD, one.enrollment.pk))


def _stays(user: User, enrollments: QuerySet[Enrollment]) -> list[Stay]:
    rows = enrollments.select_related(
        "client", "project", "organization", "data_source", "created_by", "updated_by"
    ).order_by(models.F("entry_date").desc(nulls_last=True), "-id")
    stays = {row.pk: Stay(row) for row in rows}
    for exit_ in visible(Exit, user).filter(enrollment__in=list(stays)).order_by("is_faulty", "-id"):
        one = stays[exit_.enrollment_id]
        if one.exit is None or (one.exit.date_deleted and not exit_.date_deleted):
            one.exit = exit_
    _add_households(user, stays)
    with connection.cursor() as cursor:
        cursor.execute(_BED_NIGHTS, [list(stays), BED_NIGHT])
        for enrollment, first, last, count in cursor.fetchall():
            stays[enrollment].nights.append(Nights(first, last, count))
    return list(stays.values())


def _add_households(user: User, stays: dict[int, Stay]) -> None:
    of_household = defaultdict(list)
    for one in stays.values():
        if one.enrollment.household_id:
            of_household[one.enrollment.project_id, one.enrollment.household_id].append(one)
    if not of_household:
        return
    members = (
        visible(Enrollment, user)
        .filter(household_id__in={household for _, household in of_household})
        .filter(project__in={project for project, _ in of_household})
        .select_related("client")
        .only("client", "project", "household_id", "relationship_to_hoh", "date_deleted", *_STAY, *_NAME)
        .order_by("relationship_to_hoh", "client__dob", "id")
    )
    if not user.sees_all:
        members = members.filter(client__date_deleted__isnull=True)
    for member in members:
        for one in of_household.get((member.project_id, member.household_id), ()):
            if member.client_id != one.enrollment.client_id:
                one.others.append(Member(member, display.words(member, "relationship_to_hoh")))


_STAY = ("entry_date", "move_in_date")
_NAME = tuple(f"client__{name}" for name in ("first_name", "middle_name", "last_name", "name_suffix", "dob"))


def records(user: User, model: type[EnrollmentRecord], enrollments: Iterable[int], **filters: Any) -> Any:
    """Records of one kind of these enrollments that the user may see, as a query set."""
    return visible(model, user).filter(enrollment__in=list(enrollments), **filters)


def grouped(user: User, model: type[EnrollmentRecord], enrollments: Iterable[int], day: str, *by: str) -> Any:
    """How many records of a kind, from when to when, for each enrollment and each value of `by`."""
    rows = records(user, model, enrollments).filter(date_deleted__isnull=True)
    if model is Services:
        rows = rows.exclude(record_type=BED_NIGHT)
    return (
        rows.values("enrollment_id", *by)
        .annotate(times=Count("pk"), first=Min(day), last=Max(day))
        .order_by("last")
    )
