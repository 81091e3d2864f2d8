"""Restricting a client, and ending that. Who then knows of them is said in `access/rights.sql`."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from hearth.formats import counted
from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.clients.models import Client, Restriction
from hearth.hmis.organizations.models import Organization


def of(user: User, client: Client) -> QuerySet[Restriction]:
    """The restrictions of a client that the user may read, the latest first. While they act: whose they are
    is said by the database alone."""
    rows = Restriction.objects.restrict(user).filter(client=client)
    return rows.select_related("organization", "given_by", "ended_by").order_by("-begins_on", "-pk")


def names_for(user: User, client: Client) -> QuerySet[Organization]:
    """The organizations in whose name the user may restrict a client: those with a stay of theirs in a
    project in which the user may."""
    stays = client.enrollments.filter(
        date_deleted=None, project__any_of=user.projects(Permission.CLIENT_RESTRICT)
    )
    return Organization.objects.restrict(user).filter(pk__in=stays.values("organization"))


def may_restrict(user: User, client: Client) -> bool:
    """Whether the user may set a restriction of a client."""
    if not user.may(Permission.CLIENT_RESTRICT):
        return False
    return user.everywhere(Permission.CLIENT_RESTRICT) or names_for(user, client).exists()


@transaction.atomic
def restrict(
    *, by: User, client: Client, organization: Organization | None, reason: str, ends_on: date | None = None
) -> Restriction:
    """From today until before `ends_on` the client is known only to those with a stay in common.

    `organization`: in whose name; None: the installation's. Raises PermissionDenied where `by` may not in
    that name, ValueError with a sentence for what cannot be.
    """
    today = timezone.localdate()
    if ends_on is not None and ends_on <= today:
        raise ValueError("A restriction ends after today. To end it today, use “End” at the restriction.")
    if not _may(client.pk, organization.pk if organization else None):
        raise PermissionDenied
    made = Restriction.objects.create(
        client=client, organization=organization, reason=reason, begins_on=today, ends_on=ends_on
    )
    record_access(
        by=by.pk, action=Access.RESTRICTION_CHANGED, client=client.pk, restriction=made.pk, done="restricted",
        until=ends_on.isoformat() if ends_on else None,
    )  # fmt: skip
    return made


@transaction.atomic
def end(*, by: User, restriction: Restriction, reason: str) -> None:
    """End a restriction now. Raises PermissionDenied where `by` may not, ValueError where it has ended."""
    if not _may(restriction.client_id, restriction.organization_id):
        raise PermissionDenied
    ended = Restriction.objects.filter(pk=restriction.pk, ended_at=None).update(end_reason=reason)
    if not ended:
        raise ValueError("This restriction was ended meanwhile.")
    record_access(
        by=by.pk, action=Access.RESTRICTION_CHANGED, client=restriction.client_id, restriction=restriction.pk,
        done="ended",
    )  # fmt: skip


def is_in_force(client: Client) -> bool:
    """Whether a client is restricted today."""
    if not client.is_restricted:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT hearth_is_restricted(%s)", [client.pk])
        (held,) = cursor.fetchone()
    return bool(held)


def is_reached_without_a_stay(user: User, client: Client) -> bool:
    """Whether the user sees a restricted client only because they see clients everywhere: said in the access
    log at each opening."""
    if not client.is_restricted or not user.everywhere(Permission.CLIENT_VIEW):
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s <> ALL (hearth_restricted_open_to(%s))", [client.pk, user.pk])
        (without,) = cursor.fetchone()
    return bool(without)


def clear_those_over() -> str | None:
    """At night: marks of clients whose last restriction is over by its day. It changes for nobody what they
    see."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT hearth_clear_restrictions_over()")
        (cleared,) = cursor.fetchone()
    return f"{counted(cleared, 'restriction')} over." if cleared else None


def _may(client: int, organization: int | None) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT hearth_may_restrict(%s, %s)", [client, organization])
        (may,) = cursor.fetchone()
    return bool(may)
