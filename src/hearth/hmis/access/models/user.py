"""A person who signs in."""

from typing import Any

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import connection, models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.functional import cached_property

from hearth.hmis.access.permissions import Permission

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
    """A person who signs in by e-mail address. Rights come from grants alone.

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
    #: Somebody else set its password, which is changed before anything else (written by a trigger).
    password_due = models.BooleanField(default=False, db_default=False, editable=False)
    #: Tries on this account that failed since its last sign-in; told at the next one.
    wrong_passwords = models.IntegerField(default=0, db_default=0, editable=False)
    wrong_codes = models.IntegerField(default=0, db_default=0, editable=False)
    wrong_at = models.DateTimeField(null=True, editable=False)
    #: Time without a sign-in counts from here, or from the last sign-in: made, or reactivated.
    used_from = models.DateTimeField(db_default=Now(), editable=False)
    #: When it was locked because nobody had signed in for so long; only system administrators lift that.
    locked_unused_at = models.DateTimeField(null=True, editable=False)
    #: Training of before this day counts no more: nobody had signed in for so long (written by a trigger).
    train_again_from = models.DateField(null=True, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    objects = UserManager()

    def __str__(self) -> str:
        return self.display_name or self.email

    def get_full_name(self) -> str:
        return str(self)

    @cached_property
    def rights(self) -> dict[Permission, tuple[bool, frozenset[int]]]:
        """What this user may do now: permission → whether everywhere, and else in which projects.

        Asked of the database once (`rights_sql.py`), which enforces the same. Empty for an inactive user.
        """
        if not self.is_active or self.pk is None:
            return {}
        with connection.cursor() as cursor:
            # Many permissions reach the same projects: these are sent and read once.
            cursor.execute(
                "SELECT array_agg(permission), everywhere, projects FROM hearth_rights(%s)"
                " GROUP BY everywhere, projects",
                [self.pk],
            )
            rows = cursor.fetchall()
        return {
            Permission(name): reach
            for names, everywhere, projects in rows
            for reach in [(everywhere, frozenset(projects))]
            for name in names
        }

    @cached_property
    def roles(self) -> frozenset[str]:
        """Codes of the roles that this user holds somewhere today. Empty for an inactive user."""
        return frozenset(self.grants_now.values_list("role", flat=True)) if self.is_active else frozenset()

    @property
    def permissions(self) -> frozenset[Permission]:
        """Everything this user may do somewhere. Empty for an inactive user."""
        return frozenset(self.rights) if self.is_active else frozenset()

    def may(self, permission: Permission, *, project: int | None = None) -> bool:
        """Whether this user may do it: anywhere, or in the project of that id."""
        if not self.is_active or permission not in self.rights:
            return False
        everywhere, projects = self.rights[permission]
        return project is None or everywhere or project in projects

    def everywhere(self, permission: Permission) -> bool:
        """Whether this user may do it without limit."""
        return self.is_active and self.rights.get(permission, (False, frozenset()))[0]

    def projects(self, permission: Permission) -> frozenset[int]:
        """The projects in which this user may do it, apart from doing it everywhere."""
        return self.rights.get(permission, (False, frozenset()))[1] if self.is_active else frozenset()

    @property
    def grants_now(self) -> "models.QuerySet[Any]":
        """The grants in force today."""
        today = timezone.localdate()
        return (
            self.grants.filter(ended_at__isnull=True, begins_on__lte=today)
            .filter(models.Q(ends_on__isnull=True) | models.Q(ends_on__gt=today))
            .select_related("organization", "project", "project_group")
            .order_by("role", "pk")
        )

    @property
    def own_projects(self) -> frozenset[int]:
        """The projects whose enrollments this user sees whatever their clients share."""
        return self.projects(Permission.ENROLLMENT_VIEW)

    @property
    def sees_all(self) -> bool:
        """Whether all enrollments are this user's to see: system administrators."""
        return self.everywhere(Permission.ENROLLMENT_VIEW)

    @property
    def sees_clients(self) -> bool:
        """Whether this user may see who the clients are at all."""
        return self.may(Permission.CLIENT_VIEW)
