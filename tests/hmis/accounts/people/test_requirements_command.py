"""`hearth requirement`: the same as the pages, from a terminal."""

import getpass
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import RequirementMet, RequirementVersion, User
from hearth.hmis.accounts.cli import user
from hearth.hmis.accounts.people import requirements_cli
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


def test_a_record_is_withdrawn_the_latest_or_that_of_a_day(administrator: User) -> None:
    worker = factories.make_hmis_user(factories.make_organization(), email="ben@example.org")
    for day in ("2026-02-01", "2026-05-01", "2026-03-01"):
        ran("record", "privacy_training", "ben@example.org", "--on", day)
    asked = ("withdraw", "privacy_training", "ben@example.org", "--reason", "Another Ben")
    assert (
        ran(*asked).output
        == "Privacy and security training of 2026-05-01 is withdrawn for ben@example.org.\n"
    )
    assert ran(*asked, "--on", "2026-02-01").exit_code == 0
    with acting(administrator):
        stored = dict(RequirementMet.objects.filter(user=worker).values_list("met_on", "end_reason"))
    assert {str(day): why for day, why in stored.items()} == {
        "2026-02-01": "Another Ben", "2026-05-01": "Another Ben", "2026-03-01": "",
    }  # fmt: skip
    assert "no such record" in str(ran(*asked, "--on", "2026-02-01").exception)


def test_a_sheet_is_shown_and_recorded_or_not_at_all(administrator: User, tmp_path: Path) -> None:
    factories.make_hmis_user(factories.make_organization(), email="ben@example.org")
    sheet = tmp_path / "training.csv"
    sheet.write_text("E-mail,Requirement,Day\nben@example.org,Privacy training,2/1/2026\n", encoding="utf-8")
    assert "Nothing was recorded" in ran("import", str(sheet), typed="n\n").output
    assert ran("import", str(sheet), "--yes").output.endswith("1 record made.\n")
    assert "1 line of 1 with mistakes" in str(ran("import", str(sheet), "--yes").exception)
    with acting(administrator):
        assert RequirementMet.objects.count() == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("record", "nothing", "ben@example.org"), "Nobody has the address"),
        (("record", "privacy_training"), "Name an e-mail address or an --organization"),
        (("record", "privacy_training", "--organization", "987654"), "no such organization"),
        (("withdraw", "privacy_training", "--reason", "x"), "Name an e-mail address or an --organization"),
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
