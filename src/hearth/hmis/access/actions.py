"""Adding people, giving roles and passwords. Roles are given by system administrators alone; the
database says so too (migration 0004)."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, connection, transaction

from hearth.hmis.access.context import acting
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
