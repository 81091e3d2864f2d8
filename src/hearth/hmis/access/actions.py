"""Adding people, giving and ending grants, passwords and doors of accounts.

Who may do it is the database's to say (`rights_sql.py`): these actions ask the same functions that its
policies and triggers ask, so that they can refuse in words.
"""

from datetime import date
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from psycopg.types.json import Jsonb

from hearth.hmis.access.context import acting
from hearth.hmis.access.group_lock import lock_project_group
from hearth.hmis.access.lock import forget_failures
from hearth.hmis.access.models import Grant, User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.access.roles import Role, SystemAdministrator
from hearth.hmis.access.scopes import SCOPES, Scope
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access


def system_administrators() -> QuerySet[User]:
    """Whoever holds the role now. Asked of a function of the database: a command asks before anybody acts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT hearth_system_administrators()")
        return User.objects.filter(pk__in=[row[0] for row in cursor.fetchall()])


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
    if grant.role == SystemAdministrator.code and _is_last_administrator(grant.user):
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
def set_password(*, by: User, email: str, password: str) -> None:
    """Give somebody a new password. Raises ValueError with a sentence when there is nobody of that address
    or the password is too weak."""
    user = _user(by, email)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ValueError(" ".join(error.messages)) from error
    user.set_password(password)
    with acting(by):
        user.save(update_fields=["password"])
    _record(by, user, Access.PASSWORD_CHANGED)


@transaction.atomic
def deactivate(*, by: User, email: str) -> User:
    """Let somebody in no more, from the next request on. Raises ValueError for the last administrator."""
    user = _user(by, email)
    if _is_last_administrator(user):
        raise ValueError(f"{user.email} is the only system administrator: make somebody else one first.")
    user.is_active = False
    with acting(by):
        user.save(update_fields=["is_active"])
    _end_sessions(user)
    _record(by, user, Access.USER_CHANGED, done="deactivated")
    return user


@transaction.atomic
def reactivate(*, by: User, email: str) -> User:
    """Let somebody in again who was deactivated, or locked because nobody signed in for long: that a system
    administrator lifts, others get a ValueError with a sentence. Time without a sign-in counts anew."""
    user = _user(by, email)
    if user.locked_unused_at is not None and not by.everywhere(Permission.USER_EDIT):
        raise ValueError(f"{user.email} is locked for want of sign-ins: ask a system administrator.")
    user.is_active, user.locked_unused_at, user.used_from = True, None, timezone.now()
    with acting(by):
        user.save(update_fields=["is_active", "locked_unused_at", "used_from"])
    _record(by, user, Access.USER_CHANGED, done="reactivated")
    return user


@transaction.atomic
def remove_role(*, by: User, email: str, role: type[Role], scope: Scope, reason: str = "") -> User:
    """End the grants of a role that somebody holds in one scope. Raises ValueError where there is none, or it
    is the last administrator's."""
    user = _user(by, email)
    with acting(by):
        held = list(Grant.objects.filter(user=user, role=role.code, ended_at__isnull=True, **scope.values()))
    if not held:
        raise ValueError(f"{user.email} does not hold this role there.")
    for grant in held:
        end_grant(by=by, grant=grant, reason=reason)
    return user


@transaction.atomic
def unlock(*, by: User, email: str) -> int:
    """Forget the failed tries on an account; returns how many there were."""
    user = _user(by, email)
    count = forget_failures(user)
    _record(by, user, Access.USER_CHANGED, done="unlocked")
    return count


@transaction.atomic
def end_sessions(*, by: User, email: str) -> int:
    """Sign somebody out everywhere; returns of how many sessions."""
    user = _user(by, email)
    ended = _end_sessions(user)
    _record(by, user, Access.USER_CHANGED, done="signed out everywhere", sessions=ended)
    return ended


@transaction.atomic
def reset_mfa(*, by: User, email: str) -> bool:
    """Take somebody's second step and recovery codes away; whether there were any."""
    user = _user(by, email)
    found, _ = Authenticator.objects.filter(user=user).delete()
    _record(by, user, Access.SECOND_STEP_CHANGED, done="removed")
    return bool(found)


def _user(by: User, email: str) -> User:
    if not by.may(Permission.USER_EDIT):
        raise PermissionDenied
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        raise ValueError(f"Nobody has the address {email}.")
    with acting(by), connection.cursor() as cursor:
        cursor.execute("SELECT hearth_may_administer(%s)", [user.pk])
        if not cursor.fetchone()[0]:
            raise PermissionDenied
    return user


def _is_last_administrator(user: User) -> bool:
    return list(system_administrators().values_list("pk", flat=True)[:2]) == [user.pk]


def _end_sessions(user: User) -> int:
    mine = [
        session.pk
        for session in Session.objects.iterator()
        if session.get_decoded().get(SESSION_KEY) == str(user.pk)
    ]
    Session.objects.filter(pk__in=mine).delete()
    return len(mine)


def _record(by: User, user: User, action: Access, **details: Any) -> None:
    with acting(by):
        record_access(by=by.pk, action=action, subject=f"user:{user.pk}", **details)
