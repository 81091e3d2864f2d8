"""Somebody is asked again who they are before what reaches many; what was typed is kept."""

import re
import time
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from allauth.mfa.models import Authenticator
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import get_resolver, reverse

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.accounts.sign_in import MfaAdapter
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.exchange.exporting.request import ExportRequest
from hearth.hmis.exchange.models import ExportRun
from hearth.hmis.jobs.rights import rights_of
from tests.factories import PASSWORD, make_administrator

pytestmark = pytest.mark.django_db
EXPORTS = "/exchange/exports/"
TYPED = {"start": "2025-10-01", "end": "2026-09-30"}
TITLE = "Confirm that it is you"


@pytest.fixture(autouse=True)
def asking(settings: Any, tmp_path: Path) -> None:
    settings.ASK_AGAIN_MINUTES = 10
    settings.SECOND_STEP_FOR_NAMES = False
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def person() -> User:
    return make_administrator(email="someone@example.org", password=PASSWORD)


@pytest.fixture
def signed_in(client: Client, person: User) -> Client:
    client.post("/account/login/", {"login": person.email, "password": PASSWORD})
    return client


def later(minutes: float) -> Any:
    return mock.patch("hearth.hmis.access.recent.time.time", return_value=time.time() + 60 * minutes)


def hidden(page: str) -> dict[str, list[str]]:
    """The hidden fields of the first form, as a browser would send them on."""
    form = page[page.index("<form", page.index(f"<h1>{TITLE}")) :]
    form = form[: form.index("</form>")]
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form):
        found.setdefault(unescape(name), []).append(unescape(value))
    found.pop("csrfmiddlewaretoken", None)
    return found


def test_whoever_signed_in_just_now_is_not_asked(signed_in: Client) -> None:
    assert signed_in.post(EXPORTS, TYPED).status_code == 302
    assert ExportRun.objects.count() == 1


def test_later_they_are_and_what_was_typed_is_kept(signed_in: Client) -> None:
    typed = {**TYPED, "projects": ["7", "8"], "note": '"><script>x</script>', "password": "of the form"}
    with later(11):
        page = signed_in.post(f"{EXPORTS}?page=2", typed).content.decode()
        assert TITLE in page
        assert "<script>x" not in page
        kept = hidden(page)
        assert kept == {name: value if isinstance(value, list) else [value] for name, value in typed.items()}
        assert not ExportRun.objects.exists()
        wrong = signed_in.post(EXPORTS, {**TYPED, "again-password": "wrong"}).content.decode()
        assert "The password is not right." in wrong
        assert hidden(wrong) == {name: [value] for name, value in TYPED.items()}
        assert not ExportRun.objects.exists()
        answer = signed_in.post(EXPORTS, {**TYPED, "again-password": PASSWORD})
        assert answer.status_code == 302
    assert ExportRun.objects.get().parameters["start"] == TYPED["start"]
    with acting(make_administrator()):
        assert AccessLog.objects.filter(action="sign_in_failed").count() == 1


def test_once_asked_they_go_on_for_a_while(signed_in: Client) -> None:
    with later(11):
        signed_in.post(EXPORTS, {**TYPED, "again-password": PASSWORD})
    assert signed_in.post(EXPORTS, TYPED).status_code == 302
    with later(9):
        assert signed_in.post(EXPORTS, TYPED).status_code == 302


def test_reading_is_not_asked_for(signed_in: Client) -> None:
    with later(600):
        assert TITLE not in signed_in.get(EXPORTS).content.decode()


@pytest.mark.parametrize(("last", "content"), [("download/", b"zip"), ("local/", b"local")])
def test_a_download_goes_on_after_the_answer(
    signed_in: Client, person: User, settings: Any, last: str, content: bytes
) -> None:
    request = ExportRequest(start=date(2025, 10, 1), end=date(2026, 9, 30))
    run = ExportRun.objects.create(
        created_by=person, file_name="export.zip", state="finished", file="export.zip",
        parameters={**request.as_json(), "made_with": rights_of(person)},
    )  # fmt: skip
    (Path(settings.MEDIA_ROOT) / "export.zip").write_bytes(b"zip")
    (Path(settings.MEDIA_ROOT) / "export.local.zip").write_bytes(b"local")
    path = f"{EXPORTS}{run.pk}/{last}"
    with later(11):
        ask = signed_in.get(path)
        assert ask["Location"] == f"/account/reauthenticate/?next={path.replace('/', '%2F')}"
        part = signed_in.get(path, headers={"HX-Request": "true"})
        assert part["HX-Redirect"] == ask["Location"]
    assert signed_in.post(ask["Location"], {"password": PASSWORD})["Location"] == path
    assert b"".join(signed_in.get(path).streaming_content) == content


