"""Answers of drafts, sealed like Social Security numbers: under a key derived from that one key, each value
bound to its draft, client and input, so that it opens in its own place alone."""

import json
from collections.abc import Sequence
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hearth.server import keys, seals


@lru_cache(maxsize=1)
def _cipher() -> AESGCM:
    return seals.drafts_cipher(keys.ssn_key())


def _place(draft: int, client: int, name: str) -> bytes:
    return json.dumps([draft, client, name]).encode()


def seal(values: Sequence[str], *, draft: int, client: int, name: str) -> bytes:
    """Seal what stands in an input: several values where several can be chosen, none where it is empty."""
    return seals.seal_bytes(_cipher(), json.dumps(list(values)).encode(), _place(draft, client, name))


def opened(sealed: bytes, *, draft: int, client: int, name: str) -> list[str] | None:
    """What stood in the input; None where the key is another, or the bytes are of another place."""
    try:
        plain = seals.opened_bytes(_cipher(), bytes(sealed), _place(draft, client, name))
    except InvalidTag:
        return None
    found: list[str] = json.loads(plain)
    return found
