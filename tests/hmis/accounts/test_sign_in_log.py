"""Who signed in, and who failed, is in the access log."""

import pytest
from django.test import Client

from hearth.hmis.access.context import acting
from hearth.hmis.audit.models import AccessLog
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def log() -> list[tuple[str, int | None, dict]]:
    with acting(factories.make_auditor()):
        return list(AccessLog.objects.order_by("id").values_list("action", "user_id", "details"))


def sign_in(client: Client, email: str, password: str) -> int:
    return client.post("/account/login/", {"login": email, "password": password}).status_code


def test_a_sign_in(client: Client) -> None:
    user = factories.make_user(password=factories.PASSWORD)
    assert sign_in(client, user.email, factories.PASSWORD) == 302
    assert log() == [("signed_in", user.pk, {})]


def test_failures_and_the_lock(client: Client) -> None:
    user = factories.make_user(password=factories.PASSWORD)
    for _ in range(6):
        sign_in(client, user.email, "not the password")
    entries = log()
    assert {entry[:2] for entry in entries} == {("sign_in_failed", None)}
    assert any(details.get("locked") for _, _, details in entries)
    assert user.email not in str(entries)
