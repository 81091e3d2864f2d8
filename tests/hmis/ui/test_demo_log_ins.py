"""The log-ins of the demonstration stand on its sign-in page, and on no other installation's."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db
WRITTEN = "Sign in with one of these, password invented-words\n  admin@example.org   System administrator\n"


@pytest.fixture
def written(settings: object, tmp_path: Path) -> Path:
    settings.DEMO_ACCOUNTS = tmp_path / "demo_accounts"
    settings.DEMO_ACCOUNTS.write_text(WRITTEN)
    return settings.DEMO_ACCOUNTS


def test_only_a_demonstration_tells_its_log_ins(client: Client, settings: object, written: Path) -> None:
    settings.IS_DEMO = True
    page = client.get(reverse("account_login")).content.decode()
    assert "password invented-words" in page
    assert "admin@example.org   System administrator" in page
    settings.IS_DEMO = False
    page = client.get(reverse("account_login")).content.decode()
    assert "invented-words" not in page and "admin@example.org" not in page


def test_a_demonstration_that_is_not_filled_yet_says_nothing(
    client: Client, settings: object, written: Path
) -> None:
    settings.IS_DEMO = True
    written.unlink()
    page = client.get(reverse("account_login"))
    assert page.status_code == 200
    assert "People of the demonstration" not in page.content.decode()
