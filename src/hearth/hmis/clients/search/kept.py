"""What somebody searched for, kept on the server, so that Back and reload work and no address holds a name.

The words stand sealed in the session of whoever typed them, under a random id that goes into the address.
They go with the session (sign-out), after `KEPT_SECONDS`, and when `MOST_KEPT` newer ones are there. An id
of another session finds nothing.
"""

import secrets
import time
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from hearth.server import keys, seals

MOST_KEPT = 20
KEPT_SECONDS = 12 * 3600
#: In the session, before the id of each: [sealed words, results were shown, when it was kept]. Each search
#: has a key of its own: requests overlap while somebody types, and each stores what it changed itself
#: (`accounts/session_store.py`).
SESSION_KEY = "hearth_search_"
#: What is searched for in a list is cut here.
_LONGEST = 200
#: What an address loses when a list is searched.
_NOT_KEPT = ("page", "found", "download")


def keep(session: SessionBase, text: str, *, instead_of: str = "") -> str:
    """Keep the words; returns their id. `instead_of`: an id of this session whose words they replace, as
    somebody types on; any other value is not looked at."""
    sealed = seal(text)
    kept = instead_of if SESSION_KEY + instead_of in session else secrets.token_urlsafe(16)
    session[SESSION_KEY + kept] = [sealed, False, time.time()]
    stored = session.keys()
    latest_last = sorted(
        (one for one in stored if one.startswith(SESSION_KEY)), key=lambda one: session[one][2]
    )
    for oldest in latest_last[:-MOST_KEPT]:
        del session[oldest]
    return kept


def words(session: SessionBase, kept: str) -> str | None:
    """The words under an id of this session; None when there are none, or none any more."""
    one = session.get(SESSION_KEY + kept)
    return None if one is None else unseal(one[0])


def seal(text: str) -> str:
    """Text as it may stand in a session."""
    return _cipher().encrypt(text.encode("utf-8", "replace")).decode()


def unseal(sealed: str) -> str | None:
    """The text again; None after `KEPT_SECONDS`, and where it was sealed elsewhere."""
    try:
        return _cipher().decrypt(sealed, ttl=KEPT_SECONDS).decode()
    except InvalidToken:
        return None


def searched_list(request: HttpRequest) -> HttpResponse:
    """To the list that was searched by POST, with the words kept: no name stands in its address."""
    address = request.GET.copy()
    for part in _NOT_KEPT:
        address.pop(part, None)
    if text := request.POST.get("words", "").strip()[:_LONGEST]:
        address["found"] = keep(request.session, text)
    return redirect(f"{request.path}?{address.urlencode()}" if address else request.path)


def words_of_list(request: HttpRequest) -> str | None:
    """The words that the address of a list stands for, '' for none; None where they are not kept any more."""
    found = request.GET.get("found", "")
    return words(request.session, found) if found else ""


def were_shown(session: SessionBase, kept: str) -> bool:
    """Whether the first results of these words were shown before; from now on they were."""
    sealed, shown, at = session[SESSION_KEY + kept]
    if not shown:
        session[SESSION_KEY + kept] = [sealed, True, at]
    return shown


@lru_cache(maxsize=1)
def _cipher() -> Fernet:
    return seals.kept_search_cipher(keys.secret_key())
