"""Where mail goes, as the environment says, and each way in which that can be wrong."""

import pytest

from hearth.server import mail_server
from hearth.server.errors import ServerError
from hearth.server.mail_server import MailServer

SENDER = "HMIS <hmis@example.org>"
SECRET = "s3cret"


def of(url: str, sender: str = SENDER) -> MailServer | None:
    return MailServer.of({"HEARTH_MAIL_URL": url, "HEARTH_MAIL_FROM": sender})


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.org", ("mail.example.org", 587, "", "", "starttls")),
        ("smtp://ada%40example.org:s%2F3@mail.example.org:2525",
         ("mail.example.org", 2525, "ada@example.org", "s/3", "starttls")),
        ("smtps://ada:x@mail.example.org/", ("mail.example.org", 465, "ada", "x", "tls")),
        ("smtp+unencrypted://localhost", ("localhost", 25, "", "", "")),
    ],
)  # fmt: skip
def test_the_address_says_all(url: str, expected: tuple[str, int, str, str, str]) -> None:
    assert of(url) == MailServer(*expected, sender=SENDER)


def test_without_one_there_is_none() -> None:
    assert of("") is None
    assert of("  ") is None


@pytest.mark.parametrize("sender", ["hmis@example.org", "Minnesota HMIS <hmis@example.org>"])
def test_senders(sender: str) -> None:
    found = of("smtp://mail.example.org", sender)
    assert found is not None
    assert found.sender == sender


@pytest.mark.parametrize("sender", ["", "nobody", "A <a@b>\nBcc: c@d", "<a@b", "a@b@c"])
def test_a_sender_that_is_none(sender: str) -> None:
    with pytest.raises(ServerError, match="HEARTH_MAIL_FROM"):
        of("smtp://mail.example.org", sender)


@pytest.mark.parametrize(
    "url",
    [
        f"ftp://ada:{SECRET}@mail.example.org",
        f"smtp://ada:{SECRET}@",
        f"smtp://ada:{SECRET}@mail.example.org:many",
        f"smtp://ada:{SECRET}@mail.example.org/path",
        f"smtp://ada:{SECRET}@mail.example.org?tls=no",
        f"smtp://[ada:{SECRET}",
        f"smtp+unencrypted://ada:{SECRET}@mail.example.org",
        SECRET,
    ],
)
def test_an_address_that_is_none_is_said_without_its_password(url: str) -> None:
    with pytest.raises(ServerError, match="HEARTH_MAIL_URL") as said:
        of(url)
    assert SECRET not in str(said.value)


def test_it_is_said_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HEARTH_MAIL_URL", raising=False)
    assert "reach nobody" in mail_server.words()
    monkeypatch.setenv("HEARTH_MAIL_URL", f"smtp://ada:{SECRET}@mail.example.org")
    monkeypatch.setenv("HEARTH_MAIL_FROM", SENDER)
    assert mail_server.words() == "Mail goes to mail.example.org, port 587."
