"""Logs hold ids and no client data."""

import json
import logging
from unittest import mock

import pytest
import structlog
from django.test import Client

from hearth.hmis.access.models import User
from hearth.hmis.config import logs
from tests.factories import PASSWORD, make_user


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture):
    """Everything logged so far, as it would be written, one object a line."""
    formatter = logs.dict_config("INFO")["formatters"]["json"]
    formatter = {key: value for key, value in formatter.items() if key != "()"}
    written = structlog.stdlib.ProcessorFormatter(**formatter)
    caplog.set_level(logging.DEBUG)
    return lambda: [json.loads(written.format(record)) for record in caplog.records]


def _requests(found: list[dict]) -> list[dict]:
    return [line for line in found if line["event"] == "request"]


def test_request_line(client: Client, administrator: User, lines) -> None:
    client.force_login(administrator)
    response = client.get("/reports/?name=Secret+Person")
    (line,) = _requests(lines())
    assert line["method"] == "GET"
    assert line["path"] == "/reports/"
    assert line["status"] == 200
    assert line["user"] == administrator.pk
    assert line["ms"] >= 0
    assert line["request_id"] == response.headers["X-Request-ID"]
    assert "Secret" not in json.dumps(lines())


def test_what_somebody_typed_as_an_address_is_not_logged(client: Client, db, lines) -> None:
    client.get("/clients/Secret Person/1990-01-01")
    (line,) = _requests(lines())
    assert line["path"] == "(no such page)"
    assert "Secret" not in json.dumps(lines())


def test_sign_in_attempts_are_not_logged(client: Client, db, lines) -> None:
    for _ in range(6):
        client.post("/account/login/?next=/Secret/", {"login": "secret@example.org", "password": "Secret1"})
    assert "secret" not in json.dumps(lines()).lower()


def test_signing_in_is_logged_with_the_id(client: Client, db, lines) -> None:
    person = make_user(email="someone@example.org", password=PASSWORD)
    client.post("/account/login/", {"login": "someone@example.org", "password": PASSWORD})
    client.post("/account/logout/")
    assert [line["user"] for line in _requests(lines())] == [person.pk, None]


def test_error_says_where_and_not_what(client: Client, administrator: User, lines) -> None:
    client.force_login(administrator)
    client.raise_request_exception = False
    secret = "duplicate key: Key (ssn)=(123-45-6789) Secret Person"
    with mock.patch("hearth.hmis.ui.views.render", side_effect=ValueError(secret)):
        client.get("/account/?q=Secret")
    found = lines()
    assert "Secret" not in json.dumps(found)
    assert "123-45" not in json.dumps(found)
    (error,) = [line for line in found if line.get("error")]
    assert error["error"] == "builtins.ValueError"
    assert any("views.py" in place for place in error["places"])


def test_arguments_of_other_libraries_are_dropped(lines) -> None:
    logging.getLogger("django.db").warning("Slow: %s", "Secret Person")
    (line,) = lines()
    assert line["event"] == "Slow: %s"


def test_given_request_id_is_kept_only_from_a_proxy(client: Client, db, settings) -> None:
    given = {"X-Request-ID": "abcdef-12345678"}
    assert client.get("/help/", headers=given).headers["X-Request-ID"] != "abcdef-12345678"
    settings.TRUSTED_PROXIES = 1
    assert client.get("/help/", headers=given).headers["X-Request-ID"] == "abcdef-12345678"
    forged = {"X-Request-ID": "a b\tc" * 9}
    assert client.get("/help/", headers=forged).headers["X-Request-ID"] != "a b\tc" * 9
