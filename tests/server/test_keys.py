"""Keys and passwords are made once, kept private, and taken from the environment where it names them."""

import errno
import os
import re
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.fernet import InvalidToken

from hearth.server import key_checks, keys, seals
from hearth.server.errors import ServerError
from hearth.server.home import Home


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    for variable in ("HEARTH_SECRET_KEY", "HEARTH_SSN_KEY", "HEARTH_FILES_KEY"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HEARTH_HOME", str(tmp_path / "home"))
    return Home.find()


def test_a_key_file_is_for_its_owner_only(home: Home) -> None:
    keys.secret_key()
    keys.ssn_key()
    keys.files_key()
    for file in home.keys.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(home.keys.stat().st_mode) == 0o700
    assert {file.name for file in home.keys.iterdir()} == {"secret_key", "ssn_key", "files_key"}


def test_keys_stay_the_same(home: Home) -> None:
    assert keys.ssn_key() == keys.ssn_key()
    assert len(keys.ssn_key()) == 32
    assert keys.secret_key() == keys.secret_key()
    assert keys.database_password("hearth_web", home) != keys.database_password("hearth_owner", home)


def test_everybody_who_asks_at_the_same_moment_gets_the_same_key(home: Home) -> None:
    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(lambda _: keys.ssn_key(), range(64)))) == 1


def test_the_environment_wins(monkeypatch: pytest.MonkeyPatch, home: Home) -> None:
    given = "from the environment, fifty characters and some more"
    monkeypatch.setenv("HEARTH_SECRET_KEY", given)
    monkeypatch.setenv("HEARTH_SSN_KEY", "ab" * 32)
    assert keys.secret_key() == given
    assert keys.ssn_key() == bytes.fromhex("ab" * 32)
    monkeypatch.setenv("HEARTH_SSN_KEY", "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=")
    assert keys.ssn_key() == bytes.fromhex("ab" * 32)
    assert not list(home.keys.iterdir())


