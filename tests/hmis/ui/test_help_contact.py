"""Whom to ask: a setting, shown on the help page and where an error page says to ask; nothing made up."""

import pytest
from django.test import Client
from django.urls import reverse

from hearth.hmis.ui.help_contact import HelpContact

HELP = "/help/get-help/"
pytestmark = pytest.mark.django_db

NOBODY_NAMED = "Ask your agency’s administrator."


def test_none_is_set() -> None:
    assert HelpContact.of({}) is None
    assert HelpContact.of({"HEARTH_HELP_EMAIL": " "}) is None


def test_what_is_set() -> None:
    contact = HelpContact.of({"HEARTH_HELP_PHONE": "+1 (612) 555-0142", "HEARTH_HELP_TEXT": "County desk"})
    assert contact == HelpContact(phone="+1 (612) 555-0142", text="County desk")
    assert contact.dial == "+16125550142"


def test_without_one_the_pages_say_whom_to_ask() -> None:
    assert NOBODY_NAMED in Client().get(HELP).content.decode()


def test_with_one_it_stands_on_help_and_error_pages(settings) -> None:
    settings.HELP_CONTACT = HelpContact(
        email="desk@example.org", phone="612-555-0142", text="<b>County desk</b>"
    )
    browser = Client()
    text = browser.get(HELP).content.decode()
    assert NOBODY_NAMED not in text
    assert 'href="mailto:desk@example.org"' in text
    assert 'href="tel:6125550142"' in text
    assert "&lt;b&gt;County desk" in text and "<b>County desk" not in text
    for n in range(6):
        locked = browser.post(
            reverse("account_login"), {"login": "nobody@example.org", "password": f"no {n}"}
        )
    assert locked.status_code == 429
    assert 'href="mailto:desk@example.org"' in locked.content.decode()
    # A mistyped address is nobody's to help with.
    assert "mailto:" not in browser.get("/nothing-here/").content.decode()


def test_the_help_promises_nothing_that_is_not_there() -> None:
    """What earlier texts promised: pauses of accounts, merging, tasks, adding people."""
    browser = Client()
    for slug in ("get-help", "what-is-hmis", "roles", "privacy", "reports", "keyboard"):
        text = browser.get(f"/help/{slug}/").content.decode()
        for promise in ("90 days without use", "merged records", "will be listed", "add somebody",
                        "know what is due", "shows each question only where it belongs",
                        "not in a count"):  # fmt: skip
            assert promise not in text, (slug, promise)
