"""Which passwords may be set; a link by mail that sets a new one, and what it gives away: nothing."""

import re
from datetime import timedelta
from unittest import mock

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.accounts import passwords
from hearth.hmis.accounts.actions import set_password
from hearth.hmis.accounts.sign_in import MfaAdapter
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.site.models import Mail
from tests.factories import PASSWORD, make_administrator, make_user

ASK = "/account/password/reset/"
NEW = "seven invented words in order"


@pytest.fixture
def person(db: None) -> User:
    return make_user(email="someone@example.org", display_name="Zebulonia Vexworth", password=PASSWORD)


def asked(client: Client, email: str) -> str:
    """Ask for a link; returns the page that follows."""
    answer = client.post(ASK, {"email": email})
    assert answer.status_code == 302
    assert answer["Location"] == f"{ASK}sent/"
    return client.get(answer["Location"]).content.decode()


def link() -> str:
    found = re.search(r"http://testserver(/account/password/reset/\S+)", Mail.objects.latest("id").body)
    assert found
    return found[1]


def log() -> list[AccessLog]:
    with acting(make_administrator()):
        return list(AccessLog.objects.order_by("id"))


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("elevenchars", "at least 12 characters"),
        ("qwertyuiop123", "many people use this"),
        ("someone@example.org", "too much like"),
        ("Zebulonia Vexworth", "too much like"),
        ("739201847561", "digits alone"),
        ("", "at least 12 characters"),
        (NEW, ""),
        ("Zwölf Bäume 日本", ""),
    ],
)
def test_what_a_password_must_be(person: User, password: str, said: str) -> None:
    if not said:
        validate_password(password, person)
        return
    with pytest.raises(ValidationError) as refused:
        validate_password(password, person)
    assert said in " ".join(refused.value.messages)
    assert not passwords.is_good(password, person)


def test_an_old_password_still_opens_the_door_and_is_to_be_changed(client: Client, db: None) -> None:
    person = make_user(email="old@example.org", password="short")
    answer = client.post("/account/login/", {"login": person.email, "password": "short"}, follow=True)
    assert answer.status_code == 200
    assert "weaker than this site now asks for" in answer.content.decode()
    values = {"oldpassword": "short", "password1": "shorter", "password2": "shorter"}
    assert b"at least 12 characters" in client.post("/account/password/change/", values).content


def test_a_good_password_is_not_spoken_of(client: Client, person: User) -> None:
    answer = client.post("/account/login/", {"login": person.email, "password": PASSWORD}, follow=True)
    assert "weaker" not in answer.content.decode()


def test_a_new_password_by_mail(client: Client, person: User) -> None:
    elsewhere = Client()
    elsewhere.post("/account/login/", {"login": person.email, "password": PASSWORD})
    assert elsewhere.get("/").status_code == 200
    asked(client, "SomeOne@Example.org")
    mail = Mail.objects.get()
    assert (mail.user, mail.kind) == (person, "password_reset")
    assert mail.subject == "Minnesota HMIS: Set a new password"
    assert mail.useless_at is not None
    assert mail.useless_at - mail.created_at == timedelta(hours=1)
    answer = client.get(link())
    assert answer.status_code == 302
    form = answer["Location"]
    assert form.endswith("-set-password/")  # the key is not in the address of the page
    assert b"Set a new password" in client.get(form).content
    assert b"at least 12 characters" in client.post(form, {"password1": "x", "password2": "x"}).content
    answer = client.post(form, {"password1": NEW, "password2": NEW})
    assert answer["Location"] == f"{ASK}done/"
    assert b"signed out everywhere" in client.get(answer["Location"]).content
    assert client.get("/").status_code == 302  # nobody is signed in by a link
    assert elsewhere.get("/").status_code == 302
    assert not UserSession.objects.exists()
    told = Mail.objects.latest("id")
    assert (told.kind, told.user) == ("account_changed", person)
    assert "http://testserver/account/password/reset/" in told.body
    assert client.post("/account/login/", {"login": person.email, "password": NEW})["Location"] == "/"
    actions = [(one.action, one.user_id) for one in log() if one.action != "signed_in"]
    assert actions == [("password_reset_asked", None), ("password_changed", person.pk)]


def test_a_link_works_once_and_for_an_hour(client: Client, person: User) -> None:
    asked(client, person.email)
    used = link()
    form = client.get(used)["Location"]
    client.post(form, {"password1": NEW, "password2": NEW})
    assert b"does not work any more" in client.get(used).content
    assert b"does not work any more" in client.post(form, {"password1": NEW, "password2": NEW}).content
    asked(client, person.email)
    later = timezone.now().replace(tzinfo=None) + timedelta(minutes=61)
    with mock.patch("django.contrib.auth.tokens.PasswordResetTokenGenerator._now", return_value=later):
        assert b"does not work any more" in client.get(link()).content


def test_whether_there_is_such_an_account_is_not_given_away(client: Client, person: User) -> None:
    gone = make_user(email="gone@example.org", is_active=False)
    pages = {asked(client, email) for email in (person.email, "nobody@example.org", gone.email)}
    assert len(pages) == 1
    assert [mail.user for mail in Mail.objects.all()] == [person]


def test_not_more_than_three_links_an_hour_and_nobody_sees_the_difference(
    client: Client, person: User, settings
) -> None:
    pages = {asked(client, person.email) for _ in range(5)}
    assert len(pages) == 1
    assert Mail.objects.count() == settings.RESETS_PER_HOUR
    assert [one.details.get("sent", True) for one in log()] == [True, True, True, False, False]
    Mail.objects.update(created_at=timezone.now() - timedelta(minutes=61))
    asked(client, person.email)
    assert Mail.objects.count() == settings.RESETS_PER_HOUR + 1


