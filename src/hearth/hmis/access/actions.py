"""Adding people, giving roles and passwords. Roles are given by system administrators alone; the
database says so too (migration 0004)."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, connection, transaction

from hearth.hmis.access.context import acting
from hearth.hmis.access.lock import forget_failures
from hearth.hmis.access.models import Membership, User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.access.roles import Role, SystemAdministrator
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access


def give_role(*, by: User, user: User, role: type[Role], organization: int | None = None) -> Membership:
    """Give a user a role, for the organization of that id where it is held so. Raises PermissionDenied
    unless `by` may edit users."""
    if not by.may(Permission.USER_EDIT):
        raise PermissionDenied
    with acting(by):
        given = Membership.objects.create(
            user=user, role=role.code, organization_id=organization, created_by=by
        )
        record_access(
            by=by.pk, action=Access.ROLE_CHANGED, subject=f"user:{user.pk}",
            done="given", role=role.code, organization=organization,
        )  # fmt: skip
        return given


@transaction.atomic
def become_first_administrator(*, by: User) -> bool:
    """Make `by` the system administrator of an installation that has none; False where there is one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT hearth_make_first_administrator(%s)", [by.pk])
        made = bool(cursor.fetchone()[0])
    if made:
        with acting(by):
            record_access(
                by=by.pk, action=Access.ROLE_CHANGED, subject=f"user:{by.pk}",
                done="given", role=SystemAdministrator.code, organization=None,
            )  # fmt: skip
    return made


@transaction.atomic
def add_user(*, by: User, email: str, name: str, role: type[Role], organization: int | None = None) -> User:
    """Add a person with a role, or give the role to somebody who is there. Raises ValueError with a sentence
    for an address that is none, and an organization or membership that cannot be."""
    try:
        validate_email(email)
    except ValidationError as error:
        raise ValueError(f"{email} is not an e-mail address.") from error
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        user = User.objects.create_user(email, display_name=name)
        with acting(by):
            record_access(by=by.pk, action=Access.USER_CHANGED, subject=f"user:{user.pk}", done="added")
    try:
        with transaction.atomic():
            give_role(by=by, user=user, role=role, organization=organization)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except IntegrityError as error:
        if "membership_once" in str(error):
            raise ValueError(f"{user.email} has this role already.") from error
        raise ValueError(f"There is no organization {organization}.") from error
    return user


@transaction.atomic
def set_password(*, by: User, email: str, password: str) -> None:
    """Give somebody a new password. Raises ValueError with a sentence when there is nobody of that address
    or the password is too weak."""
    if not by.may(Permission.USER_EDIT):
        raise PermissionDenied
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        raise ValueError(f"Nobody has the address {email}.")
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ValueError(" ".join(error.messages)) from error
    user.set_password(password)
    user.save(update_fields=["password"])
    with acting(by):
        record_access(by=by.pk, action=Access.PASSWORD_CHANGED, subject=f"user:{user.pk}")


@transaction.atomic
def deactivate(*, by: User, email: str) -> User:
    """Let somebody in no more, from the next request on. Raises ValueError for the last administrator."""
    user = _user(by, email)
    if _is_last_administrator(user):
        raise ValueError(f"{user.email} is the only system administrator: make somebody else one first.")
    user.is_active = False
    user.save(update_fields=["is_active"])
    _end_sessions(user)
    _record(by, user, Access.USER_CHANGED, done="deactivated")
    return user


@transaction.atomic
def remove_role(*, by: User, email: str, role: type[Role], organization: int | None = None) -> User:
    """Take a role from somebody. Raises ValueError where it is not held, or is the last administrator's."""
    user = _user(by, email)
    if role is SystemAdministrator and _is_last_administrator(user):
        raise ValueError(f"{user.email} is the only system administrator: make somebody else one first.")
    with acting(by):
        gone, _ = Membership.objects.filter(user=user, role=role.code, organization_id=organization).delete()
    if not gone:
        raise ValueError(f"{user.email} does not hold this role.")
    _record(by, user, Access.ROLE_CHANGED, done="removed", role=role.code, organization=organization)
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
    return user


def _is_last_administrator(user: User) -> bool:
    administrators = User.objects.filter(is_active=True, memberships__role=SystemAdministrator.code)
    return list(administrators.values_list("pk", flat=True).distinct()[:2]) == [user.pk]


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
