"""Reading how clients are reached."""

from django.db.models import Q, QuerySet
from django.utils import timezone

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.clients.models import Client, Contact, SpokenLanguage
from hearth.hmis.organizations.models import Organization, Project


def of(user: User, client: Client) -> QuerySet[Contact]:
    """All that the user may see and that were not taken back, those that hold first."""
    rows = Contact.objects.restrict(user).filter(client=client, removed_at=None)
    return rows.select_related("organization").order_by("until", "kind", "pk")


def holding(user: User, client: Client) -> QuerySet[Contact]:
    """Those that hold today."""
    today = timezone.localdate()
    return of(user, client).filter(
        Q(since__isnull=True) | Q(since__lte=today), Q(until__isnull=True) | Q(until__gt=today)
    )


def one(user: User, client: Client, pk: int) -> Contact | None:
    """One that the user may change; None where there is none."""
    rows = of(user, client).filter(pk=pk)
    return rows.filter(organization__in=organizations_of(user)).first()


def organizations_of(user: User) -> QuerySet[Organization]:
    """In whose name the user records how somebody is reached."""
    found = Organization.objects.restrict(user).filter(date_deleted=None)
    if not user.everywhere(Permission.CLIENT_EDIT):
        projects = Project.objects.filter(pk__any_of=user.projects(Permission.CLIENT_EDIT))
        found = found.filter(pk__in=projects.values("organization"))
    return found.order_by("organization_name", "pk")


def language(user: User, client: Client) -> SpokenLanguage | None:
    """What holds of their language; None where nobody asked."""
    rows = SpokenLanguage.objects.restrict(user).filter(client=client)
    return rows.order_by("asked_on", "pk").last()
