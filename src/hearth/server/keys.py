"""Keys and passwords: from the environment, or from a file that is made once and read by its owner only."""

import base64
import binascii
import os
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path

from hearth.server.errors import ServerError
from hearth.server.home import Home, is_private

SEALING_KEY_BYTES = 32
SECRET_KEY_CHARACTERS = 50


def secret_key() -> str:
    """Key that signs sessions and seals second factors: `HEARTH_SECRET_KEY`, else `keys/secret_key`."""
    given = os.environ.get("HEARTH_SECRET_KEY")
    home = Home.find()
    text = given or _kept(home, "secret_key", lambda: secrets.token_urlsafe(64))
    if len(text) < SECRET_KEY_CHARACTERS or len(set(text)) < 10:
        raise ServerError(
            f"{'HEARTH_SECRET_KEY' if given else home.keys / 'secret_key'} must be {SECRET_KEY_CHARACTERS} "
            "random characters or more; make one with `openssl rand -base64 48`."
        )
    return text


def given_secret_key() -> bytes | None:
    """The secret key where there is one; never makes it."""
    return secret_key().encode() if _is_given("HEARTH_SECRET_KEY", "secret_key") else None


def given_ssn_key() -> bytes | None:
    """The SSN key where there is one; never makes it."""
    return ssn_key() if _is_given("HEARTH_SSN_KEY", "ssn_key") else None


def ssn_key() -> bytes:
    """Key of 32 bytes for Social Security numbers: `HEARTH_SSN_KEY` (64 hex digits or base64), else a file.

    Without this key the stored numbers cannot be read again; back it up apart from the database.
    """
    return _sealing_key("HEARTH_SSN_KEY", "ssn_key")


def given_files_key() -> bytes | None:
    """The key of sealed files where there is one; never makes it."""
    return files_key() if _is_given("HEARTH_FILES_KEY", "files_key") else None


def files_key() -> bytes:
    """Key of 32 bytes for sealed files (signatures, uploads): `HEARTH_FILES_KEY`, else a file.

    Without this key they cannot be opened again; back it up apart from them and from the database.
    """
    return _sealing_key("HEARTH_FILES_KEY", "files_key")


def database_password(role: str, home: Home) -> str:
    """Password of a role of the home's PostgreSQL, made when first asked for."""
    return _kept(home, f"postgres_{role}", lambda: secrets.token_urlsafe(32))


def demo_password() -> str:
    """Password of the demonstration's accounts, made for this data folder alone: `keys/demo_password`."""
    letters = "abcdefghijkmnpqrstuvwxyz23456789"  # none that look alike
    return _kept(
        Home.find(),
        "demo_password",
        lambda: "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(3)),
    )


def _is_given(variable: str, name: str) -> bool:
    return bool(os.environ.get(variable)) or (Home.find().keys / name).exists()


def _sealing_key(variable: str, name: str) -> bytes:
    """32 bytes from the environment (64 hex digits or base64), else from a key file that is made once."""
    given = os.environ.get(variable)
    if given:
        return _thirty_two_bytes(given, variable)
    home = Home.find()
    text = _kept(home, name, lambda: os.urandom(SEALING_KEY_BYTES).hex())
    return _thirty_two_bytes(text, str(home.keys / name))


def _thirty_two_bytes(text: str, origin: str) -> bytes:
    try:
        key = (
            bytes.fromhex(text)
            if len(text) == SEALING_KEY_BYTES * 2
            else base64.b64decode(text, validate=True)
        )
    except (ValueError, binascii.Error):
        key = b""
    if len(key) != SEALING_KEY_BYTES:
        raise ServerError(
            f"{origin} must be 32 bytes written as 64 hex digits or as base64; "
            "put back the key that was used before, because a new one cannot open what is sealed."
        )
    return key


def _kept(home: Home, name: str, make: Callable[[], str]) -> str:
    """Content of the key file `name`; made once, even when several processes ask at the same moment."""
    path = home.keys / name
    if not path.exists():
        _create(path, make())
    if not is_private(path):
        raise ServerError(
            f"Others on this machine can read the key file {path}: run `chmod 600 {path}` and consider "
            "the key known to them."
        )
    try:
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ServerError(
            f"The key file {path} cannot be read: put back its content from your backup, readable by the "
            "account that runs Hearth."
        ) from error
    if not text:
        raise ServerError(f"The key file {path} is empty: put back its content from your backup.")
    return text


def _create(path: Path, text: str) -> None:
    """Write the file whole or not at all; where another process was first, its file stays."""
    handle, temporary = tempfile.mkstemp(dir=path.parent)  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(temporary, path)
        except FileExistsError:
            return
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise ServerError(
            f"The key file {path} cannot be written ({error.strerror}): make room or give rights to the "
            "folder, then run the command again."
        ) from error
    finally:
        Path(temporary).unlink(missing_ok=True)
