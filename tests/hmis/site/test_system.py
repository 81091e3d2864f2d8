"""The page for whoever runs the installation: nights, worker, mails that were not sent."""

from datetime import date
from unittest import mock

import pytest
from django.test import Client

from hearth.hmis.access.models import User
from hearth.hmis.jobs.models import NightlyDuty
from hearth.hmis.site import actions, mailing
from tests import factories

pytestmark = pytest.mark.django_db


def test_it_shows_the_last_night_and_mails_that_were_not_sent(client: Client, administrator: User) -> None:
    client.force_login(administrator)
    page = client.get("/system/").content.decode()
    assert "Not yet" in page
    assert "All mails were sent" in page
    assert "HEARTH_MAIL_URL" in page
    for night, state in ((date(2026, 3, 1), "failed"), (date(2026, 3, 2), "finished")):
        NightlyDuty.objects.create(night=night, name="ended_sessions", state=state, message=f"It {state}.")
    user = factories.make_user(display_name="Una Reached")
    actions.send(by=None, user=user, kind="password_reset", subject="x", body="secret-token")
    with mock.patch("django.core.mail.EmailMessage.send", side_effect=OSError):
        mailing.send_due()
    page = client.get("/system/").content.decode()
    assert "It finished." in page
    assert "It failed." not in page  # of the night before
    assert "Una Reached" in page
    assert "Link to set a new password" in page
    assert "could not be reached" in page
    assert "secret-token" not in page
    assert user.email not in page


def test_only_who_may_sees_it(client: Client) -> None:
    client.force_login(factories.make_auditor())
    assert client.get("/system/").status_code == 403
    assert b"This installation" not in client.get("/").content


def test_the_readiness_page_says_how_the_night_went(client: Client) -> None:
    def said() -> str:
        answer = client.get("/health/ready/")
        assert answer.status_code == 200
        return str(answer.json()["checks"]["night"])

    assert said() == "not yet"
    NightlyDuty.objects.create(night=date(2026, 3, 1), name="files", state="failed")
    assert said() == "failed"
    NightlyDuty.objects.create(night=date(2026, 3, 2), name="files", state="finished")
    assert said() == "ok"
