"""In whose name a command acts, what it brings up to date before, and what `hearth user` says and refuses."""

import getpass
import io
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result
from django.db import OperationalError
from typer.testing import CliRunner

from hearth.hmis.access import command_line, named
from hearth.hmis.access.command_line import acting_administrator
from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access.models.use_count import UseCount
from hearth.hmis.access.roles import HmisUser, SystemAdministrator
from hearth.hmis.accounts import cli
from hearth.hmis.audit.models import AccessLog
from hearth.server import database
from hearth.server.errors import ServerError
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def login(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "ada l!")
    monkeypatch.setattr(database, "is_embedded", lambda: True)


class TestWhoActs:
    def test_the_only_one_or_the_one_that_is_named(self, administrator: User) -> None:
        assert acting_administrator(None) == administrator
        other = factories.make_administrator(email="olu@example.org")
        assert acting_administrator("OLU@example.org") == other
        with pytest.raises(ServerError, match="several system administrators: say who"):
            acting_administrator(None)

    def test_among_several_the_one_whose_login_it_is(self, administrator: User) -> None:
        own = factories.make_administrator(email="adal@localhost")
        assert acting_administrator(None) == own

    @pytest.mark.parametrize("role", [None, HmisUser])
    def test_nobody_else_acts(self, administrator: User, role: type | None) -> None:
        with acting(administrator):
            organization = factories.make_organization()
        factories.make_user(role, organization, email="ben@example.org")
        for other in ("ben@example.org", "nobody@example.org"):
            with pytest.raises(ServerError, match=f"{other} is not a system administrator"):
                acting_administrator(other)

    def test_who_was_deactivated_does_not_act(self, administrator: User) -> None:
        factories.make_administrator(email="gone@example.org", is_active=False)
        assert acting_administrator(None) == administrator
        with pytest.raises(ServerError, match="not a system administrator"):
            acting_administrator("gone@example.org")

    @pytest.mark.parametrize(
        ("named", "email"), [(None, "adal@localhost"), ("ada@example.org", "ada@example.org")]
    )
    def test_the_first_is_made_without_a_password(
        self, capsys: pytest.CaptureFixture[str], named: str | None, email: str
    ) -> None:
        first = acting_administrator(named)
        assert (first.email, first.sees_all, first.has_usable_password()) == (email, True, False)
        assert f"{email} is made the first one" in capsys.readouterr().err
        assert acting_administrator(None) == first
        with acting(first):
            assert list(AccessLog.objects.values_list("action", "user_id")) == [("role_changed", first.pk)]

    def test_a_user_who_is_there_becomes_the_first(self) -> None:
        there = factories.make_user(email="ada@example.org")
        assert acting_administrator("Ada@example.org") == there
        assert User.objects.count() == 1

    def test_an_address_is_one(self) -> None:
        with pytest.raises(ServerError, match="needs an e-mail address"):
            acting_administrator("ada")
        assert User.objects.count() == 0

    def test_in_a_database_of_ones_own_the_first_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(database, "is_embedded", lambda: False)
        with pytest.raises(ServerError, match="add `--as you@"):
            acting_administrator(None)
        assert User.objects.count() == 0

    @pytest.mark.parametrize("error", [KeyError, OSError])
    def test_an_account_without_a_name(self, monkeypatch: pytest.MonkeyPatch, error: type) -> None:
        def nameless() -> str:
            raise error

        monkeypatch.setattr(getpass, "getuser", nameless)
        monkeypatch.setattr("os.getuid", lambda: 4711)
        assert acting_administrator(None).email == "user4711@localhost"

    def test_an_account_whose_name_no_address_may_have(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(getpass, "getuser", lambda: "éé")
        assert acting_administrator(None).email == "user@localhost"


class TestPreparing:
    @pytest.fixture(autouse=True)
    def started(self, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
        done: list[Any] = []
        monkeypatch.setattr(database, "ensure_running", lambda: done.append("started"))
        monkeypatch.setattr(command_line, "django", lambda *said, **how: done.append((*said, how["role"])))
        return done

    def test_what_is_up_to_date_stays(self, started: list[Any]) -> None:
        command_line.prepare()
        assert started == ["started"]

    def test_what_is_not_is_migrated_by_the_owner(
        self, started: list[Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(command_line, "_is_migrated", lambda: False)
        command_line.prepare()
        assert started == ["started", ("migrate", "owner")]

    def test_your_own_server_is_not_migrated_by_a_command(
        self, started: list[Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(command_line, "_is_migrated", lambda: False)
        monkeypatch.setattr(database, "is_embedded", lambda: False)
        with pytest.raises(ServerError, match="run `hearth db migrate` first"):
            command_line.prepare()
        assert started == ["started"]

    def test_a_database_that_does_not_answer(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def gone() -> bool:
            raise OperationalError("connection to server at 10.0.0.7 failed")

        monkeypatch.setattr(command_line, "_is_migrated", gone)
        with pytest.raises(ServerError, match="does not answer: see `hearth db status`") as refused:
            command_line.prepare()
        assert "10.0.0.7" not in str(refused.value)


class TestCommands:
    @pytest.fixture
    def hearth_user(self, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
        monkeypatch.setattr(command_line, "prepare", lambda: None)
        return lambda *said, **how: CliRunner().invoke(cli.user, list(said), **how)

    @pytest.fixture
    def ben(self, administrator: User) -> User:
        with acting(administrator):
            organization = factories.make_organization()
        return factories.make_hmis_user(organization, email="ben@example.org")

    def test_added_with_a_role(self, hearth_user: Any, administrator: User, ben: User) -> None:
        organization = factories.works_for(ben)
        said = hearth_user("add", "eve@example.org", "--role", "auditor", "--name", "Eve")
        assert said.output.startswith("eve@example.org: Auditor. Set a password with")
        said = hearth_user(
            "add", "eve@example.org", "--role", "hmis_user", "--organization", str(organization)
        )
        assert said.exit_code == 0
        eve = User.objects.get(email="eve@example.org")
        assert (str(eve), factories.works_for(eve)) == ("Eve", organization)

    @pytest.mark.parametrize(
        ("role", "sentence"),
        [
            (["--role", "boss"], "boss is not a role: use "),
            (
                ["--role", "hmis_user"],
                "The role hmis_user needs one of --organization or --project or --project-group",
            ),
            (["--role", "auditor", "--organization", "1"], "The role auditor is held without a place"),
            (["--role", "hmis_user", "--organization", "987654"], "There is no such organization"),
        ],
    )
    def test_what_cannot_be_added(
        self, hearth_user: Any, administrator: User, role: list[str], sentence: str
    ) -> None:
        said = hearth_user("add", "eve@example.org", *role)
        assert isinstance(said.exception, ServerError) and sentence in str(said.exception)
        assert not User.objects.filter(email="eve@example.org").exists()

    def test_who_adds_oneself_is_there(self, hearth_user: Any) -> None:
        said = hearth_user(
            "add", "Ada@example.org", "--role", "system_administrator", "--as", "ada@example.org"
        )
        assert "ada@example.org: System administrator. Set a password" in said.output
        assert User.objects.get().sees_all

    def test_a_password_is_read_from_a_script(self, hearth_user: Any, administrator: User, ben: User) -> None:
        said = hearth_user("password", ben.email, input=f"{factories.PASSWORD}\nmore\n")
        assert said.output == (
            f"{ben.email} has a new password, to be changed at the next sign-in unless it is your own.\n"
        )
        ben.refresh_from_db()
        assert ben.check_password(factories.PASSWORD)
        said = hearth_user("password", ben.email, input="short\n")
        assert isinstance(said.exception, ServerError) and "Make it longer" in str(said.exception)
        assert "short\n" not in said.output

    def test_a_password_is_asked_for_twice_and_not_shown(
        self, monkeypatch: pytest.MonkeyPatch, administrator: User, ben: User
    ) -> None:
        asked: list[Any] = []

        def prompt(text: str, **how: bool) -> str:
            asked.append((text, how))
            return factories.PASSWORD

        class Terminal(io.StringIO):
            def isatty(self) -> bool:
                return True

        monkeypatch.setattr(command_line, "prepare", lambda: None)
        monkeypatch.setattr("sys.stdin", Terminal())
        monkeypatch.setattr("typer.prompt", prompt)
        cli.password(ben.email)
        ben.refresh_from_db()
        assert ben.check_password(factories.PASSWORD)
        assert asked == [("New password", {"hide_input": True, "confirmation_prompt": True})]

    def test_the_list_says_roles_and_who_may_not_sign_in(
        self, hearth_user: Any, administrator: User, ben: User
    ) -> None:
        organization = factories.works_for(ben)
        factories.make_user(email="zoe@example.org", is_active=False)
        assert hearth_user("list").output.splitlines() == sorted([
            f"{administrator.email}  system_administrator",
            f"ben@example.org  hmis_user ({organization})",
            "zoe@example.org  no role  deactivated",
        ])  # fmt: skip

    def test_the_list_is_for_an_administrator(self, hearth_user: Any, administrator: User, ben: User) -> None:
        said = hearth_user("list", "--as", ben.email)
        assert isinstance(said.exception, ServerError)
        assert administrator.email not in said.output

    def test_what_is_taken_away(self, hearth_user: Any, administrator: User, ben: User) -> None:
        organization = factories.works_for(ben)
        assert "0 failed tries" in hearth_user("unlock", ben.email).output
        assert "sessions that were open: 0" in hearth_user("end-sessions", ben.email).output
        assert "has no second step" in hearth_user("reset-mfa", ben.email).output
        role = ("remove-role", ben.email, "--organization", str(organization), "--role")
        assert isinstance(hearth_user(*role, "boss").exception, ServerError)
        assert "no longer holds the role" in hearth_user(*role, "hmis_user").output
        assert "cannot sign in any more" in hearth_user("deactivate", ben.email).output
        fresh = User.objects.get(pk=ben.pk)
        assert (fresh.is_active, fresh.grants_now.count()) == (False, 0)

    def test_a_second_step_that_was_lost_is_taken_away(
        self, hearth_user: Any, administrator: User, ben: User
    ) -> None:
        from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

        RecoveryCodes.activate(ben)
        assert "signs in with the password alone" in hearth_user("reset-mfa", ben.email).output

    @pytest.mark.parametrize("name", ["deactivate", "unlock", "end-sessions", "reset-mfa"])
    def test_what_cannot_be_is_a_sentence(self, hearth_user: Any, administrator: User, name: str) -> None:
        said = hearth_user(name, "nobody@example.org")
        assert isinstance(said.exception, ServerError)
        assert "Nobody has the address" in str(said.exception)


def test_words_of_users_and_roles(administrator: User) -> None:
    with acting(administrator):
        user = factories.make_hmis_user(factories.make_organization())
        held, all_ = user.grants.get(), administrator.grants.get()
        assert (str(held), held.place) == (f"Grant {held.pk}: HMIS user", str(held.organization))
    assert (all_.role_name, all_.place) == (SystemAdministrator.name, "The whole installation")
    assert user.get_full_name() == str(user) == user.display_name
    assert User.objects.get_by_natural_key(user.email.upper()) == user
    assert str(UseCount(user=user, kind="searches", used=3)) == f"User {user.pk}, searches: 3"


def test_who_may_read_the_access_log_finds_what_it_has_of_a_user(administrator: User) -> None:
    user = factories.make_user(display_name="Ben", email="ben@example.org")
    seen = named.users(administrator, [user.pk, 987654])
    assert set(seen) == {user.pk}
    assert (seen[user.pk].words, seen[user.pk].href) == ("Ben", "/audit/?who=ben%40example.org")
    with acting(administrator):
        other = factories.make_hmis_user(factories.make_organization())
    assert named.users(other, [user.pk])[user.pk].href == ""
