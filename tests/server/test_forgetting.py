"""Social Security numbers are given up only by who types the word, and only where they cannot be read."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import typer

from hearth.server import cli, database, key_checks, lost_ssn_key
from hearth.server.errors import ServerError


@pytest.fixture
def forgotten(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What was given up, on a terminal, with a key that does not open what is stored."""
    given_up: list[object] = []

    @contextmanager
    def connected(role: str) -> Iterator[object]:
        yield role

    def forget(connection: object) -> int:
        given_up.append(connection)
        return 3

    monkeypatch.setattr(database, "ensure_running", lambda **_: False)
    monkeypatch.setattr(database, "is_embedded", lambda: True)
    monkeypatch.setattr(database, "connected", connected)
    monkeypatch.setattr(key_checks, "verify", lambda *_, **__: None)
    monkeypatch.setattr(lost_ssn_key, "refuse_where_readable", lambda _: None)
    monkeypatch.setattr(lost_ssn_key, "forget", forget)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    return given_up


def types(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    monkeypatch.setattr(typer, "prompt", lambda *_, **__: answer)


@pytest.mark.parametrize("answer", ["", "y", "yes", "forget", "FORGET IT", " FORGET", "FORGE"])
def test_any_other_word_gives_nothing_up(
    forgotten: list[object], monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    types(monkeypatch, answer)
    with pytest.raises(ServerError, match="Nothing was changed"):
        cli.forget_ssns(yes=False)
    assert forgotten == []


def test_the_word_gives_them_up(
    forgotten: list[object], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    types(monkeypatch, "FORGET")
    cli.forget_ssns(yes=False)
    assert forgotten == ["superuser"]
    assert "given up: 3" in capsys.readouterr().out


def test_whoever_leaves_the_question_gives_nothing_up(
    forgotten: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    def leaves(*_: Any, **__: Any) -> str:
        raise typer.Abort

    monkeypatch.setattr(typer, "prompt", leaves)
    with pytest.raises(typer.Abort):
        cli.forget_ssns(yes=False)
    assert forgotten == []


@pytest.mark.parametrize("yes", [True, False])
def test_what_can_be_read_is_not_asked_about(
    forgotten: list[object], monkeypatch: pytest.MonkeyPatch, yes: bool
) -> None:
    def refuses(_: object) -> None:
        raise ServerError("can be read")

    monkeypatch.setattr(lost_ssn_key, "refuse_where_readable", refuses)
    types(monkeypatch, "FORGET")
    with pytest.raises(ServerError, match="can be read"):
        cli.forget_ssns(yes=yes)
    assert forgotten == []


def test_another_secret_key_is_refused_first(
    forgotten: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A whole set of wrong keys is a wrong folder, and no lost key."""

    def refuses(_: object, only: Any) -> None:
        assert only == (key_checks.SECRET,)
        raise ServerError("another secret key")

    monkeypatch.setattr(key_checks, "verify", refuses)
    with pytest.raises(ServerError, match="another secret key"):
        cli.forget_ssns(yes=True)
    assert forgotten == []