@pytest.mark.parametrize("given", ["short", "zz" * 32, "ab" * 31])
def test_a_wrong_ssn_key_is_refused(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("HEARTH_SSN_KEY", given)
    with pytest.raises(ServerError, match="HEARTH_SSN_KEY must be 32 bytes"):
        keys.ssn_key()


def test_the_key_of_files_is_another_and_may_be_given(monkeypatch: pytest.MonkeyPatch, home: Home) -> None:
    assert keys.files_key() != keys.ssn_key()
    assert keys.files_key() == keys.given_files_key()
    monkeypatch.setenv("HEARTH_FILES_KEY", "ab" * 32)
    assert keys.files_key() == bytes.fromhex("ab" * 32)
    monkeypatch.setenv("HEARTH_FILES_KEY", "short")
    with pytest.raises(ServerError, match="HEARTH_FILES_KEY must be 32 bytes"):
        keys.given_files_key()


def test_sealed_bytes_open_only_as_what_they_were_sealed() -> None:
    cipher = seals.files_cipher(b"k" * 32)
    sealed = seals.seal_bytes(cipher, b"content", b"of Ann")
    assert seals.opened_bytes(cipher, sealed, b"of Ann") == b"content"
    assert seals.seal_bytes(cipher, b"content", b"of Ann") != sealed
    for key, changed, bound in (
        (b"k" * 32, sealed, b"of Bea"), (b"k" * 32, sealed, b""), (b"l" * 32, sealed, b"of Ann"),
        (b"k" * 32, sealed[:-1], b"of Ann"), (b"k" * 32, b"", b"of Ann"), (b"k" * 32, sealed[:20], b"of Ann"),
        (b"k" * 32, b"\x02" + sealed[1:], b"of Ann"),
    ):  # fmt: skip
        with pytest.raises(InvalidTag):
            seals.opened_bytes(seals.files_cipher(key), changed, bound)


@pytest.mark.parametrize("given", ["short", "x" * 60])
def test_a_weak_secret_key_is_refused(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("HEARTH_SECRET_KEY", given)
    with pytest.raises(ServerError, match="HEARTH_SECRET_KEY must be 50 random characters"):
        keys.secret_key()


def test_a_key_that_is_not_there_is_not_made_by_asking_for_it(home: Home) -> None:
    assert keys.given_ssn_key() is None
    assert keys.given_files_key() is None
    assert keys.given_secret_key() is None
    assert not list(home.keys.iterdir())


def test_a_key_that_others_can_read_is_refused(home: Home) -> None:
    keys.ssn_key()
    (home.keys / "ssn_key").chmod(0o644)
    with pytest.raises(ServerError, match="chmod 600"):
        keys.ssn_key()


def test_an_empty_key_file_is_refused(home: Home) -> None:
    (home.keys / "ssn_key").touch(0o600)
    with pytest.raises(ServerError, match="is empty"):
        keys.ssn_key()


def test_a_new_home_is_closed_to_others(home: Home) -> None:
    # As root, PostgreSQL's own user passes through (execute), but nobody lists or reads.
    assert stat.S_IMODE(home.path.stat().st_mode) == (0o711 if os.geteuid() == 0 else 0o700)


def test_a_home_that_cannot_be_made_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("HEARTH_HOME", str(tmp_path / "file" / "home"))
    with pytest.raises(ServerError, match="set HEARTH_HOME to a folder of your own"):
        Home.find()


def test_a_demonstration_has_a_password_of_its_own_that_can_be_typed(home: Home) -> None:
    made = keys.demo_password()
    assert made == keys.demo_password()
    assert re.fullmatch(r"([a-z2-9]{5}-){2}[a-z2-9]{5}", made) and not set(made) & set("lo01")


@pytest.mark.parametrize("content", [b"\xff\xfe", None])
def test_a_key_file_that_cannot_be_read_is_one_sentence(home: Home, content: bytes | None) -> None:
    path = home.keys / "ssn_key"
    if content is None:
        path.mkdir(mode=0o700)
    else:
        path.write_bytes(content)
        path.chmod(0o600)
    with pytest.raises(ServerError, match="cannot be read: put back its content"):
        keys.ssn_key()


def test_the_key_of_who_was_first_stays(home: Home) -> None:
    path = home.keys / "ssn_key"
    keys._create(path, "ab" * 32)
    keys._create(path, "cd" * 32)
    assert keys.ssn_key() == bytes.fromhex("ab" * 32)
    assert [file.name for file in home.keys.iterdir()] == ["ssn_key"]


def test_a_full_disk_leaves_no_half_a_key(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ServerError, match=r"cannot be written \(No space left on device\)"):
        keys.ssn_key()
    assert list(home.keys.iterdir()) == []


def test_what_is_sealed_for_one_purpose_opens_for_no_other() -> None:
    secret = "fifty random characters, and then one or two more of them"
    token = seals.kept_search_cipher(secret).encrypt(b"orla")
    assert seals.kept_search_cipher(secret).decrypt(token) == b"orla"
    for other in (seals.second_factor_cipher(secret), seals.kept_search_cipher(secret + "x")):
        with pytest.raises(InvalidToken):
            other.decrypt(token)


def test_a_key_is_lost_where_nothing_was_written_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is nothing that it could be the right one for."""
    monkeypatch.setenv("HEARTH_SSN_KEY", "ab" * 32)
    key_checks.refuse_where_known(key_checks.SSN, key_checks.Written(None, None), "The backup")
    known = key_checks.Written(seals.check_value(bytes.fromhex("ab" * 32), "ssn"), None)
    with pytest.raises(ServerError, match="is here: it is not lost"):
        key_checks.refuse_where_known(key_checks.SSN, known, "The backup")


def test_a_database_of_an_older_version_takes_a_new_secret_key(home: Home) -> None:
    """It has no table of check values yet: sessions and second steps end all the same."""

    class Database:
        rowcount = 3

        def __init__(self) -> None:
            self.told: list[str] = []

        def execute(self, statement: str, values: Any = None) -> "Database":
            self.told.append(statement)
            return self

        def fetchone(self) -> tuple[bool]:
            return (False,)

        def transaction(self) -> AbstractContextManager[None]:
            return nullcontext()

    database: Any = Database()
    assert key_checks.take_new_secret_key(database) == (3, 0)
    assert [one for one in database.told if "DELETE" in one] == [
        "DELETE FROM django_session",
        "DELETE FROM mfa_authenticator",
    ]
    assert not any("INSERT" in one or "UPDATE" in one for one in database.told)
