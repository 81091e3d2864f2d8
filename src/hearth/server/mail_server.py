"""Where mail goes: `HEARTH_MAIL_URL` names the mail server, `HEARTH_MAIL_FROM` the sender.

Without them mails are written to the terminal of the worker and reach nobody, which commands say when they
start. What is wrong with a setting is one sentence, without the address, which may hold a password.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

from hearth.server.errors import ServerError

#: How the connection is encrypted, by the first part of the address, and the port where it names none.
_SCHEMES = {"smtp": ("starttls", 587), "smtps": ("tls", 465), "smtp+unencrypted": ("", 25)}
_SENDER = re.compile(r"[^@\s<>]+@[^@\s<>]+|[^<>\r\n\"]+ <[^@\s<>]+@[^@\s<>]+>")
_FORMS = "smtp://user:password@mail.example.org:587 (or smtps://, or smtp+unencrypted:// within the house)"


@dataclass(frozen=True, slots=True)
class MailServer:
    """A mail server (SMTP). `encryption`: "starttls" (asked for and required), "tls" (from the first byte) or
    ""; certificates are checked."""

    host: str
    port: int
    user: str
    password: str
    encryption: str
    sender: str

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> "MailServer | None":
        """As the environment says; None where it names none. Raises ServerError for one that cannot be."""
        text = environment.get("HEARTH_MAIL_URL", "").strip()
        if not text:
            return None
        parts, port = _parts(text)
        encryption, usual = _SCHEMES[parts.scheme]
        sender = environment.get("HEARTH_MAIL_FROM", "").strip()
        if not _SENDER.fullmatch(sender):
            raise ServerError(
                "HEARTH_MAIL_FROM must name the sender of mails, for example `HMIS <hmis@example.org>`."
            )
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        if password and not encryption:
            raise ServerError(
                "HEARTH_MAIL_URL would send its password unencrypted: use smtp:// or smtps://, or leave user"
                " and password out."
            )
        return cls(parts.hostname or "", port or usual, user, password, encryption, sender)


def _parts(text: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise ServerError(f"HEARTH_MAIL_URL cannot be read: write it as {_FORMS}.") from error
    if parts.scheme not in _SCHEMES or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ServerError(f"HEARTH_MAIL_URL names no mail server: write it as {_FORMS}.")
    return parts, port


def words() -> str:
    """Where mail goes, for whoever starts Hearth. Raises ServerError as `MailServer.of`."""
    found = MailServer.of()
    if found is not None:
        return f"Mail goes to {found.host}, port {found.port}."
    return (
        "Mail: HEARTH_MAIL_URL is not set, so mails are written to the output of `hearth worker` and reach"
        " nobody."
    )
