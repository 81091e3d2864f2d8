"""Mails that wait are sent by the workers, beside their jobs, and tried again where the mail server is away.

A mail is claimed in the database before it is sent, so that of several workers one sends it; one that dies
meanwhile leaves it to be tried again. What was tried often enough is listed for administrators, with why.
Logs have the number of a mail, never its address or text.
"""

import smtplib
import ssl
from datetime import timedelta

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from hearth.hmis.site.models import Mail

log = structlog.get_logger(__name__)

#: What mails are about, in words. Values are stored and never change.
KINDS: dict[str, str] = {
    "password_reset": "Link to set a new password",
    "invitation": "Invitation to set a first password",
    "unused_account": "Warning that an account will be locked",
    "account_locked": "Word that failed tries locked the account for a while",
    "account_changed": "Word that something changed on the account",
}
#: How long to wait after each try; after the last one the mail is given up.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
KEPT = timedelta(days=90)
_AT_ONCE = 50  # so that whoever stops the worker does not wait for all


class _Given(Exception):
    """It would fail again however often it is tried: the message says why."""


def send_due() -> int:
    """Try every mail that is due; how many were sent. Safe from several processes at once."""
    sent = 0
    for _ in range(_AT_ONCE):
        mail = _claim()
        if mail is None:
            break
        sent += _try(mail)
    return sent


def remove_old() -> None:
    """Every night: what was sent or given up long ago."""
    Mail.objects.exclude(state=Mail.State.WAITING).filter(created_at__lt=timezone.now() - KEPT).delete()


def _claim() -> Mail | None:
    """The next mail that is due, counted as tried and not due again before its waiting time is over."""
    with transaction.atomic():
        due = Mail.objects.filter(state=Mail.State.WAITING, next_try_at__lte=Now()).order_by("next_try_at")
        mail = due.select_for_update(skip_locked=True, of=("self",)).select_related("user").first()
        if mail is None:
            return None
        wait = WAITS[min(mail.attempts, len(WAITS) - 1)]
        Mail.objects.filter(pk=mail.pk).update(attempts=F("attempts") + 1, next_try_at=Now() + wait)
        mail.attempts += 1
    return mail


def _try(mail: Mail) -> bool:
    try:
        if mail.useless_at is not None and mail.useless_at <= timezone.now():
            raise _Given(f"What it says was no longer valid before it could be sent. {mail.message}".strip())
        if not mail.user.is_active:
            raise _Given("The account is not active any more.")
        EmailMessage(mail.subject, mail.body, to=[mail.user.email]).send()
    except Exception as error:
        said, is_given_up = _why(error, mail)
        log.warning("mail_not_sent", mail=mail.pk, attempt=mail.attempts, error=type(error).__qualname__)
        if is_given_up or mail.attempts > len(WAITS):
            _end(mail, Mail.State.FAILED, said)
        else:
            _waiting(mail).update(message=said)
        return False
    _end(mail, Mail.State.SENT, "")
    return True


def _waiting(mail: Mail) -> QuerySet[Mail]:
    return Mail.objects.filter(pk=mail.pk, state=Mail.State.WAITING)


def _end(mail: Mail, state: Mail.State, said: str) -> None:
    _waiting(mail).update(state=state, message=said, body="", ended_at=Now())


def _why(error: Exception, mail: Mail) -> tuple[str, bool]:
    """Why a try failed and what to do, and whether it would fail every time. Never what the server wrote,
    which may hold the address."""
    server = f"the mail server {settings.EMAIL_HOST}"
    if isinstance(error, _Given):
        return str(error), True
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"{server.capitalize()} refuses the user or password of HEARTH_MAIL_URL.", False
    if isinstance(error, smtplib.SMTPSenderRefused):
        return f"{server.capitalize()} refuses the sender of HEARTH_MAIL_FROM.", False
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
        is_final = all(500 <= code < 600 for code in codes)
        return f"{server.capitalize()} does not know the user’s address. Correct it, or ask them.", is_final
    if isinstance(error, ssl.SSLError):
        return f"The certificate or encryption of {server} is not right. Ask whoever runs it.", False
    if isinstance(error, smtplib.SMTPServerDisconnected | smtplib.SMTPConnectError) or (
        isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException)
    ):
        return (
            f"{server.capitalize()} could not be reached. See that it runs and HEARTH_MAIL_URL is right.",
            False,
        )
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return f"{server.capitalize()} offers no encryption or sign-in as HEARTH_MAIL_URL asks for it.", False
    if isinstance(error, smtplib.SMTPException):
        return f"{server.capitalize()} refused the mail. Its log says why.", False
    return f"Hearth could not write the mail. The log has it as mail {mail.pk}.", False
