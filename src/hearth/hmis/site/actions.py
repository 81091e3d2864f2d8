"""Sending mail. Nothing is sent within a request: a mail server that is away breaks no page."""

from datetime import timedelta

from hearth.hmis.access.models import User
from hearth.hmis.site.mailing import KINDS
from hearth.hmis.site.models import Mail


def send(
    *, by: User | None, user: User, kind: str, subject: str, body: str, lifetime: timedelta | None = None
) -> Mail:
    """Put down a mail to a user, which a worker sends once the transaction is committed.

    `kind` is one of `mailing.KINDS`; `by`: who caused it, None for nobody who is signed in or for the night;
    `lifetime`: it is worth nothing later (a link that ends). No client data may be in it.
    Raises ValueError for a kind that does not exist and a subject of several lines.
    """
    if kind not in KINDS:
        raise ValueError(f"There is no kind of mail {kind!r}")
    if "\n" in subject or "\r" in subject:
        raise ValueError("The subject of a mail is one line")
    return Mail.objects.create(
        user=user, kind=kind, subject=subject, body=body, useless_at=Mail.useless_after(lifetime)
    )
