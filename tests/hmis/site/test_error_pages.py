"""Errors are explained, with DEBUG off, also without the database."""

from unittest import mock

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory

from hearth.hmis.access.models import User
from hearth.hmis.site import error_pages, health


@pytest.mark.parametrize("kind", sorted(error_pages.PROBLEMS))
def test_every_page_says_what_happened_and_what_to_do(kind: str) -> None:
    """Rendered without the database: pytest-django refuses every query here."""
    status = int(kind) if kind.isdigit() else 403
    response = error_pages.page(RequestFactory().get("/"), status, kind, minutes=15)
    page = response.content.decode()
    assert response.status_code == status
    assert page.count("<h1>") == 1
    assert "What you can do" in page
    assert error_pages.PROBLEMS[kind].title in page
    assert "{" not in page.split("</head>")[1].replace("{% ", "")


def test_page_that_does_not_exist(client, db) -> None:
    response = client.get("/clients/Somebody%20Private/")
    assert response.status_code == 404
    assert b"may belong to an organization" in response.content
    assert b"Somebody" not in response.content


def test_wrong_method_gets_a_page_and_says_which_methods_work(client, administrator: User) -> None:
    client.force_login(administrator)
    response = client.get("/account/sessions/end-others/")
    assert response.status_code == 405
    assert response.headers["Allow"] == "POST"
    assert b"cannot be used that way" in response.content


def test_form_without_token(db) -> None:
    response = Client(enforce_csrf_checks=True).post("/account/login/", {"login": "a", "password": "b"})
    assert response.status_code == 403
    assert b"This form is no longer valid" in response.content


def test_program_error_shows_a_reference_and_nothing_else(client, administrator: User) -> None:
    client.force_login(administrator)
    client.raise_request_exception = False
    with mock.patch("hearth.hmis.ui.views.render", side_effect=RuntimeError("Secret Client")):
        response = client.get("/account/")
    assert response.status_code == 500
    assert response.headers["X-Request-ID"].encode() in response.content
    assert b"Secret" not in response.content
    assert b"Traceback" not in response.content


def test_database_away_is_503(client, administrator: User) -> None:
    client.force_login(administrator)
    client.raise_request_exception = False
    with mock.patch("hearth.hmis.ui.views.render", side_effect=OperationalError("gone")):
        response = client.get("/account/")
    assert response.status_code == 503
    assert b"cannot be used just now" in response.content


def test_programs_get_json(client, db) -> None:
    response = client.get("/nothing/", headers={"Accept": "application/json"})
    assert response.status_code == 404
    assert response.json()["error"] == error_pages.PROBLEMS["404"].title


def test_answers_with_a_body_of_their_own_are_left_alone() -> None:
    middleware = error_pages.ErrorPagesMiddleware(lambda request: HttpResponse("mine", status=404))
    assert middleware(RequestFactory().get("/")).content == b"mine"


def test_live_needs_no_database(client) -> None:
    assert client.get("/health/").json() == {"status": "ok"}


def test_ready_names_what_works(client, db) -> None:
    answer = client.get("/health/ready/")
    assert answer.status_code == 200
    assert answer.json()["checks"] == {
        "database": "ok",
        "migrations": "ok",
        "sharing": "ok",
        "worker": "not seen",
        "night": "not yet",
    }


def test_not_ready_without_the_database(client) -> None:
    with mock.patch.object(health.connection, "cursor", side_effect=OperationalError):
        answer = client.get("/health/ready/")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == "failed"


def test_metrics_for_this_machine_only(client, db, settings) -> None:
    assert client.get("/metrics").status_code == 200
    assert b"django_http_requests" in client.get("/metrics").content
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 404
    forwarded = {"X-Forwarded-For": "192.0.2.7"}
    assert client.get("/metrics", headers=forwarded).status_code == 404
    settings.METRICS_TOKEN = "long and secret"
    wrong = {**forwarded, "Authorization": "Bearer other"}
    assert client.get("/metrics", headers=wrong).status_code == 404
    right = {**forwarded, "Authorization": "Bearer long and secret"}
    assert client.get("/metrics", headers=right).status_code == 200
