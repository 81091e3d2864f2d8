"""Adding people, giving and ending grants. What is done to an account itself stands in `accounts/actions.py`.

Who may do it is the database's to say (`rights_sql.py`): these actions ask the same functions that its
policies and triggers ask, so that they can refuse in words.
"""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from psycopg.types.json import Jsonb

from hearth.hmis.access.administered import administered, is_last_administrator
from hearth.hmis.access.context import acting
from hearth.hmis.access.group_lock import lock_project_group
from hearth.hmis.access.models import Grant, User
from hearth.hmis.access.roles import Role, SystemAdministrator
from hearth.hmis.access.scopes import SCOPES, Scope
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access


@transaction.atomic
def give_grant(
    *,
    by: User,
    user: User,
    role: type[Role],
    scope: Scope,
    begins_on: date | None = None,
    ends_on: date | None = None,
    reason: str = "",
) -> Grant:
    """Give a user a role in a scope, from `begins_on` (today) until before `ends_on`.

    Raises PermissionDenied where `by` may not: to themselves, outside the own scope, or more than they hold
    there. Raises ValueError with a sentence for what cannot be.
    """
    if type(scope) not in role.scopes:
        held = " or ".join(kind.name[0].lower() + kind.name[1:] for kind in role.scopes)
        raise ValueError(f"The role {role.name} is held for {held}.")
    begins_on = begins_on or timezone.localdate()
    if ends_on is not None and ends_on <= begins_on:
        raise ValueError("A grant ends after the day on which it begins.")
    grant = Grant(
        user=user, role=role.code, begins_on=begins_on, ends_on=ends_on, reason=reason, **scope.values()
    )
    with acting(by):
        if grant.project_group_id:
            lock_project_group(grant.project_group_id)
        if not _may_give(grant):
            raise PermissionDenied
        try:
            with transaction.atomic():
                grant.save(force_insert=True)
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except IntegrityError as error:
            if "grant_once" in str(error):
                raise ValueError(f"{user.email} has this role there already.") from error
            raise ValueError(_NOT_THERE[type(scope).code]) from error
        _record(by, user, Access.ROLE_CHANGED, done="given", **_of_grant(grant))
    return grant


@transaction.atomic
def end_grant(*, by: User, grant: Grant, reason: str = "") -> None:
    """End a grant from the next request on. Raises PermissionDenied where `by` may not give such a one, and
    ValueError with a sentence for one that is over, and for the last system administrator's."""
    if grant.role == SystemAdministrator.code and is_last_administrator(grant.user):
        raise ValueError(
            f"{grant.user.email} is the only system administrator: make somebody else one first."
        )
    with acting(by):
        if not _may_give(grant):
            raise PermissionDenied
        # Another administrator may have ended it since it was read.
        if not Grant.objects.filter(pk=grant.pk, ended_at__isnull=True).update(end_reason=reason):
            raise ValueError("This grant is over already.")
        _record(by, grant.user, Access.ROLE_CHANGED, done="ended", **_of_grant(grant))


_NOT_THERE = {
    "organization": "There is no such organization.",
    "project": "There is no such project.",
    "project_group": "There is no such group of projects.",
}


def _of_grant(grant: Grant) -> dict[str, Any]:
    where = {name: value for name, value in grant.where.values().items() if value not in (None, "")}
    return {"role": grant.role, **where}


def _may_give(grant: Grant) -> bool:
    """Whether the acting user may give or end it: what the database says of the row as it would be stored."""
    columns = {column for kind in SCOPES.values() for column in kind.columns()} | {"user_id", "role", "scope"}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT hearth_may_give(jsonb_populate_record(NULL::access_grant, %s))",
            [Jsonb({column: getattr(grant, column) for column in columns})],
        )
        return bool(cursor.fetchone()[0])


@transaction.atomic
def become_first_administrator(*, by: User) -> bool:
    """Make `by` the system administrator of an installation that has none; False where there is one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT hearth_make_first_administrator(%s)", [by.pk])
        made = bool(cursor.fetchone()[0])
    if made:
        _record(by, by, Access.ROLE_CHANGED, done="given", role=SystemAdministrator.code)
    return made


@transaction.atomic
def add_user(
    *,
    by: User,
    email: str,
    name: str,
    role: type[Role],
    scope: Scope,
    begins_on: date | None = None,
    ends_on: date | None = None,
    reason: str = "",
) -> User:
    """Add a person with a grant, or give one to somebody who is there. Raises ValueError with a sentence for
    an address that is none, and for a grant that cannot be; PermissionDenied like `give_grant`."""
    try:
        validate_email(email)
    except ValidationError as error:
        raise ValueError(f"{email} is not an e-mail address.") from error
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        user = User.objects.create_user(email, display_name=name)
        _record(by, user, Access.USER_CHANGED, done="added")
    give_grant(by=by, user=user, role=role, scope=scope, begins_on=begins_on, ends_on=ends_on, reason=reason)
    return user


@transaction.atomic
def remove_role(*, by: User, email: str, role: type[Role], scope: Scope, reason: str = "") -> User:
    """End the grants of a role that somebody holds in one scope. Raises ValueError where there is none, or it
    is the last administrator's."""
    user = administered(by, email)
    with acting(by):
        held = list(Grant.objects.filter(user=user, role=role.code, ended_at__isnull=True, **scope.values()))
    if not held:
        raise ValueError(f"{user.email} does not hold this role there.")
    for grant in held:
        end_grant(by=by, grant=grant, reason=reason)
    return user


def _record(by: User, user: User, action: Access, **details: Any) -> None:
    with acting(by):
        record_access(by=by.pk, action=action, subject=f"user:{user.pk}", **details)
