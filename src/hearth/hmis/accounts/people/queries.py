"""The people who may sign in, as far as the viewer administers them, and where each stands.

Whose grants the viewer sees is the database's to say (`models/grant.py`): a person is listed who has, or had,
a grant in the viewer's own scope; system administrators have everybody.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from allauth.mfa.models import Authenticator
from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from hearth.hmis.access import lock
from hearth.hmis.access.models import Grant, User
from hearth.hmis.access.models.grant import ADMINISTERED
from hearth.hmis.access.permissions import WORDS, Permission
from hearth.hmis.access.roles import ROLES
from hearth.hmis.accounts import open_sessions
from hearth.hmis.accounts.people import unused

#: A grant that ends within so many days is about to lapse.
LAPSES_WITHIN = timedelta(days=30)


class Standing(StrEnum):
    """Where an account stands; the value stands in addresses."""

    ACTIVE = "active"
    INVITED = "invited"
    NEVER = "never"
    WITHOUT = "without"
    INACTIVE = "inactive"
    LOCKED = "locked"


#: Words and tone of each.
SAID: dict[Standing, tuple[str, str]] = {
    Standing.ACTIVE: ("Active", "success"),
    Standing.INVITED: ("Invited, no password yet", "info"),
    Standing.NEVER: ("Never signed in", "warning"),
    Standing.WITHOUT: ("No rights now", "warning"),
    Standing.INACTIVE: ("Deactivated", "neutral"),
    Standing.LOCKED: ("Locked: no sign-in for long", "error"),
}


@dataclass(frozen=True, slots=True)
class Person:
    """A user with the grants that the viewer sees, the current ones first, and whether the viewer may help
    with the account itself (password, sessions …)."""

    user: User
    grants: tuple[Grant, ...]
    today: date

    @property
    def now(self) -> list[Grant]:
        """The grants in force."""
        return [one for one in self.grants if _stands(one, self.today) and one.begins_on <= self.today]

    @property
    def coming(self) -> list[Grant]:
        """The grants that begin later."""
        return [one for one in self.grants if _stands(one, self.today) and one.begins_on > self.today]

    @property
    def over(self) -> list[Grant]:
        """The grants that are over, the latest first."""
        return [one for one in reversed(self.grants) if not _stands(one, self.today)]

    @property
    def standing(self) -> Standing:
        """The first that applies."""
        if not self.user.is_active:
            return Standing.LOCKED if self.user.locked_unused_at else Standing.INACTIVE
        if self.user.last_login is None:
            return Standing.NEVER if self.user.has_usable_password() else Standing.INVITED
        return Standing.ACTIVE if self.now else Standing.WITHOUT

    @property
    def said(self) -> tuple[str, str]:
        """Words and tone of where the account stands."""
        return SAID[self.standing]

    @property
    def locks_on(self) -> date | None:
        """The day on which the account is locked without a sign-in, where that is soon."""
        day = unused.locks_on(self.user)
        return day if self.user.is_active and day and day <= self.today + LAPSES_WITHIN else None

    @property
    def needs_training(self) -> bool:
        """Whether nobody signed in for so long that training is due again before the next time."""
        return unused.days_unused(self.user) >= unused.TRAINED_AGAIN_AFTER

    @property
    def lapses_on(self) -> date | None:
        """The last day of the grant that ends next, where that is soon."""
        if not self.user.is_active:
            return None
        ends = [one.last_day for one in self.now if one.last_day is not None]
        return min(ends) if ends and min(ends) < self.today + LAPSES_WITHIN else None


def _stands(grant: Grant, today: date) -> bool:
    return grant.ended_at is None and (grant.ends_on is None or grant.ends_on > today)


def people(viewer: User) -> list[Person]:
    """Everybody whom the viewer administers, wholly or in part, and the viewer. The viewer acts."""
    held = _grants_by_user(viewer)
    users = User.objects.order_by("email")
    if not viewer.everywhere(Permission.USER_EDIT):
        users = users.filter(pk__in=[*held, viewer.pk])
    today = timezone.localdate()
    return [Person(user, tuple(held.get(user.pk, ())), today) for user in users]


def person(viewer: User, pk: int) -> Person | None:
    """One of them; None where there is none, or not for this viewer. The same is asked in both cases, so that
    not even the time tells whether an account of others is there."""
    if not 0 < pk < 1 << 63:
        return None
    grants = _grants_by_user(viewer, pk).get(pk, [])
    if not (grants or viewer.everywhere(Permission.USER_EDIT) or pk == viewer.pk):
        return None
    user = User.objects.filter(pk=pk).first()
    return Person(user, tuple(grants), timezone.localdate()) if user else None


def _grants_by_user(viewer: User, user: int | None = None) -> dict[int, list[Grant]]:
    found = defaultdict(list)
    for one in _visible(viewer, user):
        found[one.user_id].append(one)
    return found


def _visible(viewer: User, user: int | None) -> QuerySet[Grant]:
    """The grants that the viewer administers; the policy of rows also shows auditors all, and everybody the
    own, which lists nobody."""
    rows = Grant.objects.restrict(viewer)
    if user is not None:
        rows = rows.filter(user_id=user)
    if not viewer.everywhere(Permission.USER_EDIT) and viewer.everywhere(Permission.ACCESS_LOG_VIEW):
        rows = rows.annotate(within=RawSQL(ADMINISTERED, [])).filter(within=True)  # noqa: S611  # ours
    related = ("organization", "project", "project_group", "given_by", "ended_by")
    return rows.select_related(*related).order_by("role", "begins_on", "pk")


def grant(viewer: User, of: User, pk: int) -> Grant | None:
    """A grant of a person; None where there is none, or not for this viewer."""
    return _visible(viewer, of.pk).filter(pk=pk).first() if 0 < pk < 1 << 63 else None


def may_administer(user: User) -> bool:
    """Whether the acting user may help with the doors of an account."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT hearth_may_administer(%s)", [user.pk])
        return bool(cursor.fetchone()[0])


def may_give(grants: Iterable[Grant]) -> set[int]:
    """Those of the grants, by id, that the acting user may end."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT g.id FROM access_grant g WHERE g.id = ANY (%s) AND hearth_may_give(g)",
            [[one.pk for one in grants]],
        )
        return {row[0] for row in cursor.fetchall()}


@dataclass(frozen=True, slots=True)
class Doors:
    """What can be seen of an account from outside."""

    failures: int
    sessions: int
    has_second_step: bool


def doors(user: User) -> Doors:
    """Failed tries, open sessions, second step."""
    return Doors(
        lock.failures(user),
        len(open_sessions.live(user)),
        Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).exists(),
    )


def what_they_may(held: Iterable[Grant]) -> list[tuple[str, list[str]]]:
    """(what somebody may do, through which grants) of grants, in the order of the permissions."""
    held = list(held)
    return [
        (WORDS[one], said)
        for one in Permission
        if (said := [f"{grant.place} ({grant.role_name})" for grant in held if one in _permissions(grant)])
    ]


def what_stops(ended: Grant, held: Iterable[Grant]) -> list[str]:
    """What somebody may not do any more once a grant is ended; of what another grant still lets them do
    elsewhere, that it stops here."""
    others = [one for one in held if one.pk != ended.pk]
    elsewhere = {one for grant in others for one in _permissions(grant)}
    return [
        f"{WORDS[one]}, at {ended.place}" if one in elsewhere else WORDS[one]
        for one in Permission
        if one in _permissions(ended)
    ]


def _permissions(held: Grant) -> frozenset[Permission]:
    return ROLES[held.role].permissions
