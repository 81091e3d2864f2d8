"""What is sealed with the installation's keys, and how: in one place, since a key is proved by opening it.

Social Security numbers: `version (1 byte) | nonce (12) | ciphertext and tag`, AES-GCM under a key derived
from the SSN key. Answers in drafts of forms: the same, under a key derived for them, bound to their place.
Files: the same form, each under a random key of its own, bound to the row that it belongs to; that key is
sealed in the row, under one derived from the key of files. Secrets of second factors, and the words of a
search in its session: Fernet, each under a key derived from the secret key.
"""

import base64
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = b"\x01"
NONCE_BYTES = 12


def derived(ssn_key: bytes, purpose: bytes) -> bytes:
    """A key of 32 bytes for one purpose, from the SSN key."""
    return hmac.new(ssn_key, b"hearth ssn " + purpose, hashlib.sha256).digest()


def ssn_cipher(ssn_key: bytes) -> AESGCM:
    """What seals Social Security numbers."""
    return AESGCM(derived(ssn_key, b"encryption"))


def drafts_cipher(ssn_key: bytes) -> AESGCM:
    """What seals the answers of drafts."""
    return AESGCM(derived(ssn_key, b"drafts"))


def seal(cipher: AESGCM, value: str) -> bytes:
    """Seal one value. The same value gives different bytes every time."""
    nonce = os.urandom(NONCE_BYTES)
    return VERSION + nonce + cipher.encrypt(nonce, value.encode(), VERSION)


def opened(cipher: AESGCM, sealed: bytes) -> str:
    """Open one value. Raises `cryptography.exceptions.InvalidTag` when another key sealed it."""
    nonce, ciphertext = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    return cipher.decrypt(nonce, ciphertext, sealed[:1]).decode()


def files_cipher(files_key: bytes) -> AESGCM:
    """What seals the keys of files."""
    return AESGCM(hmac.new(files_key, b"hearth files encryption", hashlib.sha256).digest())


def seal_bytes(cipher: AESGCM, value: bytes, bound_to: bytes = b"") -> bytes:
    """Seal bytes so that they open only where `bound_to` is the same. Each time other bytes come out."""
    nonce = os.urandom(NONCE_BYTES)
    return VERSION + nonce + cipher.encrypt(nonce, value, VERSION + bound_to)


def opened_bytes(cipher: AESGCM, sealed: bytes, bound_to: bytes = b"") -> bytes:
    """Open bytes. Raises `cryptography.exceptions.InvalidTag` when another key sealed them, when they were
    bound to something else, or when they were changed."""
    nonce, ciphertext = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return cipher.decrypt(nonce, ciphertext, sealed[:1] + bound_to)
    except ValueError as error:  # too short to be sealed at all
        raise InvalidTag from error


def second_factor_cipher(secret_key: str) -> Fernet:
    """What seals the secrets of authenticator apps and recovery codes. Opening what another key sealed
    raises `cryptography.fernet.InvalidToken`."""
    return _fernet(secret_key, b"hearth second factor")


def kept_search_cipher(secret_key: str) -> Fernet:
    """What seals the words of a search in a session; its tokens carry their time. Nothing of it is kept
    longer than the session, so a new secret key has nothing to open."""
    return _fernet(secret_key, b"hearth kept search")


def _fernet(secret_key: str, purpose: bytes) -> Fernet:
    hkdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose)
    return Fernet(base64.urlsafe_b64encode(hkdf.derive(secret_key.encode())))


def check_value(key: bytes, purpose: str) -> str:
    """What stands in the database of a key: tells whether it is the same key, and nothing about it."""
    return hmac.new(key, f"hearth check value {purpose}".encode(), hashlib.sha256).hexdigest()
