"""Accounts that nobody signs in with are warned of, locked, and opened by system administrators alone."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.utils import timezone

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access.roles import AgencyAdministrator, HmisUser
from hearth.hmis.access.scopes import OrganizationScope
from hearth.hmis.accounts import actions as doors
from hearth.hmis.accounts.people import actions as people_actions
from hearth.hmis.accounts.people.unused import lock_unused
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.jobs import nightly
from hearth.hmis.site.models import Mail
from tests import factories
from tests.hmis.accounts.people.test_pages import signed_in

pytestmark = pytest.mark.django_db


def ago(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)


def unused(days: int, **fields: Any) -> User:
    """Somebody who signed in so many days ago, last."""
    fields.setdefault("last_login", ago(days))
    user = factories.make_user(password=factories.PASSWORD, **fields)
    User.objects.filter(pk=user.pk).update(used_from=ago(400))
    return user


@pytest.fixture(autouse=True)
def days(settings: Any, administrator: User) -> None:
    settings.INACTIVE_DAYS = 90
    User.objects.filter(pk=administrator.pk).update(last_login=timezone.now())


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def warnings(user: User) -> int:
    return Mail.objects.filter(user=user, kind="unused_account").count()


@pytest.mark.parametrize(
    ("days", "locked", "warned"),
    [
        (0, False, False), (59, False, False), (60, False, True), (74, False, True), (85, False, True),
        (89, False, True), (90, True, False), (300, True, False),
    ],
)  # fmt: skip
def test_when_it_is_warned_of_and_locked(days: int, locked: bool, warned: bool) -> None:
    user = unused(days)
    lock_unused()
    assert (not fresh(user).is_active, bool(fresh(user).locked_unused_at)) == (locked, locked)
    assert bool(warnings(user)) == warned


def test_each_warning_goes_out_once_and_a_missed_night_is_made_up_for() -> None:
    user = unused(61)
    assert lock_unused() == "0 accounts locked, 1 user warned."
    assert lock_unused() is None
    for days, total in ((70, 1), (76, 2), (80, 2), (88, 3)):
        moved = ago(days)
        step = moved - fresh(user).last_login
        User.objects.filter(pk=user.pk).update(last_login=moved)
        for mail in Mail.objects.filter(user=user):
            Mail.objects.filter(pk=mail.pk).update(created_at=mail.created_at + step)
        lock_unused()
        lock_unused()
        assert warnings(user) == total, days
    assert "is locked on" in Mail.objects.filter(user=user).first().body


def test_days_count_from_when_it_was_made_or_opened_again() -> None:
    never = factories.make_user(password=factories.PASSWORD)
    opened = unused(300)
    User.objects.filter(pk=opened.pk).update(used_from=ago(2))
    assert lock_unused() is None
    User.objects.filter(pk=never.pk).update(used_from=ago(90))
    lock_unused()
    assert not fresh(never).is_active and fresh(opened).is_active


def test_nobody_is_locked_where_it_is_switched_off(settings: Any) -> None:
    settings.INACTIVE_DAYS = 0
    user = unused(1000)
    assert lock_unused() is None and fresh(user).is_active


def test_the_administrator_who_was_there_last_stays(administrator: User) -> None:
    User.objects.update(last_login=ago(200), used_from=ago(400))
    other = factories.make_administrator(last_login=ago(300))
    User.objects.filter(pk=other.pk).update(used_from=ago(400))
    lock_unused()
    assert fresh(administrator).is_active and not fresh(other).is_active


def test_a_lock_is_lifted_by_system_administrators_alone(administrator: User) -> None:
    with acting(administrator):
        organization = factories.make_organization()
    user, boss = unused(100), factories.make_user(last_login=timezone.now())
    scope = OrganizationScope(organization.pk)
    factories.give_grant(user, HmisUser, scope)
    factories.give_grant(boss, AgencyAdministrator, scope)
    lock_unused()
    with acting(administrator):
        entry = AccessLog.objects.get(subject=f"user:{user.pk}", action="user_changed")
    assert (entry.user_id, entry.details["done"]) == (None, "locked for want of sign-ins")
    with pytest.raises(ValueError, match="ask a system administrator"):
        doors.reactivate(by=boss, email=user.email)
    with pytest.raises(ValueError, match="Reactivate the account first"):
        people_actions.set_first_password(by=boss, user=fresh(user), password=factories.PASSWORD)
    for fields in ({"is_active": True}, {"locked_unused_at": None}):
        with pytest.raises(DatabaseError, match="administrator lifts"), transaction.atomic(), acting(boss):
            User.objects.filter(pk=user.pk).update(**fields)
    page = signed_in(boss).get(f"/people/{user.pk}/").content.decode()
    assert "A system administrator lifts that" in page and "Reactivate" not in page
    assert signed_in(administrator).post(f"/people/{user.pk}/do/reactivate/").status_code == 302
    opened = fresh(user)
    assert opened.is_active and opened.locked_unused_at is None
    assert lock_unused() is None
    with pytest.raises(PermissionDenied):
        doors.reactivate(by=opened, email=boss.email)


def test_the_list_and_the_page_tell_it(administrator: User) -> None:
    soon, long = unused(80, display_name="Soon Gone"), unused(200, display_name="Long Gone")
    lock_unused()
    client = signed_in(administrator)
    assert "Soon Gone" in client.get("/people/?state=locking").content.decode()
    locked = client.get("/people/?state=locked").content.decode()
    assert "Long Gone" in locked and "Soon Gone" not in locked
    assert "Locked without a sign-in on" in client.get(f"/people/{soon.pk}/").content.decode()
    assert "Train again" in client.get(f"/people/{long.pk}/").content.decode()


def test_it_is_done_every_night() -> None:
    assert "unused_accounts" in {one.name for one in nightly.duties()}