def test_one_address_asks_twenty_times_an_hour(client: Client, db: None) -> None:
    address = "192.0.2.77"
    answers = [
        client.post(ASK, {"email": f"n{number}@example.org"}, REMOTE_ADDR=address) for number in range(21)
    ]
    assert [answer.status_code for answer in answers] == [302] * 20 + [429]
    assert b"Wait a few minutes" in answers[-1].content


def test_a_link_does_not_pass_by_the_second_step(client: Client, person: User) -> None:
    secret = MfaAdapter().encrypt("JBSWY3DPEHPK3PXP")
    Authenticator.objects.create(user=person, type="totp", data={"secret": secret})
    asked(client, person.email)
    client.post(client.get(link())["Location"], {"password1": NEW, "password2": NEW})
    answer = client.post("/account/login/", {"login": person.email, "password": NEW})
    assert answer["Location"] == "/account/two-step/authenticate/"
    assert client.get("/").status_code == 302


def test_a_link_opens_an_account_that_guessing_has_locked(client: Client, person: User, settings) -> None:
    for guess in range(settings.AXES_FAILURE_LIMIT):
        client.post("/account/login/", {"login": person.email, "password": f"guess {guess}"})
    assert client.post("/account/login/", {"login": person.email, "password": PASSWORD}).status_code == 429
    asked(client, person.email)
    client.post(client.get(link())["Location"], {"password1": NEW, "password2": NEW})
    assert client.post("/account/login/", {"login": person.email, "password": NEW}).status_code == 302
    with acting(make_administrator()):
        [row] = AccessLog.objects.filter(action="user_changed")
    assert row.details == {
        "done": "unlocked with a link from a mail", "tries": settings.AXES_FAILURE_LIMIT
    }  # fmt: skip


def test_a_link_gives_nobody_new_tries_at_the_codes_of_a_second_step(
    client: Client, person: User, settings
) -> None:
    Authenticator.objects.create(
        user=person, type="totp", data={"secret": MfaAdapter().encrypt("JBSWY3DPEHPK3PXP")}
    )
    for guess in range(settings.AXES_FAILURE_LIMIT):
        client.post("/account/login/", {"login": person.email, "password": f"guess {guess}"})
    asked(client, person.email)
    client.post(client.get(link())["Location"], {"password1": NEW, "password2": NEW})
    assert client.post("/account/login/", {"login": person.email, "password": NEW}).status_code == 429


def test_a_lock_is_told_by_mail_once_an_hour(client: Client, person: User, settings) -> None:
    tries = settings.AXES_FAILURE_LIMIT + 4
    for guess in range(tries):
        client.post("/account/login/", {"login": person.email, "password": f"guess {guess}"})
        client.post("/account/login/", {"login": "nobody@example.org", "password": f"guess {guess}"})
    [mail] = Mail.objects.all()
    assert (mail.user, mail.kind) == (person, "account_locked")
    assert "guess 1" not in mail.body and "127.0.0.1" in mail.body
    Mail.objects.update(created_at=timezone.now() - timedelta(minutes=61))
    client.post("/account/login/", {"login": person.email, "password": "guess"})
    assert Mail.objects.count() == 2


# ------------------------------------------------------------------ set by somebody else


@pytest.fixture
def given(person: User) -> User:
    """Whose password an administrator has set."""
    set_password(by=make_administrator(), email=person.email, password=PASSWORD)
    return User.objects.get(pk=person.pk)


CHANGE = "/account/password/change/"


def test_a_password_that_was_given_is_changed_first(client: Client, given: User) -> None:
    client.post("/account/login/", {"login": given.email, "password": PASSWORD})
    for path in ("/", "/clients/", "/no/such/page/"):
        assert client.get(path)["Location"] == CHANGE
    assert client.get("/", headers={"HX-Request": "true"})["HX-Redirect"] == CHANGE
    assert "set by an administrator" in client.get(CHANGE).content.decode()
    same = {"oldpassword": PASSWORD, "password1": PASSWORD, "password2": PASSWORD}
    assert "Choose another one than the password" in client.post(CHANGE, same).content.decode()
    assert client.get("/")["Location"] == CHANGE
    client.post(CHANGE, same | {"password1": NEW, "password2": NEW})
    assert client.get("/").status_code == 200


def test_a_link_changes_it_as_well_but_not_to_the_same(client: Client, given: User) -> None:
    asked(client, given.email)
    address = client.get(link())["Location"]
    answer = client.post(address, {"password1": PASSWORD, "password2": PASSWORD})
    assert "Choose another one than the password" in answer.content.decode()
    client.post(address, {"password1": NEW, "password2": NEW})
    client.post("/account/login/", {"login": given.email, "password": NEW})
    assert client.get("/").status_code == 200


def test_the_database_marks_it_and_nobody_else_takes_the_mark_away(given: User) -> None:
    boss, other = make_administrator(), make_user(password=PASSWORD)
    assert given.password_due and not other.password_due
    row = User.objects.filter(pk=given.pk)
    for who in (boss, None):
        with acting(who):
            row.update(password_due=False)
            assert row.get().password_due
    row.update(password=make_password(PASSWORD))  # hashed anew at sign-in, when nobody acts
    assert row.get().password_due
    with acting(given):
        row.update(password=make_password(NEW))
    assert not row.get().password_due
    with acting(boss):
        User.objects.filter(pk=boss.pk).update(password=make_password(NEW))
    assert not User.objects.get(pk=boss.pk).password_due


@pytest.mark.parametrize("key", ["x", "a" * 500, "set-password", "cq1-" + "0" * 32])
def test_an_invented_link(client: Client, person: User, key: str) -> None:
    answer = client.get(f"/account/password/reset/{person.pk}-{key}/")
    assert answer.status_code == 200
    assert b"does not work any more" in answer.content
