"""Sessions end, guessing locks, the second factor is stored encrypted."""

import time
from unittest import mock

import pytest
from allauth.mfa.models import Authenticator
from django.conf import global_settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client
from django.utils.module_loading import import_string

from hearth.hmis.access.models import User
from hearth.hmis.accounts.sessions import ACTIVE_AT
from hearth.hmis.accounts.sign_in import MfaAdapter
from hearth.hmis.config import settings as product_settings
from tests.factories import PASSWORD, make_user


@pytest.fixture
def person(db: None) -> User:
    return make_user(email="someone@example.org", password=PASSWORD)


def later(seconds: int) -> mock._patch:
    """Requests inside happen that much later."""
    return mock.patch("hearth.hmis.accounts.sessions.time.time", return_value=time.time() + seconds)


def test_sign_in_by_email_in_any_case(client: Client, person: User) -> None:
    response = client.post("/account/login/", {"login": "SomeOne@Example.org", "password": PASSWORD})
    assert response.status_code == 302
    assert response["Location"] == "/"
    assert client.get("/").status_code == 200


def test_session_cookie_is_closed_to_scripts_and_other_sites(client: Client, person: User) -> None:
    client.post("/account/login/", {"login": person.email, "password": PASSWORD})
    cookie = client.cookies["hearth_session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == ""  # ends with the browser


def test_sign_out(client: Client, person: User) -> None:
    client.force_login(person)
    assert client.post("/account/logout/").status_code == 302
    assert client.get("/").status_code == 302


def test_idle_session_ends_and_says_so(client: Client, person: User, settings) -> None:
    client.force_login(person)
    assert client.get("/").status_code == 200
    with later(settings.IDLE_SECONDS + 60):
        response = client.get("/reports/")
    assert response["Location"] == "/account/login/?next=/reports/&expired=1"
    assert client.get("/").status_code == 302
    assert b"You were signed out" in client.get(response["Location"]).content


def test_activity_keeps_a_session(client: Client, person: User, settings) -> None:
    client.force_login(person)
    client.get("/")
    with later(settings.IDLE_SECONDS - 60):
        assert client.post("/account/stay/").status_code == 204
    with later(2 * settings.IDLE_SECONDS - 120):
        assert client.get("/").status_code == 200


def test_requests_a_page_makes_by_itself_do_not_keep_a_session(client, person: User, settings) -> None:
    client.force_login(person)
    client.get("/")
    with later(settings.IDLE_SECONDS - 60):
        client.get("/", headers={"X-Hearth-Background": "1"})
    with later(settings.IDLE_SECONDS + 60):
        assert client.get("/").status_code == 302


def test_session_ends_after_a_working_day(client: Client, person: User, settings) -> None:
    client.force_login(person)
    client.get("/")
    session = client.session
    session[ACTIVE_AT] = time.time() + settings.SESSION_SECONDS
    session.save()
    with later(settings.SESSION_SECONDS + 60):
        response = client.get("/")
    assert response["Location"].endswith("&expired=day")
    assert b"you signed in 12 hours ago" in client.get(response["Location"]).content


def test_a_part_of_a_page_is_not_filled_when_the_session_is_over(client: Client, db) -> None:
    response = client.get("/reports/", headers={"HX-Request": "true"})
    assert response.status_code == 401
    assert response.headers["HX-Trigger"] == "hearth-signed-out"
    assert response.content == b""


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/reports/new/hic/?coc=MN-500", "/reports/new/hic/%3Fcoc%3DMN-500"),
        ("https://elsewhere.example/reports/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_a_form_that_comes_too_late_leads_back_to_its_page(
    client: Client, person: User, settings, referer: str, back: str
) -> None:
    client.force_login(person)
    client.get("/")
    with later(settings.IDLE_SECONDS + 60):
        response = client.post("/account/stay/", {"typed": "x"}, headers={"Referer": referer})
    assert response["Location"] == f"/account/login/?next={back}&expired=1"


def test_who_is_signed_in_and_for_how_long(client: Client, person: User, settings) -> None:
    client.force_login(person)
    client.get("/")
    with later(600):
        answer = client.get("/account/stay/", headers={"X-Hearth-Background": "1"}).json()
    assert answer["user"] == person.pk
    assert settings.SESSION_SECONDS - 610 <= answer["seconds"] <= settings.SESSION_SECONDS - 590
    with later(600):
        checking = Client(enforce_csrf_checks=True)
        checking.cookies = client.cookies
        token = {"csrfmiddlewaretoken": answer["token"]}
        assert (
            checking.post("/account/stay/", token, headers={"Referer": "http://testserver/"}).status_code
            == 204
        )


def test_sessions_last_a_quarter_of_an_hour_and_a_working_day_where_nothing_else_is_set() -> None:
    assert (product_settings.IDLE_SECONDS, product_settings.SESSION_SECONDS) == (15 * 60, 12 * 3600)


def test_signing_in_again_begins_a_new_day(client: Client, person: User, settings) -> None:
    client.force_login(person)
    client.get("/")
    with later(settings.SESSION_SECONDS + 60):
        client.get("/")
        client.post("/account/login/", {"login": person.email, "password": PASSWORD})
        assert client.get("/account/stay/").json()["seconds"] == settings.SESSION_SECONDS


def test_guessing_locks_the_account_however_it_is_written(client: Client, person: User, settings) -> None:
    for guess in range(settings.AXES_FAILURE_LIMIT):
        spelling = person.email.upper() if guess % 2 else f" {person.email}"
        response = client.post("/account/login/", {"login": spelling, "password": f"guess {guess}"})
    assert response.status_code == 429
    assert b"locked for 15 minutes" in response.content
    assert response.headers["Retry-After"] == "900"
    response = client.post("/account/login/", {"login": person.email, "password": PASSWORD})
    assert response.status_code == 429
    other = make_user(email="other@example.org", password=PASSWORD)
    response = client.post("/account/login/", {"login": other.email, "password": PASSWORD})
    assert response.status_code == 302


def test_wrong_password_does_not_say_whether_the_account_exists(client: Client, person: User) -> None:
    pages = [
        client.post("/account/login/", {"login": login, "password": "wrong"})
        for login in (person.email, "nobody@example.org")
    ]
    texts = [page.context["form"].non_field_errors() for page in pages]
    assert texts[0] == texts[1]
    assert texts[0]


@pytest.mark.parametrize("path", ["/account/signup/", "/account/email/"])
def test_there_is_no_public_sign_up(client: Client, db, path: str) -> None:
    assert client.get(path).status_code == 404


def test_inactive_user_cannot_sign_in(client: Client, person: User) -> None:
    person.is_active = False
    person.save()
    client.post("/account/login/", {"login": person.email, "password": PASSWORD})
    assert client.get("/").status_code == 302


def test_weak_new_password_is_refused(client: Client, person: User) -> None:
    client.force_login(person)
    values = {"oldpassword": PASSWORD, "password1": "short", "password2": "short"}
    response = client.post("/account/password/change/", values)
    assert b"at least 12 characters" in response.content


def test_second_step(client: Client, person: User) -> None:
    """Turn it on, sign in with a recovery code; nothing of it is readable in the database."""
    client.post("/account/login/", {"login": person.email, "password": PASSWORD})
    activate = "/account/two-step/totp/activate/"
    confirm = client.get(activate)["Location"]
    assert confirm.startswith("/account/reauthenticate/")
    assert b"Confirm that it is you" in client.get(confirm).content
    assert client.post(confirm, {"password": PASSWORD})["Location"] == activate
    page = client.get(activate)
    assert b"<svg" in page.content
    assert b"style=" not in page.content
    secret = page.context["form"].secret
    with mock.patch("allauth.mfa.totp.internal.auth.validate_totp_code", return_value=True):
        response = client.post(activate, {"code": "123456"})
    assert response.status_code == 302
    stored = {found.type: found.data for found in Authenticator.objects.filter(user=person)}
    assert secret not in str(stored)
    assert MfaAdapter().decrypt(stored["totp"]["secret"]) == secret
    codes = client.get("/account/two-step/recovery-codes/").context["unused_codes"]
    client.post("/account/logout/")

    response = client.post("/account/login/", {"login": person.email, "password": PASSWORD})
    assert response["Location"] == "/account/two-step/authenticate/"
    assert client.get("/").status_code == 302
    assert b"recovery codes" in client.get(response["Location"]).content
    response = client.post("/account/two-step/authenticate/", {"code": codes[0]})
    assert response["Location"] == "/"
    assert client.get("/").status_code == 200


def test_passwords_are_hashed_slowly() -> None:
    """As Django does where the settings say nothing else; tests hash quickly (`tests/hmis/conftest.py`)."""
    assert "PASSWORD_HASHERS" not in vars(product_settings)
    strongest = import_string(global_settings.PASSWORD_HASHERS[0])
    assert issubclass(strongest, PBKDF2PasswordHasher)
    assert strongest.iterations >= 1_000_000