def test_a_code_of_the_second_step_will_do(signed_in: Client, person: User) -> None:
    secret = MfaAdapter().encrypt("JBSWY3DPEHPK3PXP")
    Authenticator.objects.create(user=person, type="totp", data={"secret": secret})
    with later(11):
        page = signed_in.post(EXPORTS, TYPED).content.decode()
        assert 'name="again-code"' in page
        assert (
            "The code is not right"
            in signed_in.post(EXPORTS, {**TYPED, "again-code": "000000"}).content.decode()
        )
        with mock.patch("allauth.mfa.totp.internal.auth.validate_totp_code", return_value=True):
            assert signed_in.post(EXPORTS, {**TYPED, "again-code": "123456"}).status_code == 302


@pytest.mark.parametrize("credential", ["", "x", "{}", "[]"])
def test_a_passkey_that_is_none_will_not(signed_in: Client, credential: str) -> None:
    with later(11):
        answer = signed_in.post(EXPORTS, {**TYPED, "again-credential": credential})
        assert TITLE in answer.content.decode()
    assert not ExportRun.objects.exists()


def test_guessing_is_stopped_as_at_sign_in(signed_in: Client, settings: Any) -> None:
    with later(11):
        for guess in range(settings.AXES_FAILURE_LIMIT):
            answer = signed_in.post(EXPORTS, {**TYPED, "again-password": f"guess {guess}"})
        assert answer.status_code == 429
        answer = signed_in.post(EXPORTS, {**TYPED, "again-password": PASSWORD})
        assert answer.status_code == 429
    assert not ExportRun.objects.exists()


def test_a_file_is_not_kept_and_that_is_said(signed_in: Client) -> None:
    with later(11):
        page = signed_in.post(EXPORTS, {**TYPED, "file": SimpleUploadedFile("a.csv", b"x")}).content.decode()
    assert "choose it again" in page


def test_the_right_comes_before_the_question(client: Client) -> None:
    from tests.factories import make_auditor

    auditor = make_auditor(email="auditor@example.org", password=PASSWORD)
    client.post("/account/login/", {"login": auditor.email, "password": PASSWORD})
    with later(11):
        assert client.post(EXPORTS, TYPED).status_code == 403


def test_the_proof_of_another_user_does_not_count(client: Client, person: User, signed_in: Client) -> None:
    other = make_administrator()
    session = signed_in.session
    records = session["account_authentication_methods"]
    client.force_login(other)
    session = client.session
    session["account_authentication_methods"] = records
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    assert TITLE in client.post(EXPORTS, TYPED).content.decode()


def test_it_can_be_switched_off(signed_in: Client, settings: Any) -> None:
    settings.ASK_AGAIN_MINUTES = 0
    with later(600):
        assert signed_in.post(EXPORTS, TYPED).status_code == 302


#: By the name of the address: requests of which methods are asked.
ASKING = {
    "exchange:exports": ("POST", "second step"),
    "exchange:export_download": ("GET", "HEAD", "POST", "second step"),
    # What it holds goes beyond HUD's file: questions about money, tribe and where somebody slept.
    "exchange:export_download_local": ("GET", "HEAD", "POST", "second step"),
    # One file can open the records of many people to others.
    "consent:answer_file": ("POST",),
    "people:add": ("POST",),
    "people:give": ("POST",),
    "people:end": ("POST",),
    "people:password": ("POST",),
    "people:do": ("POST",),
    "people:group": ("POST",),
    "people:groups": ("POST",),
    "people:organization": ("POST",),
    "people:publish_requirement": ("POST",),
    "people:record_met": ("POST",),
    "people:withdraw_met": ("POST",),
    "people:withdraw_of_organization": ("POST",),
}


def test_what_reaches_many_or_changes_rights_asks() -> None:
    found = {
        f"{resolver.app_name}:{pattern.name}": pattern.callback.asks_again_for
        for resolver in get_resolver().url_patterns
        for pattern in getattr(resolver, "url_patterns", ())
        if hasattr(getattr(pattern, "callback", None), "asks_again_for")
    }
    assert found == ASKING


