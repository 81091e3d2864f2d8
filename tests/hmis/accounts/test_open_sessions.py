"""One's own sessions: which there are, and ending them."""

import time
from datetime import timedelta
from unittest import mock

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.accounts.open_sessions import device_in_words
from hearth.hmis.audit.models import AccessLog
from tests.factories import PASSWORD, make_administrator, make_user

PAGE = "/account/sessions/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/18.1 Mobile/15E148 Safari/604.1"
)


@pytest.fixture
def person(db: None) -> User:
    return make_user(email="someone@example.org", password=PASSWORD)


def signed_in(person: User, agent: str = FIREFOX, address: str = "192.0.2.7") -> Client:
    client = Client(HTTP_USER_AGENT=agent, REMOTE_ADDR=address)
    client.post("/account/login/", {"login": person.email, "password": PASSWORD})
    return client


def test_the_list_says_which_device_from_where_and_which_is_this_one(person: User) -> None:
    here, phone = signed_in(person), signed_in(person, IPHONE, "192.0.2.8")
    found = here.get(PAGE).context["sessions"]
    assert [(one.device, one.address, one.is_this_one) for one in found] == [
        ("Firefox on Windows", "192.0.2.7", True),
        ("Safari on iPhone", "192.0.2.8", False),
    ]
    assert [one.is_this_one for one in phone.get(PAGE).context["sessions"]] == [True, False]
    assert "Sign out everywhere else" in here.get(PAGE).content.decode()


def test_the_list_is_ones_own(person: User) -> None:
    signed_in(person)
    other = make_user(email="other@example.org", password=PASSWORD)
    assert len(signed_in(other).get(PAGE).context["sessions"]) == 1


def test_a_session_from_before_is_listed_when_it_is_looked_at(client: Client, person: User) -> None:
    client.force_login(person)
    assert [one.is_this_one for one in client.get(PAGE).context["sessions"]] == [True]


def test_last_use_is_kept_without_a_write_on_each_page(person: User, django_assert_num_queries) -> None:
    here = signed_in(person)
    here.get("/account/")
    UserSession.objects.update(last_seen_at="2026-01-01T00:00:00Z")
    here.get("/account/")
    assert UserSession.objects.get().last_seen_at.year == 2026
    before = UserSession.objects.get().last_seen_at
    now = time.time()
    with mock.patch("hearth.hmis.accounts.sessions.time.time", return_value=now + 60):
        here.get("/account/")
    assert UserSession.objects.get().last_seen_at > before + timedelta(days=1)


def test_ending_one(person: User) -> None:
    here, phone = signed_in(person), signed_in(person, IPHONE)
    other = next(one for one in here.get(PAGE).context["sessions"] if not one.is_this_one)
    assert here.get(f"{PAGE}{other.pk}/end/").status_code == 405
    answer = here.post(f"{PAGE}{other.pk}/end/", follow=True)
    assert b"The session is ended" in answer.content
    assert phone.get("/").status_code == 302
    assert len(here.get(PAGE).context["sessions"]) == 1
    assert here.post(f"{PAGE}{other.pk}/end/").status_code == 404
    with acting(make_administrator()):
        entry = AccessLog.objects.get(action="session_ended")
    assert (entry.user_id, entry.subject, entry.details) == (person.pk, f"user:{person.pk}", {"sessions": 1})


def test_ending_all_others(person: User) -> None:
    here, phone, third = signed_in(person), signed_in(person, IPHONE), signed_in(person)
    answer = here.post(f"{PAGE}end-others/", follow=True)
    assert b"signed out of 2 other sessions" in answer.content
    assert [phone.get("/").status_code, third.get("/").status_code] == [302, 302]
    assert here.get("/").status_code == 200


def test_nobody_ends_the_session_of_another(person: User) -> None:
    here = signed_in(person)
    other = signed_in(make_user(email="other@example.org", password=PASSWORD))
    mine = UserSession.objects.get(user=person)
    assert other.post(f"{PAGE}{mine.pk}/end/").status_code == 404
    other.post(f"{PAGE}end-others/")
    assert here.get("/").status_code == 200


def test_a_new_password_ends_all_others(person: User) -> None:
    here, phone = signed_in(person), signed_in(person, IPHONE)
    new = "seven invented words in order"
    values = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert here.post("/account/password/change/", values).status_code == 302
    assert phone.get("/").status_code == 302
    assert [one.is_this_one for one in here.get(PAGE).context["sessions"]] == [True]


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        (IPHONE, "Safari on iPhone"),
        (
            "Mozilla/5.0 (X11; CrOS x86_64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36",
            "Chrome on Chromebook",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/142.0 Safari/537.36 Edg/142.0", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 15; Pixel 8) Chrome/142.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.1 Safari/605.1.15", "Safari on Mac"),
        ("Links on Linux", "Linux"),
        ("curl/8", "Unknown device"),
        ("", "Unknown device"),
        ("<script>", "Unknown device"),
    ],
)
def test_devices_in_words(agent: str, words: str) -> None:
    assert device_in_words(agent) == words
