"""Agreements and training: who has what, signing, recording and withdrawing, and publishing a new version.

Who may do it, and which grants a missing one closes, is the database's to say (`rights.sql`); the actions ask
first, so that they can refuse in words.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from psycopg.types.json import Jsonb

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import Grant, RequirementMet, RequirementVersion, User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.access.requirements import REQUIREMENTS, Requirement
from hearth.hmis.access.roles import ROLES
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access

#: So many days before it ends, a record is said to end soon.
ENDS_SOON = timedelta(days=30)
#: Nobody was trained for this system before.
EARLIEST = date(1990, 1, 1)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody, or an organization, stands with the newest version of a requirement: since when they
    have it, and the first day without it (none: without end). `counts_from`: the day from which a missing one
    closes access; none: it closes nothing."""

    kind: type[Requirement]
    version: int
    counts_from: date | None
    met_on: date | None
    ends_on: date | None
    today: date

    @property
    def is_met(self) -> bool:
        """Whether there is a record that holds today."""
        return self.met_on is not None

    @property
    def counts(self) -> bool:
        """Whether a missing one closes access today."""
        return self.counts_from is not None and self.counts_from <= self.today

    @property
    def last_day(self) -> date | None:
        """The last day with it, where it ends."""
        return self.ends_on - timedelta(days=1) if self.ends_on else None

    @property
    def ends_soon(self) -> bool:
        """Whether it is to be renewed within a month."""
        return self.ends_on is not None and self.ends_on <= self.today + ENDS_SOON

    @property
    def is_due(self) -> bool:
        """Whether something is to be done: it is missing, or ends soon, and counts or will count."""
        return self.counts_from is not None and (not self.is_met or self.ends_soon)

    @property
    def said(self) -> tuple[str, str]:
        """Words and tone of where it stands."""
        if self.is_met:
            return ("Ends soon", "warning") if self.ends_soon else ("There", "success")
        if self.counts:
            return "Missing, closes access", "error"
        return ("Missing", "warning") if self.counts_from else ("Not asked for yet", "neutral")


def of_user(user: User, grants: list[Grant]) -> list[Standing]:
    """Where a user stands with what the roles of these grants require of users."""
    asked = {one.code for grant in grants for one in ROLES[grant.role].requires if not one.of_organization}
    return [one for one in _standing(user.pk) if one.kind.code in asked]


def of_organizations(pks: list[int]) -> dict[int, list[Standing]]:
    """Organization → where it stands with what is required of organizations."""
    found: dict[int, list[Standing]] = {pk: [] for pk in pks}
    today = timezone.localdate()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT o.id, s.kind, s.version, s.counts_from, s.met_on, s.ends_on"
            " FROM unnest(%s::bigint[]) AS o (id), hearth_standing(NULL, o.id) s ORDER BY s.kind",
            [pks],
        )
        for pk, code, *rest in cursor.fetchall():
            kind = REQUIREMENTS.get(code)
            if kind is not None and kind.of_organization:
                found[pk].append(Standing(kind, *rest, today))
    return found


def _standing(user: int) -> list[Standing]:
    today = timezone.localdate()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, version, counts_from, met_on, ends_on FROM hearth_standing(%s, NULL)", [user]
        )
        rows = {row[0]: row[1:] for row in cursor.fetchall()}
    return [Standing(kind, *rows[code], today) for code, kind in REQUIREMENTS.items() if code in rows]


def all_of_organization(viewer: User, pk: int) -> list[RequirementMet]:
    """The same of an organization."""
    rows = RequirementMet.objects.restrict(viewer).filter(organization_id=pk)
    return list(rows.select_related("recorded_by", "ended_by").order_by("-met_on", "-pk"))


def versions(viewer: User) -> dict[str, list[RequirementVersion]]:
    """Kind → its versions, the newest first, in the order of the kinds. The viewer acts."""
    found: dict[str, list[RequirementVersion]] = {code: [] for code in REQUIREMENTS}
    rows = RequirementVersion.objects.restrict(viewer).select_related("made_by")
    for one in rows.filter(kind__in=REQUIREMENTS).order_by("-version"):
        found[one.kind].append(one)
    return found


def all_of_user(viewer: User, user: User) -> list[RequirementMet]:
    """What was ever signed by, or recorded for, a user, the latest first, withdrawn ones too. The viewer
    acts."""
    rows = RequirementMet.objects.restrict(viewer).filter(user=user).select_related("recorded_by", "ended_by")
    return list(rows.order_by("-met_on", "-pk"))


def without_record(users: list[int]) -> dict[int, set[str]]:
    """User → the kinds of which they have no record that holds today, whether a role of theirs requires it
    or not."""
    found: dict[int, set[str]] = {pk: set() for pk in users}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT u.id, s.kind FROM unnest(%s::bigint[]) AS u (id), hearth_standing(u.id, NULL) s"
            " WHERE s.met_on IS NULL",
            [users],
        )
        for pk, kind in cursor.fetchall():
            found[pk].add(kind)
    return found


def missing(grants: list[Grant]) -> dict[int, list[type[Requirement]]]:
    """Grant → what is missing for it today, so that it does not count; those for which something is."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT g.id, hearth_missing(g) FROM access_grant g"
            " WHERE g.id = ANY (%s) AND hearth_missing(g) <> '{}'",
            [[one.pk for one in grants]],
        )
        return {pk: [REQUIREMENTS[code] for code in codes] for pk, codes in cursor.fetchall()}


def shut_out() -> int:
    """How many active accounts have a grant in force that does not count. The acting user sees all grants."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT g.user_id) FROM access_grant g JOIN access_user u ON u.id = g.user_id"
            " WHERE u.is_active AND hearth_in_force(g) AND hearth_missing(g) <> '{}'"
        )
        return int(cursor.fetchone()[0])