def test_answers_from_elsewhere_are_looked_at_and_kept_after_the_answer_only(signed_in: Client) -> None:
    path = reverse("consent:answer_file")
    sent = SimpleUploadedFile("answers.csv", b"Client\n1\n")
    with later(11):
        assert "File of answers" in signed_in.get(path).content.decode()
        assert "choose it again" in signed_in.post(path, {"file": sent}).content.decode()
        page = signed_in.post(path, {"text": "looked at\nbefore"}).content.decode()
        assert hidden(page) == {"text": ["looked at\nbefore"]}
        answer = signed_in.post(path, {"text": "looked at\nbefore", "again-password": PASSWORD})
        page = answer.content.decode()
        assert TITLE not in page and "File of answers" in page  # which says what is wrong with the file


def test_a_grant_is_given_after_the_answer_only(signed_in: Client) -> None:
    other = make_administrator()
    path = f"/people/{other.pk}/grants/new/"
    with later(11):
        page = signed_in.post(path, {"role": "auditor", "reason": "typed before"}).content.decode()
        assert hidden(page) == {"role": ["auditor"], "reason": ["typed before"]}
        answer = signed_in.post(path, {"role": "auditor", "again-password": PASSWORD})
        assert TITLE not in answer.content.decode()


class TestWhereNamesLeave:
    """A password that somebody else knows takes no names along: only a second step does."""

    @pytest.fixture(autouse=True)
    def needing(self, settings: Any) -> None:
        settings.SECOND_STEP_FOR_NAMES = True

    @pytest.fixture
    def with_code(self, person: User) -> None:
        secret = MfaAdapter().encrypt("JBSWY3DPEHPK3PXP")
        Authenticator.objects.create(user=person, type="totp", data={"secret": secret})

    def test_a_password_of_just_now_does_not_do(self, signed_in: Client) -> None:
        page = signed_in.post(EXPORTS, {**TYPED, "again-password": PASSWORD}).content.decode()
        assert TITLE in page and "Set one up" in page and 'name="again-password"' not in page
        assert not ExportRun.objects.exists()

    def test_a_code_does_and_what_was_typed_is_kept(
        self, client: Client, person: User, with_code: None
    ) -> None:
        client.force_login(person)
        page = client.post(EXPORTS, TYPED).content.decode()
        assert hidden(page) == {name: [value] for name, value in TYPED.items()}
        with mock.patch("allauth.mfa.totp.internal.auth.validate_totp_code", return_value=True):
            assert client.post(EXPORTS, {**TYPED, "again-code": "123456"}).status_code == 302
        assert client.post(EXPORTS, TYPED).status_code == 302  # for a while
        with later(11):
            assert TITLE in client.post(EXPORTS, TYPED).content.decode()
        assert ExportRun.objects.count() == 2

    def test_a_download_leads_to_the_code_or_to_setting_one_up(
        self, signed_in: Client, person: User, settings: Any
    ) -> None:
        run = ExportRun.objects.create(
            created_by=person, file_name="export.zip", state="finished", file="export.zip",
            parameters={**TYPED, "made_with": rights_of(person)},
        )  # fmt: skip
        (Path(settings.MEDIA_ROOT) / "export.zip").write_bytes(b"zip")
        path = f"{EXPORTS}{run.pk}/download/"
        assert signed_in.get(path)["Location"].startswith("/account/two-step/?next=")
        assert "needs a second step" in signed_in.get("/account/two-step/").content.decode()
        secret = MfaAdapter().encrypt("JBSWY3DPEHPK3PXP")
        Authenticator.objects.create(user=person, type="totp", data={"secret": secret})
        ask = signed_in.get(path)["Location"]
        assert ask.startswith("/account/two-step/reauthenticate/?next=")
        with mock.patch("allauth.mfa.totp.internal.auth.validate_totp_code", return_value=True):
            assert signed_in.post(ask, {"code": "123456"})["Location"] == path
        assert b"".join(signed_in.get(path).streaming_content) == b"zip"

    def test_rights_are_given_with_a_password(self, signed_in: Client, person: User) -> None:
        assert TITLE not in signed_in.post(f"/people/{person.pk}/grants/new/", {}).content.decode()
