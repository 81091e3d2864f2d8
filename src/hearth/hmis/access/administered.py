"""Who is system administrator, and whose account somebody administers: what actions ask before they act."""

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import QuerySet

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission


def system_administrators() -> QuerySet[User]:
    """Whoever holds the role now. Asked of a function of the database: a command asks before anybody acts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT hearth_system_administrators()")
        return User.objects.filter(pk__in=[row[0] for row in cursor.fetchall()])


def is_last_administrator(user: User) -> bool:
    """Whether nobody else is system administrator now."""
    return list(system_administrators().values_list("pk", flat=True)[:2]) == [user.pk]


def administered(by: User, email: str) -> User:
    """The user of an address, whose account `by` administers. Raises PermissionDenied where they do not, and
    ValueError with a sentence where there is nobody."""
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
