"""Giving roles. The database allows it to system administrators alone (migration 0004)."""

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import Membership, User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.access.roles import Role


def give_role(*, by: User, user: User, role: type[Role], organization: int | None = None) -> Membership:
    """Give a user a role, for the organization of that id where it is held so. Raises PermissionDenied
    unless `by` may edit users."""
    if not by.may(Permission.USER_EDIT):
        raise PermissionDenied
    with acting(by):
        return Membership.objects.create(
            user=user, role=role.code, organization_id=organization, created_by=by
        )


@transaction.atomic
def become_first_administrator(*, by: User) -> bool:
    """Make `by` the system administrator of an installation that has none; False where there is one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT hearth_make_first_administrator(%s)", [by.pk])
        return bool(cursor.fetchone()[0])
