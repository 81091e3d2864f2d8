"""Hostile input gets a clear answer and never a 500."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import path as route

from hearth.hmis.access.models import User
from hearth.hmis.config import urls
from hearth.hmis.site import error_pages
from hearth.hmis.site.input_guard import BIGINT_MAX
from tests.factories import PASSWORD, make_administrator, make_auditor, make_user


def thing(request, number: int) -> HttpResponse:
    return HttpResponse(str(number))


urlpatterns = [*urls.urlpatterns, route("thing/<int:number>/", thing)]
handler404 = error_pages.not_found


@pytest.fixture
def signed_in(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    return client


@pytest.mark.parametrize(
    "path", ["/%00", "/help/%00/", "/help/?page=%00", "/help/?%00=1", "/help/components/?page=1%00"]
)
def test_nul_in_an_address(signed_in: Client, path: str) -> None:
    response = signed_in.get(path)
    assert response.status_code == 400
    assert b"could not be read" in response.content


@pytest.mark.parametrize("multipart", [True, False])
def test_nul_in_a_form(client: Client, db, multipart: bool) -> None:
    values = {"login": "a\x00b@example.org", "password": "x"}
    options = {} if multipart else {"content_type": "application/x-www-form-urlencoded"}
    data = values if multipart else "login=a%00b&password=x"
    assert client.post("/account/login/", data, **options).status_code == 400


def test_nul_in_a_cookie(client: Client, db) -> None:
    client.cookies["hearth_session"] = "a\x00b"
    assert client.get("/").status_code in (302, 400)


@pytest.mark.urls("tests.hmis.site.test_input_guard")
@pytest.mark.parametrize(
    ("number", "status"), [(1, 200), (BIGINT_MAX, 200), (BIGINT_MAX + 1, 404), (10**40, 404)]
)
def test_ids_beyond_bigint(client: Client, administrator: User, number: int, status: int) -> None:
    client.force_login(administrator)
    assert client.get(f"/thing/{number}/").status_code == status


def test_broken_multipart(client: Client, db) -> None:
    response = client.post("/account/login/", b"garbage", content_type="multipart/form-data; boundary=x")
    assert response.status_code in (200, 400)
    response = client.post("/account/login/", b"garbage", content_type="multipart/form-data")
    assert response.status_code == 400


@pytest.mark.parametrize("length", ["-1", "1e9", "abc", "99999999999999999999"])
def test_strange_lengths(db, length: str) -> None:
    response = Client().get("/help/", CONTENT_LENGTH=length)
    assert response.status_code in (200, 400, 413)


def test_too_large_a_body_is_refused_unread(signed_in: Client, settings) -> None:
    settings.MAX_UPLOAD_BYTES = 10
    response = signed_in.post("/account/stay/", {"a": "b" * 100})
    assert response.status_code == 413
    assert b"too large" in response.content


def test_strangers_cannot_send_files_to_pages_that_need_sign_in(client: Client, db) -> None:
    response = client.post("/account/stay/", {"file": "x" * 1000})
    assert response.status_code == 302


@pytest.mark.parametrize(
    "path", ["/help/?page=" + "9" * 400, "/help/components/?page=-1", "/help/components/?page=x", "/%ff%fe"]
)
def test_strange_values(signed_in: Client, path: str) -> None:
    assert signed_in.get(path).status_code in (200, 404)


def test_unknown_host_is_refused(client: Client, db) -> None:
    assert client.get("/help/", headers={"host": "evil.example"}).status_code == 400


def test_sign_in_leads_to_no_other_site(client: Client, db) -> None:
    make_user(email="someone@example.org", password=PASSWORD)
    values = {"login": "someone@example.org", "password": PASSWORD, "next": "https://evil.example/"}
    assert client.post("/account/login/", values)["Location"] == "/"


def test_forwarded_addresses_are_believed_only_from_our_proxies(settings) -> None:
    from hearth.hmis.site.client_address import client_address

    request = RequestFactory().get("/", headers={"X-Forwarded-For": "203.0.113.9, 198.51.100.2"})
    assert client_address(request) == "127.0.0.1"
    settings.TRUSTED_PROXIES = 1
    assert client_address(request) == "198.51.100.2"
    settings.TRUSTED_PROXIES = 2
    assert client_address(request) == "203.0.113.9"


@pytest.mark.parametrize("address", ["/clients/", "/exchange/exports/", "/account/stay/", "/account/login/"])
def test_large_bodies_only_where_files_are_taken(signed_in: Client, settings, address: str) -> None:
    settings.MAX_FORM_BYTES = 1000
    body = {"file": SimpleUploadedFile("large.zip", b"x" * 2000)}
    assert signed_in.post(address, body).status_code == 413


def test_a_large_body_is_not_read_for_who_may_not_upload(client: Client, db, settings) -> None:
    settings.MAX_FORM_BYTES = 1000
    body = {"file": SimpleUploadedFile("large.zip", b"x" * 2000)}
    client.force_login(make_auditor())
    assert client.post("/exchange/imports/new/", body).status_code == 413
    client.force_login(make_administrator())
    body["file"].seek(0)
    # Refused by its form, not by the guard: it was read.
    assert client.post("/exchange/imports/new/", body | {"source": "x" * 300}).status_code == 200
