"""What somebody has typed at "Add a person", kept on the server until it is saved, for Back and reload.

A person is no draft: nobody else sees this, and it goes with the session. It is sealed like the words of the
search from which the page was begun (`clients/search/kept.py`), and belongs to them: with other words under
the same id it is somebody else's, and stays away.
"""

from collections.abc import Iterable

from django.contrib.sessions.backends.base import SessionBase
from django.http import QueryDict

from hearth.hmis.clients.search import kept as kept_searches

#: In the session, before the id of the search.
SESSION_KEY = "hearth_adding_"
MOST_KEPT = 5
#: Of the whole page; what is longer is no identity, and not kept.
_LONGEST = 20_000


def keep(session: SessionBase, kept: str, words: str, said: QueryDict, names: Iterable[str]) -> None:
    """Keep what was sent, of the inputs with these names."""
    chosen = QueryDict(mutable=True)
    for name in names:
        if values := [one for one in said.getlist(name) if one]:
            chosen.setlist(name, values)
    written = chosen.urlencode()
    if len(written) > _LONGEST:
        return
    mine = SESSION_KEY + kept
    stored = session.keys()  # a session itself cannot be walked
    others = [one for one in stored if one.startswith(SESSION_KEY) and one != mine]
    for oldest in others[: -MOST_KEPT + 1]:
        del session[oldest]
    session[mine] = [kept_searches.seal(words), kept_searches.seal(written)]


def typed(session: SessionBase, kept: str, words: str) -> QueryDict | None:
    """What was typed at the page of a search, while its words are the same; None where nothing is kept."""
    found = session.get(SESSION_KEY + kept)
    if found is None or kept_searches.unseal(found[0]) != words:
        return None
    written = kept_searches.unseal(found[1])
    return QueryDict(written) if written else None


def forget(session: SessionBase, kept: str) -> None:
    """It was saved, or is not wanted."""
    session.pop(SESSION_KEY + kept, None)
