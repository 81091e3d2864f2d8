"""Mail: sent by a worker, tried again, given up in words; no address and no text in logs."""

import smtplib
import ssl
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.core import mail as outbox
from django.db.models.functions import Now
from django.utils import timezone

from hearth.hmis.site import actions, mailing
from hearth.hmis.site.models import Mail
from tests import factories

pytestmark = pytest.mark.django_db
LINK = "https://hmis.example.org/set-password/secret-token/"


def wait(**fields: Any) -> Mail:
    user = fields.pop("user", None) or factories.make_user(email="zebulonia@example.org")
    given = {"kind": "password_reset", "subject": "Set a new password", "body": LINK, **fields}
    return actions.send(by=None, user=user, **given)


def due_again() -> None:
    Mail.objects.update(next_try_at=Now())


def failing(error: Exception) -> Any:
    return mock.patch("django.core.mail.EmailMessage.send", side_effect=error)


def test_it_is_sent_by_the_worker_and_not_at_once() -> None:
    mail = wait()
    assert outbox.outbox == []
    assert mailing.send_due() == 1
    (sent,) = outbox.outbox
    assert (sent.to, sent.subject, sent.body) == (["zebulonia@example.org"], "Set a new password", LINK)
    mail.refresh_from_db()
    assert (mail.state, mail.body, mail.attempts) == ("sent", "", 1)
    assert mailing.send_due() == 0
    assert len(outbox.outbox) == 1


def test_a_server_that_is_away_is_tried_again_and_then_given_up(caplog: pytest.LogCaptureFixture) -> None:
    mail = wait()
    for attempt in range(1, len(mailing.WAITS) + 1):
        with failing(ConnectionRefusedError("zebulonia@example.org at 10.0.0.1")):
            assert mailing.send_due() == 0
            assert mailing.send_due() == 0  # not due again at once
        mail.refresh_from_db()
        assert (mail.state, mail.attempts, mail.body) == ("waiting", attempt, LINK)
        assert mail.next_try_at > timezone.now() + mailing.WAITS[attempt - 1] - timedelta(minutes=1)
        assert "could not be reached" in mail.message
        due_again()
    with failing(ConnectionRefusedError()):
        mailing.send_due()
    mail.refresh_from_db()
    assert (mail.state, mail.body) == ("failed", "")
    due_again()
    assert mailing.send_due() == 0
    assert "mail_not_sent" in caplog.text
    for secret in ("zebulonia", "secret-token", "10.0.0.1"):
        assert secret not in caplog.text
        assert secret not in mail.message


def test_one_that_dies_while_sending_leaves_it_to_be_tried_again() -> None:
    mail = wait()
    with failing(KeyboardInterrupt()), pytest.raises(KeyboardInterrupt):  # type: ignore[arg-type]
        mailing.send_due()
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == ("waiting", 1)
    due_again()
    assert mailing.send_due() == 1


def _refused(code: int) -> smtplib.SMTPRecipientsRefused:
    return smtplib.SMTPRecipientsRefused({"zebulonia@example.org": (code, b"zebulonia unknown")})


@pytest.mark.parametrize(
    ("error", "said", "state"),
    [
        (smtplib.SMTPAuthenticationError(535, b"zebulonia"), "user or password", "waiting"),
        (smtplib.SMTPSenderRefused(550, b"zebulonia", "a@b"), "HEARTH_MAIL_FROM", "waiting"),
        (_refused(450), "does not know", "waiting"),
        (_refused(550), "does not know", "failed"),
        (ssl.SSLError("zebulonia"), "certificate", "waiting"),
        (smtplib.SMTPServerDisconnected("zebulonia"), "could not be reached", "waiting"),
        (TimeoutError("zebulonia"), "could not be reached", "waiting"),
        (smtplib.SMTPNotSupportedError("zebulonia"), "no encryption", "waiting"),
        (smtplib.SMTPDataError(554, b"zebulonia"), "refused the mail", "waiting"),
        (ValueError("zebulonia"), "could not write", "waiting"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_each_failure_has_its_words(error: Exception, said: str, state: str) -> None:
    mail = wait()
    with failing(error):
        mailing.send_due()
    mail.refresh_from_db()
    assert said in mail.message
    assert mail.state == state
    assert "zebulonia" not in mail.message


def test_what_is_worth_nothing_any_more_is_not_sent() -> None:
    late = wait(lifetime=timedelta(seconds=-1))
    gone = wait(user=factories.make_user(is_active=False))
    assert mailing.send_due() == 0
    for mail, said in ((late, "no longer valid"), (gone, "not active")):
        mail.refresh_from_db()
        assert (mail.state, mail.body) == ("failed", "")
        assert said in mail.message
    assert outbox.outbox == []


def test_one_that_fails_does_not_keep_others_waiting() -> None:
    wait(user=factories.make_user(is_active=False))
    wait()
    assert mailing.send_due() == 1


@pytest.mark.parametrize(("field", "value"), [("kind", "news"), ("subject", "Hello\nBcc: all@example.org")])
def test_a_mail_that_cannot_be(field: str, value: str) -> None:
    with pytest.raises(ValueError, match="mail"):
        wait(**{field: value})


def test_old_mails_are_removed_and_waiting_ones_stay() -> None:
    sent, waiting = wait(), wait(user=factories.make_user())
    Mail.objects.filter(pk=sent.pk).update(state="sent")
    mailing.remove_old()
    assert Mail.objects.count() == 2
    Mail.objects.update(created_at=timezone.now() - mailing.KEPT - timedelta(minutes=1))
    mailing.remove_old()
    assert list(Mail.objects.all()) == [waiting]
