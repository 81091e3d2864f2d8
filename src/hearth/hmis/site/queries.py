"""How the installation does, for whoever runs it: the worker, the nights, mails that could not be sent."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import QuerySet
from django.utils import timezone

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.jobs import nightly
from hearth.hmis.jobs.models import NightlyDuty
from hearth.hmis.site.mailing import KINDS
from hearth.hmis.site.models import Mail

WORKER_SEEN_WITHIN = timedelta(minutes=2)
#: Mails that are shown; more only means that the mail server was away for long.
MOST_MAILS = 50
_TONES = {"finished": "success", "failed": "error", "running": "info"}


@dataclass(frozen=True, slots=True)
class DutySeen:
    """A duty of the night and how it went last; `last` is None where it was never begun."""

    words: str
    last: NightlyDuty | None

    @property
    def tone(self) -> str:
        """For the tag of its state."""
        return _TONES[self.last.state] if self.last else "neutral"


@dataclass(frozen=True, slots=True)
class MailSeen:
    """A mail that was not sent, for the list: what it was about, and to whom."""

    mail: Mail
    words: str


def worker_was_seen() -> bool:
    """Whether any worker has said lately that it lives."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT EXISTS (SELECT FROM procrastinate_workers WHERE last_heartbeat > now() - %s)",
                [WORKER_SEEN_WITHIN],
            )
            return bool(cursor.fetchone()[0])
    except DatabaseError:
        return False


def duties(user: User) -> list[DutySeen]:
    """Every duty of the night with its last time; empty for who may not see it."""
    if not user.may(Permission.SYSTEM_VIEW):
        return []
    last = {row.name: row for row in NightlyDuty.objects.order_by("name", "-night").distinct("name")}
    return [DutySeen(duty.words, last.get(duty.name)) for duty in nightly.duties()]


def night_in_a_word() -> str:
    """ "ok", "failed" or "not yet": the last night for which something is written down."""
    try:
        last = NightlyDuty.objects.order_by("-night").values_list("night", flat=True).first()
        if last is None:
            return "not yet"
        failed = NightlyDuty.objects.filter(night=last, state=NightlyDuty.State.FAILED).exists()
        return "failed" if failed else "ok"
    except DatabaseError:
        return "failed"


def mails_not_sent(user: User) -> QuerySet[Mail]:
    """Mails that were given up, or failed and are tried again, the latest first."""
    if not user.may(Permission.SYSTEM_VIEW):
        return Mail.objects.none()
    return Mail.objects.exclude(state=Mail.State.SENT).exclude(message="").select_related("user")


def in_words(mails: QuerySet[Mail]) -> list[MailSeen]:
    """The first of them for the page."""
    return [MailSeen(mail, KINDS.get(mail.kind, mail.kind)) for mail in mails[:MOST_MAILS]]


def where_mail_goes() -> str:
    """The mail server, or that there is none."""
    if settings.MAIL_SERVER is not None:
        return f"{settings.MAIL_SERVER.host}, port {settings.MAIL_SERVER.port}"
    return "To nobody: HEARTH_MAIL_URL names no mail server, and the worker writes mails to its output."


def waiting_since() -> object:
    """When the mail that waits longest was written; None where none waits."""
    waiting = Mail.objects.filter(state=Mail.State.WAITING, next_try_at__lt=timezone.now())
    return waiting.order_by("id").values_list("created_at", flat=True).first()
