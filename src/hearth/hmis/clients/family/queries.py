"""Reading who belongs to a client's family."""

from dataclasses import dataclass
from datetime import date

from django.apps import apps
from django.db.models import Q
from django.utils import timezone

from hearth.hmis.access.models import User
from hearth.hmis.clients.beside import beside
from hearth.hmis.clients.models import Client, FamilyTie
from hearth.hmis.clients.models.family import SEEN_FROM_OTHER, Kinship


@dataclass(frozen=True, slots=True)
class Relative:
    """Somebody of the family, and what they are to the client who was asked about. `tie`: by which it is
    changed."""

    client: Client
    kinship: Kinship
    since: date | None
    until: date | None
    tie: int


def family_of(user: User, client: Client, *, past: bool = False) -> list[Relative]:
    """The family of a client today, or with `past` whoever was; in the order in which they were recorded.

    Empty where the user does not see a stay of the client, and without those of whom they see none; nobody is
    family of a restricted client here. Rows come without what the user may not see (`restrict`).
    """
    rows = FamilyTie.objects.restrict(user).filter(Q(client=client) | Q(other=client), removed_at=None)
    if not past:
        today = timezone.localdate()
        rows = rows.filter(
            Q(since__isnull=True) | Q(since__lte=today), Q(until__isnull=True) | Q(until__gt=today)
        )
    ties = list(rows.order_by("pk"))
    ids = {tie.other_id if tie.client_id == client.pk else tie.client_id for tie in ties}
    people = Client.objects.restrict(user).filter(date_deleted=None).in_bulk(ids)
    found = []
    for tie in ties:
        is_seen_from_client = tie.client_id == client.pk
        pk = tie.other_id if is_seen_from_client else tie.client_id
        kinship = Kinship(tie.kinship)
        if not is_seen_from_client:
            kinship = SEEN_FROM_OTHER.get(kinship, kinship)
        if pk in people:
            found.append(Relative(people[pk], kinship, tie.since, tie.until, tie.pk))
    return found


def of_household(user: User, client: Client) -> list[Client]:
    """Who is in the client's last household, as far as the user sees, and not recorded as family."""
    there = beside(user, [client.pk]).get(client.pk)
    known = {one.client.pk for one in family_of(user, client)}
    return [one for one in there.household if one.pk not in known] if there else []


def tie(user: User, client: Client, pk: int) -> FamilyTie | None:
    """One of a client's ties; None where there is none that the user may see."""
    rows = FamilyTie.objects.restrict(user).filter(Q(client=client) | Q(other=client), removed_at=None)
    return rows.filter(pk=pk).first()


def sees_stay(user: User, client: Client) -> bool:
    """Whether the user sees a stay of a client who is not restricted: else nobody is tied to them here."""
    stays = apps.get_model("enrollments", "Enrollment").objects.restrict(user)
    return bool(stays.filter(client=client, is_restricted=False, date_deleted=None).exists())
