"""`hearth requirement`: the same as the pages, from a terminal."""

import getpass
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from hearth.hmis.access import requirements_cli
from hearth.hmis.access.context import acting
from hearth.hmis.access.models import RequirementMet, RequirementVersion, User
from hearth.hmis.accounts.cli import user
from hearth.server import database
from hearth.server.errors import ServerError
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def login(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "ada")
    monkeypatch.setattr(database, "is_embedded", lambda: True)
    monkeypatch.setattr(database, "ensure_running", lambda: None)


def ran(*words: str, app: Any = requirements_cli.requirement, typed: str = "") -> Result:
    return CliRunner().invoke(app, list(words), input=typed)


def test_published_recorded_signed_and_listed(administrator: User, tmp_path: Path) -> None:
    worker = factories.make_hmis_user(factories.make_organization(), email="ben@example.org")
    text = tmp_path / "agreement.txt"
    text.write_text("Keep it to yourself.", encoding="utf-8")
    published = ran("publish", "user_agreement", "--text", str(text), "--from", "2026-01-01", "--asks-again")
    assert published.output == "Published: User agreement, version 2.\n"
    assert "You lack one yourself" in ran("list").output

    # The administrator of the command lacks it, too, and is told what to do.
    refused = ran("record", "privacy_training", "ben@example.org", "--on", "2026-02-01")
    assert isinstance(refused.exception, ServerError)
    assert "lacks: User agreement" in str(refused.exception)
    assert "hearth requirement sign user_agreement" in str(refused.exception)
    signed = ran("sign", "user_agreement", typed="Ada Example\n")
    assert "Keep it to yourself." in signed.output and "signed: User agreement, version 2." in signed.output

    assert "does not count for want of one: 1" in ran("list").output
    assert ran("record", "privacy_training", "ben@example.org", "--on", "2026-02-01").exit_code == 0
    with acting(administrator):
        [met] = RequirementMet.objects.filter(user=worker)
        assert (str(met.met_on), met.recorded_by_id) == ("2026-02-01", administrator.pk)
        version = RequirementVersion.objects.get(kind="user_agreement", version=2)
    assert (version.text, version.accepts_from) == ("Keep it to yourself.", 2)


def test_an_organizations_agreement_is_recorded(administrator: User) -> None:
    with acting(administrator):
        agency = factories.make_organization().pk
    assert ran("record", "agency_agreement", "--organization", str(agency)).exit_code == 0
    with acting(administrator):
        assert RequirementMet.objects.get().organization_id == agency


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("record", "nothing", "ben@example.org"), "Nobody has the address"),
        (("record", "privacy_training"), "Name an e-mail address or an --organization"),
        (("record", "privacy_training", "--organization", "987654"), "no such organization"),
        (("publish", "nothing"), "is not a requirement"),
        (("publish", "user_agreement", "--text", "/nowhere.txt"), "cannot be read"),
        (("sign", "privacy_training"), "nothing to sign"),
    ],
)
def test_what_cannot_be_is_a_sentence(administrator: User, words: tuple[str, ...], said: str) -> None:
    done = ran(*words, typed="Ada\n")
    assert isinstance(done.exception, ServerError) and said in str(done.exception)


def test_what_an_administrator_lacks_is_said_by_other_commands_too(administrator: User) -> None:
    factories.make_user(email="ben@example.org")
    ran("publish", "user_agreement", "--from", "2026-01-01")
    done = ran("unlock", "ben@example.org", app=user)
    assert isinstance(done.exception, ServerError) and "lacks: User agreement" in str(done.exception)
