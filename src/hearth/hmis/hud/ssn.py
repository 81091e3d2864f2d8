"""Social Security numbers: sealed by AES-GCM (`hearth.server.seals`), found again by keyed hashes.

Two look-up columns hold a
keyed hash (HMAC-SHA-256, 16 bytes kept) of the nine digits and of the last four, so that a search finds
an SSN without any SSN being readable in the database, its backups or its logs. Both keys are derived
from the one SSN key of the installation (`hearth.server.keys.ssn_key`).

Values come as HUD allows them (3.02): nine characters, digits or `x` where unknown; in hashed exports
the last four in clear followed by a SHA-256 of the nine. Anything else is sealed as it came.
"""

import hmac
import re
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hearth.server import keys, seals

INDEX_BYTES = 16
_HASHED = re.compile(r"^[0-9xX]{4}(?:[0-9a-fA-F]{40}|[0-9a-fA-F]{64})$")


@lru_cache(maxsize=1)
def _cipher() -> AESGCM:
    return seals.ssn_cipher(keys.ssn_key())


@lru_cache(maxsize=1)
def _index_key() -> bytes:
    return seals.derived(keys.ssn_key(), b"look-up")


def encrypt(value: str) -> bytes:
    """Seal one SSN. The same value gives different bytes every time."""
    return seals.seal(_cipher(), value)


def decrypt(sealed: bytes) -> str:
    """Open one SSN. Raises `cryptography.exceptions.InvalidTag` when another key sealed it."""
    return seals.opened(_cipher(), bytes(sealed))


def _digest(kind: bytes, text: str) -> bytes:
    return hmac.digest(_index_key(), kind + text.encode(), "sha256")[:INDEX_BYTES]


def normalized(value: str) -> str:
    """The SSN without dashes and blanks."""
    return re.sub(r"[\s-]", "", value)


def index(value: str) -> bytes | None:
    """Look-up key of a full SSN of nine digits; None when digits are missing or the value is hashed."""
    if len(value) == 9 and value.isascii() and value.isdigit():  # nearly all; imports have many
        return _digest(b"9", value)
    digits = normalized(value)
    return _digest(b"9", digits) if re.fullmatch(r"[0-9]{9}", digits) else None


def last4_index(value: str) -> bytes | None:
    """Look-up key of the last four digits, of a full, partial or hashed SSN; None when they are not known."""
    text = normalized(value)
    last4 = text[:4] if _HASHED.match(text) else text[-4:]
    known = re.fullmatch(r"[0-9]{4}", last4) and (len(text) in (4, 9) or _HASHED.match(text))
    return _digest(b"4", last4) if known else None
