"""A person who signs in."""

from typing import Any

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.utils.functional import cached_property

from hearth.hmis.access.permissions import Permission
from hearth.hmis.access.roles import ROLES, HmisUser, SystemAdministrator

#: How the key of an account begins by which failed tries are counted (accounts/sign_in.py).
ACCOUNT = "account "


class UserManager(BaseUserManager["User"]):
    """Users are made by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractUser):
    """A person who signs in by e-mail address. Rights come from memberships alone.

    Django's own groups, permissions, staff and superuser flags grant nothing in Hearth.
    """

    username = None
    first_name = None
    last_name = None
    email = models.EmailField("e-mail address", unique=True)
    display_name = models.TextField("name shown to others", blank=True)
    second_factor_due = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="Had a second step that was lost with the secret key: sets it up before anything else",
    )
    #: Tries on this account that failed since its last sign-in; told at the next one.
    wrong_passwords = models.IntegerField(default=0, db_default=0, editable=False)
    wrong_codes = models.IntegerField(default=0, db_default=0, editable=False)
    wrong_at = models.DateTimeField(null=True, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    objects = UserManager()

    def __str__(self) -> str:
        return self.display_name or self.email

    def get_full_name(self) -> str:
        return str(self)

    @cached_property
    def _memberships(self) -> tuple[tuple[str, int | None], ...]:
        return tuple(self.memberships.values_list("role", "organization_id"))

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        """Everything this user may do somewhere. Empty for an inactive user."""
        if not self.is_active:
            return frozenset()
        return frozenset().union(*(ROLES[role].permissions for role, _ in self._memberships))

    @cached_property
    def organization_ids(self) -> frozenset[int]:
        """The organizations this user works for as an HMIS user."""
        if not self.is_active:
            return frozenset()
        return frozenset(org for role, org in self._memberships if role == HmisUser.code and org is not None)

    @property
    def sees_all(self) -> bool:
        """System administrators are not limited to organizations."""
        return self.is_active and any(role == SystemAdministrator.code for role, _ in self._memberships)

    @property
    def sees_clients(self) -> bool:
        """Whether this user may see who the clients are at all."""
        return Permission.CLIENT_VIEW in self.permissions

    def may(self, permission: Permission, *, organization: int | None = None) -> bool:
        """Whether this user may do it: anywhere, or for the organization of that id."""
        if self.sees_all:
            return True
        if permission not in self.permissions:
            return False
        return organization is None or organization in self.organization_ids