def missing_for(user: User) -> list[type[Requirement]]:
    """What is missing today for any grant in force of a user, whoever acts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT unnest(hearth_missing_of(%s)) AS kind ORDER BY kind", [user.pk])
        return [REQUIREMENTS[code] for (code,) in cursor.fetchall()]


def newest(kind: type[Requirement]) -> RequirementVersion:
    """The newest version of a requirement, whether its day has come or not. Somebody acts."""
    found: RequirementVersion = RequirementVersion.objects.filter(kind=kind.code).latest("version")
    return found


@transaction.atomic
def sign(*, by: User, kind: type[Requirement], version: int, name: str) -> RequirementMet:
    """Sign an agreement as the one who reads it on the screen. Raises ValueError with a sentence where the
    requirement is none to sign, the name is empty, or a newer version was published meanwhile."""
    if not kind.is_signed:
        raise ValueError(f"{kind.name}: this is nothing to sign. {kind.how}")
    if not name.strip():
        raise ValueError("Type your name to sign.")
    with acting(by):
        if newest(kind).version != version:
            raise ValueError("A new version was published meanwhile. Read it, and sign that one.")
        made = RequirementMet.objects.create(
            kind=kind.code, version=version, user=by, met_on=timezone.localdate(), signed_name=name.strip()
        )
        _record(by, made, "signed")
    return made


@transaction.atomic
def record(
    *,
    by: User,
    kind: type[Requirement],
    met_on: date,
    user: User | None = None,
    organization: int | None = None,
    note: str = "",
) -> RequirementMet:
    """Record that a user, or an organization, met a requirement on a day. Raises PermissionDenied where `by`
    may not, and ValueError with a sentence for what cannot be. `organization`: its id."""
    if kind.of_organization != (organization is not None):
        whom = "an organization" if kind.of_organization else "a person"
        raise ValueError(f"{kind.name} is recorded for {whom}.")
    if met_on > timezone.localdate():
        raise ValueError("The day is today or earlier.")
    if met_on < EARLIEST:
        raise ValueError(f"Type a day from {EARLIEST.year} on.")
    if user is not None and user.pk == by.pk:
        raise PermissionDenied
    with acting(by):
        made = RequirementMet(
            kind=kind.code, version=newest(kind).version, user=user, organization_id=organization,
            met_on=met_on, note=note,
        )  # fmt: skip
        _must(made)
        made.save(force_insert=True)
        _record(by, made, "recorded")
    return made


@transaction.atomic
def withdraw(*, by: User, made: RequirementMet, reason: str) -> None:
    """Take a record back that was a mistake, or given up. Raises PermissionDenied where `by` may not record
    such a one, and ValueError with a sentence where it is withdrawn already."""
    with acting(by):
        _must(made)
        if made.user_id == by.pk:
            raise PermissionDenied
        if not RequirementMet.objects.filter(pk=made.pk, ended_at=None).update(end_reason=reason):
            raise ValueError("This record is withdrawn already.")
        _record(by, made, "withdrawn")


@transaction.atomic
def publish(
    *,
    by: User,
    kind: type[Requirement],
    text: str,
    valid_days: int | None,
    counts_from: date | None,
    asks_again: bool,
) -> RequirementVersion:
    """Publish a new version of what a requirement asks. `asks_again`: records of earlier versions do not
    count for it. Raises PermissionDenied unless `by` administers everybody, and ValueError with a sentence
    for a number of days that cannot be and where somebody else has just published one."""
    if not by.everywhere(Permission.USER_EDIT):
        raise PermissionDenied
    if valid_days is not None and not 1 <= valid_days <= 36500:
        raise ValueError("Days are from 1 to 36,500; leave it empty for without end.")
    with acting(by):
        before = newest(kind)
        version = before.version + 1
        try:
            with transaction.atomic():
                made: RequirementVersion = RequirementVersion.objects.create(
                    kind=kind.code, version=version, text=text, valid_days=valid_days,
                    counts_from=counts_from, accepts_from=version if asks_again else before.accepts_from,
                )  # fmt: skip
        except IntegrityError as error:
            raise ValueError(
                "Somebody else has just published a version. Look at it, then try again."
            ) from error
        record_access(
            by=by.pk, action=Access.REQUIREMENT_CHANGED, subject="requirement", done="published",
            requirement=kind.code, version=version, asks_again=asks_again, counts_from=str(counts_from or ""),
        )  # fmt: skip
    return made


def may_record(made: RequirementMet) -> bool:
    """Whether the acting user may record or withdraw such a one: what the database says."""
    values = {
        name: getattr(made, name) for name in ("kind", "version", "user_id", "organization_id")
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT hearth_may_record(jsonb_populate_record(NULL::access_requirementmet, %s))",
            [Jsonb(values)],
        )
        return bool(cursor.fetchone()[0])


def _must(made: RequirementMet) -> None:
    if not may_record(made):
        raise PermissionDenied


def _record(by: User, made: RequirementMet, done: str) -> None:
    subject = f"user:{made.user_id}" if made.user_id else f"organization:{made.organization_id}"
    details: dict[str, Any] = {"requirement": made.kind, "version": made.version}
    record_access(by=by.pk, action=Access.REQUIREMENT_CHANGED, subject=subject, done=done, **details)
