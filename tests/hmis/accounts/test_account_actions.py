"""What an administrator does to accounts on the command line: done, refused in sentences, and in the log."""

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core.exceptions import PermissionDenied
from django.test import Client
from typer.testing import CliRunner

from hearth.hmis.access import actions
from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access.roles import HmisUser, SystemAdministrator
from hearth.hmis.access.scopes import OrganizationScope, StateScope
from hearth.hmis.accounts import actions as doors
from hearth.hmis.accounts.cli import user as command
from hearth.hmis.audit.models import AccessLog
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(administrator: User) -> User:
    with acting(administrator):
        return factories.make_hmis_user(factories.make_organization())


def done(administrator: User, person: User) -> list[tuple[int | None, str]]:
    with acting(administrator):
        rows = AccessLog.objects.filter(subject=f"user:{person.pk}").order_by("id")
        return [(row.user_id, row.details.get("done", "")) for row in rows]


def test_each_is_done_and_written_down(administrator: User, person: User) -> None:
    browser = Client()
    browser.force_login(person)
    assert doors.end_sessions(by=administrator, email=person.email) == 1
    assert browser.get("/").status_code == 302
    RecoveryCodes.activate(person)
    assert doors.reset_mfa(by=administrator, email=person.email)
    assert not doors.reset_mfa(by=administrator, email=person.email)
    assert doors.unlock(by=administrator, email=person.email) == 0
    scope = OrganizationScope(factories.works_for(person))
    actions.remove_role(by=administrator, email=person.email, role=HmisUser, scope=scope)
    doors.deactivate(by=administrator, email=person.email.upper())
    fresh = User.objects.get(pk=person.pk)
    assert (fresh.is_active, fresh.own_projects) == (False, frozenset())
    assert [(administrator.pk, what) for what in (
        "signed out everywhere", "removed", "removed", "unlocked", "ended", "deactivated",
    )] == done(administrator, person)  # fmt: skip


def test_what_cannot_be_is_a_sentence(administrator: User, person: User) -> None:
    with pytest.raises(ValueError, match="only system administrator"):
        doors.deactivate(by=administrator, email=administrator.email)
    with pytest.raises(ValueError, match="only system administrator"):
        actions.remove_role(
            by=administrator, email=administrator.email, role=SystemAdministrator, scope=StateScope()
        )
    with pytest.raises(ValueError, match="does not hold"):
        actions.remove_role(
            by=administrator, email=person.email, role=SystemAdministrator, scope=StateScope()
        )
    for action in (doors.deactivate, doors.unlock, doors.end_sessions, doors.reset_mfa):
        with pytest.raises(ValueError, match="Nobody has the address"):
            action(by=administrator, email="x@example.org")
        with pytest.raises(PermissionDenied):
            action(by=person, email=administrator.email)


def test_every_command_says_who_acts() -> None:
    for name in (
        "add",
        "password",
        "list",
        "deactivate",
        "remove-role",
        "unlock",
        "end-sessions",
        "reset-mfa",
    ):
        assert "--as" in CliRunner().invoke(command, [name, "--help"]).output, name
