"""Sites that lead a person astray: redirects to elsewhere, invented host names, frames, borrowed forms."""

import pytest
from django.test import Client

from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db

ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "http://testserver@evil.example/",
    "\t//evil.example",
]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_signing_in_leads_to_no_other_site(client: Client, target: str) -> None:
    user = make_user(password=PASSWORD)
    page = client.get("/account/login/", {"next": target})
    assert b'href="javascript' not in page.content
    answer = client.post("/account/login/", {"login": user.email, "password": PASSWORD, "next": target})
    assert answer.status_code == 302
    assert answer["Location"] == "/"


@pytest.mark.parametrize("target", ELSEWHERE)
def test_signing_out_leads_to_no_other_site(client: Client, target: str) -> None:
    client.force_login(make_user())
    answer = client.post("/account/logout/", {"next": target})
    assert answer["Location"] == "/account/login/"


@pytest.mark.parametrize("target", ELSEWHERE)
def test_a_part_of_a_page_leads_to_no_other_site(client: Client, target: str) -> None:
    answer = client.get("/clients/", headers={"HX-Request": "true", "HX-Current-URL": target})
    assert answer.status_code == 401  # the page covers itself and stays where it is
    assert "Location" not in answer.headers and "HX-Redirect" not in answer.headers
    assert target.encode() not in answer.content


@pytest.mark.parametrize("host", ["evil.example", "localhost@evil.example", "evil.example:80", "a b", ""])
def test_an_invented_host_is_refused(client: Client, host: str) -> None:
    answer = client.get("/account/login/", HTTP_HOST=host)
    assert answer.status_code == 400 or not host
    assert b"evil" not in answer.content


def test_no_page_is_shown_in_a_frame(client: Client) -> None:
    client.force_login(make_user())
    for address in ("/", "/account/", "/help/", "/no-such-page/", "/clients/"):
        answer = client.get(address)
        assert answer["X-Frame-Options"] == "DENY", address
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"], address
        assert answer["Cache-Control"] == "no-store, private", address


def test_a_session_of_another_browser_is_not_taken_over(client: Client) -> None:
    """The key of the session changes when somebody signs in, so that a planted one is worth nothing."""
    user = make_user(password=PASSWORD)
    client.get("/account/login/")
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["hearth_session"] = session.session_key
    client.post("/account/login/", {"login": user.email, "password": PASSWORD})
    assert client.cookies["hearth_session"].value != session.session_key
    cookie = client.cookies["hearth_session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
