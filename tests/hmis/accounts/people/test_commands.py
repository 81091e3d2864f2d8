"""What the terminal does as the pages do: inviting, many people from a spreadsheet, groups of projects."""

import getpass
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from django.core import mail
from typer.testing import CliRunner

from hearth.hmis.access import command_line
from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.accounts import cli
from hearth.hmis.accounts.people import groups_cli
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.organizations.models import ProjectGroup
from hearth.hmis.site import mailing
from hearth.server import database
from hearth.server.errors import ServerError
from tests import factories
from tests.hmis.accounts.people.test_adding import HEAD
from tests.hmis.ui.workbooks import workbook

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ready(monkeypatch: pytest.MonkeyPatch, settings: Any, administrator: User) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "ada")
    monkeypatch.setattr(database, "is_embedded", lambda: True)
    monkeypatch.setattr(command_line, "prepare", lambda: None)
    settings.MAIL_SERVER = object()
    settings.CSRF_TRUSTED_ORIGINS = ["https://hmis.example.org"]


@pytest.fixture
def organization(administrator: User) -> int:
    with acting(administrator):
        return int(factories.make_organization().pk)


def user(*words: str, typed: str = "") -> Result:
    return CliRunner().invoke(cli.user, list(words), input=typed)


def group(*words: str) -> Result:
    return CliRunner().invoke(groups_cli.group, list(words))


def logged(administrator: User) -> list[tuple[int | None, str]]:
    with acting(administrator):
        return list(AccessLog.objects.order_by("pk").values_list("user_id", "action"))


def test_invited_by_mail_with_a_link_to_the_site(administrator: User, organization: int) -> None:
    asked = ("invite", "nia@example.org", "--role", "hmis_user", "--organization", str(organization))
    said = user(*asked, "--name", "Nia", "--reason", "new")
    assert said.output == "nia@example.org: HMIS user. An invitation goes out.\n"
    assert mailing.send_due() == 1
    assert "https://hmis.example.org/account/password/reset/" in mail.outbox[0].body
    assert {who for who, _ in logged(administrator)} == {administrator.pk}
    again = user("invite", "nia@example.org", "--role", "auditor", "--site", "https://other.example.org")
    assert "The account was there: no mail goes out." in again.output
    assert mailing.send_due() == 0


@pytest.mark.parametrize(
    ("site", "server", "said"),
    [
        ("hmis.example.org", object(), "Name the address where people sign in"),
        ("file:///etc", object(), "Name the address where people sign in"),
        ("https://hmis.example.org", None, "no mail server"),
    ],
)
def test_nobody_is_invited_with_a_link_to_nowhere(
    settings: Any, organization: int, site: str, server: object, said: str
) -> None:
    settings.MAIL_SERVER = server
    asked = ("invite", "nia@example.org", "--role", "hmis_user", "--organization", str(organization))
    done = user(*asked, "--site", site)
    assert isinstance(done.exception, ServerError) and said in str(done.exception)
    assert not User.objects.filter(email="nia@example.org").exists()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_many_are_shown_then_added_and_invited(
    administrator: User, organization: int, tmp_path: Path, kind: str
) -> None:
    grant = ["hmis_user", organization, "", "", "", "", "new"]
    rows = [HEAD.split(","), *([f"{one}@example.org", one, *grant] for one in ("nia", "ned"))]
    sheet = tmp_path / f"people.{kind}"
    text = "\n".join(",".join(map(str, row)) for row in rows)
    sheet.write_bytes(text.encode() if kind == "csv" else workbook(rows))
    before = User.objects.count()
    shown = user("import", str(sheet), typed="n\n")
    assert "Line 2  nia@example.org  HMIS user, " in shown.output
    assert "Add and invite 2 people? [y/N]: n\nNobody was added." in shown.output
    assert (User.objects.count(), mailing.send_due()) == (before, 0)
    assert "2 people added and invited by mail." in user("import", str(sheet), typed="y\n").output
    assert (User.objects.count(), mailing.send_due()) == (before + 2, 2)
    assert (administrator.pk, "user_changed") in logged(administrator)
    again = user("import", str(sheet), "--yes")
    assert "There is an account with this address already" in again.output
    assert isinstance(again.exception, ServerError) and "Nobody was added" in str(again.exception)


def test_a_sheet_with_a_mistake_or_none_at_all_adds_nobody(
    settings: Any, organization: int, tmp_path: Path
) -> None:
    sheet, before = tmp_path / "people.csv", User.objects.count()
    sheet.write_text(f"{HEAD}\nnia@example.org,Nia,hmis_user,{organization},,,,,new\nned,,,,,,,,", "utf-8")
    done = user("import", str(sheet), "--yes")
    assert "Line 3  ned  This is not an e-mail address. The name is missing." in done.output
    assert "1 line of 2 with mistakes. Nobody was added" in str(done.exception)
    sheet.write_bytes(b"PK\x03\x04rest")
    assert "cannot be read as an Excel workbook" in str(user("import", str(sheet)).exception)
    settings.MAX_FORM_BYTES = 7
    assert "larger than" in str(user("import", str(sheet)).exception)
    assert User.objects.count() == before


def test_groups_are_made_filled_renamed_and_emptied(administrator: User) -> None:
    with acting(administrator):
        first, second = factories.make_project(), factories.make_project()
    assert "The group North is made." in group("make", "North").output
    numbers = (str(first.pk), str(second.pk))
    assert "put into North: 2." in group("put", "North", *numbers).output
    assert "North is called North shore now." in group("rename", "North", "North  shore").output
    listed = group("list").output
    assert listed == f"North shore  {', '.join(sorted(numbers, key=int))}  0 grants\n"
    assert "taken out of North shore: 1." in group("take-out", "North shore", numbers[0]).output
    with acting(administrator):
        assert list(ProjectGroup.objects.get().projects.all()) == [second]
    kept = [action for _, action in logged(administrator) if action == "project_group_changed"]
    assert len(kept) == 5


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("make", "North"), "There is a group of this name already"),
        (("make", " "), "Type a name"),
        (("rename", "South", "East"), "There is no group of projects South"),
        (("put", "North", "{project}", "987654"), "There is no project 987654. Nothing was changed."),
        (("take-out", "North", "{project}"), "is not in this group any more"),
    ],
)
def test_what_cannot_be_done_with_groups_is_a_sentence(
    administrator: User, words: tuple[str, ...], said: str
) -> None:
    with acting(administrator):
        project = factories.make_project()
        ProjectGroup.objects.create(name="North")
    done = group(*(one.format(project=project.pk) for one in words))
    assert isinstance(done.exception, ServerError) and said in str(done.exception)
    with acting(administrator):
        assert not ProjectGroup.objects.get().projects.exists()


def test_all_of_a_group_or_none(administrator: User) -> None:
    """The second of two is in already: the first is not put in either."""
    with acting(administrator):
        first, second = sorted([factories.make_project(), factories.make_project()], key=lambda one: one.pk)
        north = ProjectGroup.objects.create(name="North")
        north.projects.set([second])
    done = group("put", "North", str(first.pk), str(second.pk))
    assert isinstance(done.exception, ServerError) and "in this group already" in str(done.exception)
    with acting(administrator):
        assert list(north.projects.all()) == [second]


@pytest.mark.parametrize("run", [user, group])
def test_who_is_no_system_administrator_does_not_act(run: Callable[..., Result], organization: int) -> None:
    factories.make_user(email="ben@example.org")
    words = ("list", "--as", "ben@example.org")
    assert "is not a system administrator" in str(run(*words).exception)
